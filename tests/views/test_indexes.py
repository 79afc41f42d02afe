"""Indexes proposed by the panel, tried and made at the press of a button: by whom, from what, and what is left when it fails."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.testclient import TestClient

from tests.pages import Page, parse
from webadmin import Admin, ModelView, User
from webadmin.dialects import for_engine
from webadmin.errors import Conflict
from webadmin.explain.making import Order, makings_of


class Base(DeclarativeBase):
    pass


class Box(Base):
    __tablename__ = "boxes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    weight: Mapped[int]
    note: Mapped[str]


class Boxes(ModelView, model=Box):
    column_list = [Box.id, Box.kind]
    column_sortable_list = [Box.weight]
    column_filters = [Box.kind]


EXPLAIN = "/boxes/explain/?sort=weight&kind=k3"
ALL = ("*", "@indexes")


def fill(engine: Engine, rows: int = 6_000) -> Engine:
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.execute(
            sa.insert(Box),
            [
                {"kind": f"k{n * 7919 % 101}", "weight": n * 7919 % 9973, "note": "x" * 300}
                for n in range(rows)
            ],
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE boxes")
    return engine


@pytest.fixture
def boxes(pg_engine: Engine) -> Engine:
    return fill(pg_engine)


def client_of(engine: Engine, *grants: str, **options: Any) -> TestClient:
    admin = Admin(
        engine, identify=lambda _request: User("Ada", grants=grants or ALL), secret_key="k" * 40, **options
    )
    admin.add_view(Boxes)
    return TestClient(admin)


def _posted(client: TestClient, page: Page, address: str, **fields: str) -> Any:
    token = page.one("meta[name=csrf-token]").get("content") if page.css("meta[name=csrf-token]") else ""
    token = token or page.css("input[name=csrf_token]")[0].get("value")
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=False)


def _panel(client: TestClient) -> Page:
    answer = client.get(EXPLAIN)
    assert answer.status_code == 200
    return parse(answer.text)


def _tried(client: TestClient) -> Page:
    return parse(_posted(client, _panel(client), EXPLAIN, verify="1").text)


def _indexes(engine: Engine) -> set[str | None]:
    return {index["name"] for index in sa.inspect(engine).get_indexes("boxes")}


def test_tried_and_made(boxes: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """A look proposes; a press tries, of which nothing is left; another one makes the index, and the page says so."""
    client = client_of(boxes, make_indexes=True)
    page = _panel(client)
    assert page.css("[data-proposal]")[0].get("data-proof") == "none"
    assert page.css("input[name=proposal]") == [], "nothing is made that was not verified"
    tried = _tried(client)
    assert tried.css("[data-proposal]")[0].get("data-proof") == "built"
    name = tried.css("[data-proposal]")[0].get("data-proposal")
    assert _indexes(boxes) == set()
    sent = tried.css("input[name=proposal]")[0].get("value")
    with caplog.at_level(logging.WARNING, "webadmin.security"):
        answer = _posted(client, tried, "/database/indexes/", proposal=sent)
        assert (answer.status_code, answer.headers["location"]) == (303, "/database/indexes/")
        makings_of(client.app.runtime.database._reading).wait()  # type: ignore[attr-defined]
    assert f"by='Ada' index='{name}' table='boxes'" in caplog.text
    assert "index made: request='" in caplog.text
    assert _indexes(boxes) == {name}
    told = parse(client.get("/database/indexes/").text).one("[data-making]")
    assert (told.get("data-making"), told.get("data-state")) == (name, "done")
    assert name not in {one.get("data-proposal") for one in _panel(client).css("[data-proposal]")}


def test_who_may(boxes: Engine) -> None:
    """It takes the option and the right, which the right to everything does not hold; else there is neither button nor page."""
    for client, status in (
        (client_of(boxes), 404),
        (client_of(boxes, make_indexes=True, read_only=True), 404),
        (client_of(boxes, "*", make_indexes=True), 403),
    ):
        page = _tried(client)
        assert page.css("input[name=proposal]") == []
        assert client.get("/database/indexes/").status_code == status
        assert _posted(client, page, "/database/indexes/", proposal="x").status_code == status
    assert _indexes(boxes) == set()


def test_only_what_was_proposed(boxes: Engine) -> None:
    """No statement is taken from a browser: what nobody signed, what another session was shown and what came without the token
    of the form makes nothing; neither does a look."""
    client = client_of(boxes, make_indexes=True)
    page = _tried(client)
    sent = page.css("input[name=proposal]")[0].get("value") or ""
    other = client_of(boxes, make_indexes=True)
    assert _posted(other, _panel(other), "/database/indexes/", proposal=sent).status_code == 400
    for forged in ("", "x", sent[:-3], sent.replace(".", "", 1), "WyJhIl0.x.y"):
        assert _posted(client, page, "/database/indexes/", proposal=forged).status_code == 400
    assert client.post("/database/indexes/", data={"proposal": sent}).status_code == 403
    assert client.get(f"/database/indexes/?proposal={sent}").status_code == 200
    assert _indexes(boxes) == set()


def test_only_that_field_may_write(boxes: Engine) -> None:
    """A panel whose indexes are not tried is made in a transaction that only reads, whatever the fields are called."""
    client = client_of(boxes)
    page = _panel(client)
    for name in ("", "verify ", "Verify"):
        answer = _posted(client, page, EXPLAIN, **{name: "1"})
        assert parse(answer.text).css("[data-proposal]")[0].get("data-proof") == "none"


def test_nothing_is_left_of_a_failure(boxes: Engine) -> None:
    """One that cannot be built leaves no invalid index behind; a leftover of the same name goes first; one at a time."""
    with boxes.begin() as connection:
        connection.exec_driver_sql("UPDATE boxes SET weight = 0 WHERE id = 7")
    order = Order("by_share", "boxes", "CREATE INDEX CONCURRENTLY by_share ON boxes ((1 / weight))")
    makings = makings_of(boxes)
    with boxes.connect() as holding:
        holding.exec_driver_sql("UPDATE boxes SET note = '' WHERE id = 1")  # it waits for this transaction
        making = makings.begin(boxes, for_engine(boxes), order, "Ada")
        with pytest.raises(Conflict):
            makings.begin(boxes, for_engine(boxes), order, "Ada")
        client = client_of(boxes, make_indexes=True)  # another process, as far as it knows
        for _try in range(200):
            if lines := parse(client.get("/database/indexes/").text).css("[data-making]"):
                break
        assert [line.get("data-state") for line in lines] == ["running"]
    makings.wait()
    assert making.state == "failed"
    assert _indexes(boxes) == set()
    with boxes.begin() as connection:
        connection.exec_driver_sql("CREATE INDEX by_share ON boxes (weight)")
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_share'::regclass"
        )
    again = Order("by_share", "boxes", "CREATE INDEX CONCURRENTLY by_share ON boxes (kind, weight)")
    assert makings.begin(boxes, for_engine(boxes), again, "Ada")
    makings.wait()
    assert makings.all[0].state == "done"
    assert sa.inspect(boxes).get_indexes("boxes")[0]["column_names"] == ["kind", "weight"]


def test_systems_that_make_none(sqlite_engine: Engine) -> None:
    """Proposals are there and verified; they are to be pasted."""
    client = client_of(fill(sqlite_engine), make_indexes=True)
    page = _panel(client)
    assert page.css("[data-proposal]")[0].get("data-proof") == "hypothetical"
    assert page.css("input[name=proposal], [data-proposal] form") == []
    assert client.get("/database/indexes/").status_code == 404
