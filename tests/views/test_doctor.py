"""The page of missing indexes: what ``webadmin doctor`` says, for who may see the database."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.listing.sorting.goods import Good, Goods, Maker, fill
from tests.pages import Page, parse
from webadmin import Admin, ModelView, User
from webadmin.doctor import examine, plain
from webadmin.views import doctor


class Ordered(Goods, model=Good):
    """The list's own order has no index."""

    column_default_sort = [(Good.state, False), (Good.cost, True)]


class Makers(ModelView, model=Maker):
    """All that can be sorted by has an index."""


def _admin(engine: Engine, *grants: str) -> Admin:
    admin = Admin(engine, identify=lambda _request: User("Ada", grants=grants or ("*",)))
    admin.add_view(Ordered)
    admin.add_view(Makers)
    return admin


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(engine, 500)
    return engine


def _page(admin: Admin, address: str = "/database/doctor/?all=1") -> Page:
    answer = TestClient(admin).get(address)
    assert answer.status_code == 200
    return parse(answer.text)


def test_as_the_command(filled: Engine) -> None:
    """The same findings with the same statements; after these are run there is nothing more that an index mends."""
    admin = _admin(filled)
    report = examine(admin, small=True)
    page = _page(admin)
    shown = [cell.text_content() for cell in page.css("[data-kind] code[id]")]
    assert sorted(shown) == sorted(finding.ddl or "" for finding in report.findings)
    assert page.one("[data-findings]").get("data-findings") == str(len(report.findings))
    assert TestClient(admin).get("/database/doctor/?format=json&all=1").json() == plain(report)
    assert _page(admin, "/database/doctor/").css("[data-kind]") == [], "of small tables only when asked"
    with filled.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in shown:
            connection.exec_driver_sql(statement)
    assert _page(admin).one("[data-findings]").get("data-findings") == "0"


def test_only_what_the_person_may_see(sqlite_engine: Engine) -> None:
    """Without the right to the database there is no page; lists that are not for the person are not told of."""
    fill(sqlite_engine, 10)
    assert TestClient(_admin(sqlite_engine, "*.view")).get("/database/doctor/").status_code == 403
    page = _page(_admin(sqlite_engine, "@database", "makers.view"))
    assert [section.get("data-view") for section in page.css("[data-view]")] in ([], ["makers"])
    assert "goods" not in page.one("main").text_content()


def test_bounded(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists that there is no time for are counted, not waited for."""
    fill(sqlite_engine, 10)
    monkeypatch.setattr(doctor, "_BUDGET_MS", 0)
    page = _page(_admin(sqlite_engine))
    assert "0 lists were looked at" in page.one("main").text_content()
    assert "no time for 2 lists" in page.one(".wa-note").text_content()
