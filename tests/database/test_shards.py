"""Rows that lie on several servers: a table in parts, each of which is another database's table, as distributed systems have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.testclient import TestClient

from tests.pages import parse
from tests.plugins.databases import database_of
from webadmin import Admin, ModelView
from webadmin.database.own_tables.base import metadata as own_tables
from webadmin.demo.server import EmbeddedServer

SHARDS = 2
ROWS = 400


class Base(DeclarativeBase):
    pass


class Event(Base):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    size: Mapped[int | None]


class EventView(ModelView, model=Event):
    column_list = ("id", "name", "size")
    column_sortable_list = ("id", "name", "size")
    column_searchable_list = ("name",)
    column_filters = ("size",)
    form_columns = ("id", "name", "size")
    page_size = 50


def shard(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE events (id bigint NOT NULL, name text NOT NULL, size integer)"
        )
        connection.exec_driver_sql("CREATE UNIQUE INDEX ON events (id)")


def coordinator(engine: Engine, shards: list[Engine]) -> None:
    own_tables.create_all(engine)
    with engine.begin() as connection:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql("CREATE EXTENSION postgres_fdw")
        except sa.exc.DBAPIError:
            pytest.skip("this server has no postgres_fdw")
        connection.exec_driver_sql(
            "CREATE TABLE events (id bigint NOT NULL, name text NOT NULL, size integer) PARTITION BY HASH (id)"
        )
        for number, other in enumerate(shards):
            host = other.url.query["host"]
            for command in (
                f"CREATE SERVER shard_{number} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{host}', dbname '{other.url.database}')",
                f"CREATE USER MAPPING FOR CURRENT_USER SERVER shard_{number} OPTIONS (user 'postgres', password_required 'false')",
                f"CREATE FOREIGN TABLE events_{number} PARTITION OF events FOR VALUES WITH (MODULUS {len(shards)}, REMAINDER {number})"
                f" SERVER shard_{number} OPTIONS (table_name 'events')",
            ):
                connection.exec_driver_sql(command)
    with Session(engine) as session:
        session.add_all(Event(id=n, name=f"event {n:03}", size=n % 7 or None) for n in range(1, ROWS + 1))
        session.commit()


@pytest.fixture(scope="module")
def engine(debian_server: EmbeddedServer) -> Iterator[Engine]:
    with (
        database_of(debian_server, shard) as one,
        database_of(debian_server, shard) as other,
        database_of(debian_server, lambda engine: coordinator(engine, [one, other])) as found,
    ):
        yield found
        with found.begin() as connection:  # before those that it is connected to
            connection.exec_driver_sql("DROP TABLE events")


@pytest.fixture(scope="module")
def client(engine: Engine) -> TestClient:
    admin = Admin(engine)
    admin.add_view(EventView)
    return TestClient(admin, follow_redirects=False)


def names(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"/events/?{query}")
    assert answer.status_code == 200, answer.text
    return [
        cell.text_content().strip()
        for cell in parse(answer.text).css('tbody td[data-column="name"], tbody [data-col="name"]')
    ]


def sent(client: TestClient, address: str, **values: str) -> int:
    form = parse(client.get(address).text).form()
    return int(client.post(address, data={**form, **values}).status_code)


def test_reading(client: TestClient) -> None:
    """Pages, orders, filters, search, numbers and files are those of all parts together."""
    page = parse(client.get("/events/?sort=id:asc&page=last").text)
    assert f"event {ROWS}" in page.text("tbody")
    assert "event 051" in parse(client.get("/events/?sort=id:asc&page=2").text).text("tbody")
    assert "event 399" in parse(client.get("/events/?sort=size:asc&page=last").text).text("main")
    assert "400" in client.get("/events/count/").text
    assert "event 123" in parse(client.get("/events/?q=event+123").text).text("tbody")
    rows = client.get("/events/export/?format=csv&sort=id:asc").text.splitlines()
    assert len(rows) == ROWS + 1
    assert "event 007" in client.get("/events/7/").text
    for address in (
        "/events/summary/",
        "/events/explain/?sort=size:asc",
        "/database/",
        "/database/events/",
        "/database/diagram/",
    ):
        assert client.get(address).status_code == 200, address


def test_writing(client: TestClient, engine: Engine) -> None:
    """Rows of all parts are added, changed, deleted, and changed many at once, with their history, which is undone."""
    assert sent(client, "/events/add/", id="1001", name="new", size="3") == 303
    assert sent(client, "/events/1001/change/", name="changed") == 303
    assert "changed" in client.get("/events/1001/").text
    history = parse(client.get("/events/1001/history/").text)
    assert "new" in history.text("main")
    assert sent(client, "/events/1001/delete/") == 303
    assert client.get("/events/1001/").status_code == 404
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(Event)) == ROWS
