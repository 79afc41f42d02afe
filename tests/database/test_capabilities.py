"""What a database can do: asked for once, and each ability given up by itself, after which everything works without it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.pages import Page, parse
from tests.views.test_database import client_of
from webadmin import Admin
from webadmin.database.session import Database
from webadmin.dialects import Timeouts
from webadmin.dialects.capabilities import NAMES, capabilities
from webadmin.dialects.postgresql_capabilities import PostgreSQLCapable

LIST = "/orders/?sort=total:desc&q=shelf"
FEW = (
    "/orders/?page=last",
    "/orders/?status=paid&sort=placed_at:asc,total:desc",
    "/orders/count",
    "/orders/explain/?sort=total:desc",
    "/orders/1/",
    "/categories/export/?format=csv",
)
PAGES = (
    *FEW, "/", "/orders/", LIST, "/orders/rows", "/orders/summary/", "/orders/facets/status/", "/orders/1/change/", "/orders/1/history/",
    "/customers/?q=a", "/orders/?deleted=only", "/products/lookup/category/?q=a", "/changes/", "/database/orders/", "/orders/export/?format=jsonl&status=paid",
    "/database/diagram/",
)  # fmt: skip


def rows_of(client: TestClient, address: str) -> list[str]:
    page = parse(client.get(address).text)
    return [row.get("data-key") or row.get("id") or row.text_content() for row in page.css("tbody tr")]


def change(client: TestClient, address: str, **values: str) -> int:
    form = parse(client.get(address).text).form("")
    return int(client.post(address, data={**form, **values}, follow_redirects=False).status_code)


@pytest.fixture(scope="module")
def plain(kept_shop: Any) -> TestClient:
    return client_of(kept_shop("postgresql"))


def check_works(client: TestClient, plain: TestClient, pages: Sequence[str]) -> Page:
    """All pages are there, with the same rows in the same order, and a form is saved; the page about the database."""
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text[-2000:])
    assert rows_of(client, "/orders/?page=3") == rows_of(plain, "/orders/?page=3")
    assert change(client, "/categories/1/change/", place="7") == 303
    return parse(client.get("/database/").text)


@pytest.mark.parametrize("name", NAMES)
def test_without_one(name: str, plain: TestClient, kept_shop: Any) -> None:
    """Without any one of its abilities a database has its pages, and says what is missing."""
    page = check_works(client_of(kept_shop("postgresql"), without={name}), plain, FEW)
    words = next(one for one in capabilities() if one.name == name)
    told = page.one(f'#abilities tr[data-ability="{name}"]')
    assert [cell.text_content().strip() for cell in told][1:] == ["no", words.without]
    badges = [badge.text_content().strip() for badge in page.css("#abilities .wa-badge")]
    assert badges.count("no") == (2 if name == "plans" else 1)


def test_without_all(plain: TestClient, kept_shop: Any) -> None:
    """Without all of them everything is there still."""
    check_works(client_of(kept_shop("postgresql"), without=NAMES), plain, PAGES)


def test_all_are_there(plain: TestClient) -> None:
    """A server of today can do everything."""
    badges = parse(plain.get("/database/").text).css("#abilities .wa-badge")
    assert [badge.text_content().strip() for badge in badges] == ["yes"] * len(NAMES)


def test_what_a_server_lacks_is_found_out(
    pg_engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not work on the first connection is not used from then on, and the log says so once; nothing of the questions stays."""
    caplog.set_level(logging.WARNING, "webadmin")
    questions = {**PostgreSQLCapable.questions, "search": "SELECT no_such_function()", "cursors": "DECLARE x"}
    monkeypatch.setattr(PostgreSQLCapable, "questions", questions)
    database = Database.of(pg_engine)
    for _time in range(2):
        with database.transaction(read_only=False, timeouts=Timeouts()) as session:
            assert session.connection().exec_driver_sql("SELECT 1").scalar() == 1
    assert database.dialect.given_up == {"search", "cursors"}
    assert not database.dialect.supports_search_vector
    said = [record.getMessage() for record in caplog.records if "cannot do" in record.getMessage()]
    assert said == ["the database cannot do: cursors, search"]
    assert Database.of(pg_engine).dialect.supports_search_vector


def test_cursors_of_the_host(pg_engine: Engine) -> None:
    """The host's own reads use cursors although webadmin's do not."""
    Admin(pg_engine, without=["cursors"])
    assert pg_engine.dialect.supports_server_side_cursors


def test_an_unknown_name(pg_engine: Engine) -> None:
    """A name that nobody knows is refused with those that there are."""
    with pytest.raises(ValueError, match=r"no capability teleport; there are estimates, search"):
        Admin(pg_engine, without=["teleport"])


def test_a_file(kept_shop: Any) -> None:
    """A file's page says what it does without."""
    page = parse(client_of(kept_shop("sqlite")).get("/database/").text)
    said = {row.get("data-ability"): row.text_content() for row in page.css("#abilities tr[data-ability]")}
    assert said.keys() == set(NAMES)
    assert "row by row" in said["copy"]
