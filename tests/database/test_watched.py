"""What is seen of a process's connections: waits, timeouts, dead ones, what is open, and which statements took long on which page."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, ModelView
from webadmin.database import watched
from webadmin.database.session import Database
from webadmin.database.watched import PAGE
from webadmin.demo.models import Order
from webadmin.dialects import Timeouts

LIMITS = Timeouts()


@pytest.fixture
def database(pg_engine: Engine) -> Any:
    engine = sa.create_engine(pg_engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    yield Database(engine)
    engine.dispose()


def test_waits_and_timeouts(database: Database) -> None:
    """Each connection that is taken is a wait; one that cannot be had is a request without one."""
    seen = database.watched
    assert seen.wait(0.5) is None
    with database.transaction(read_only=True, timeouts=LIMITS):
        assert seen.longest_open() is None  # its own
        with pytest.raises(PoolTimeout), database.transaction(read_only=True, timeouts=LIMITS):
            pass
        found: list[Any] = []
        other = threading.Thread(target=lambda: found.append(seen.longest_open()))
        other.start()
        other.join()
    assert found[0].seconds > 0
    assert seen.timeouts == 1
    assert seen.wait(0.95) is not None
    assert seen.longest_open() is None


def test_dead_connections(database: Database, pg_engine: Engine) -> None:
    """A connection that the server has closed is counted when it turns out."""
    with database.transaction(read_only=True, timeouts=LIMITS) as session, pg_engine.connect() as other:
        pid = session.scalar(sa.text("SELECT pg_backend_pid()"))
        other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(OperationalError):
            session.execute(sa.text("SELECT 1"))
    assert database.watched.invalidated == 1


def test_slow_statements(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that takes long is kept with its page, one that a limit ends too, and only so many of them."""
    monkeypatch.setattr(watched, "SLOW", 0.02)
    monkeypatch.setattr(watched, "KEPT", 2)
    token = PAGE.set("GET /orders/")
    try:
        with database.transaction(read_only=True, timeouts=LIMITS) as session:
            for seconds in (0.03, 0.4, 0.03):
                session.execute(sa.select(sa.func.pg_sleep(seconds)))
            session.execute(sa.text("SELECT 1"))
        with (
            pytest.raises(OperationalError),
            database.transaction(read_only=True, timeouts=Timeouts(statement_ms=50)) as session,
        ):
            session.execute(sa.text("SELECT pg_sleep(2) AS ended"))
    finally:
        PAGE.reset(token)
    first, second = sorted(database.watched.slow(), key=lambda one: -one.count)
    assert (first.count, first.page, second.count) == (3, "GET /orders/", 1)
    assert first.longest >= 0.4
    assert first.total >= 0.46
    assert "ended" in second.sql
    with database.transaction(read_only=True, timeouts=LIMITS) as session:
        session.execute(sa.text("SELECT pg_sleep(0.6) AS third"))
    assert [one.sql for one in database.watched.slow()] == ["SELECT pg_sleep(0.6) AS third", first.sql]


class OrderView(ModelView, model=Order):
    key = "orders"


def test_page(shop_pg: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page about the database has the pool's figures, and the slow statements without values, with a link to their list."""
    monkeypatch.setattr(watched, "SLOW", 0.0)
    admin = Admin(shop_pg)
    admin.add_view(OrderView)
    client = TestClient(admin)
    client.get("/orders/?number=A'1")
    client.get("/orders/1/")
    page = parse(client.get("/database/").text)
    facts = {row.cssselect("dt")[0].text: row.cssselect("dd")[0].text for row in page.css("#pool > div")}
    assert facts["Requests that got no connection"] == "0"
    assert facts["Threads at work"].startswith("1 of ")
    rows = [(row.cssselect("th")[0].text_content(), row) for row in page.css("#slow tbody tr")]
    assert {name for name, _row in rows} >= {"GET /orders/", "GET /orders/{id}/"}
    listed = next(row for name, row in rows if name == "GET /orders/")
    assert listed.cssselect("th a")[0].get("href") == "/orders/"
    assert "A'1" not in page.one("#slow").text_content()
