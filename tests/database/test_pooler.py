"""Behind a PgBouncer that shares sessions by the transaction everything works, and nothing is left in a session."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.pool import NullPool, QueuePool
from starlette.testclient import TestClient

from benchmarks import concurrency
from benchmarks.concurrency import Load
from benchmarks.server import served
from tests import bridge
from tests.crawl import crawl
from tests.plugins.bouncer import Bouncer, bouncing
from tests.plugins.databases import fresh_name, run_folder
from tests.plugins.pgbouncer import find_or_install
from tests.plugins.standby import Replicated
from tests.views.conftest import Admin
from webadmin.database.own_tables.migrate import upgrade
from webadmin.database.session import Database
from webadmin.database.stop import Stop
from webadmin.demo.app import build
from webadmin.demo.models import Customer, Order
from webadmin.dialects import Timeouts

_LEFT = """
    SELECT (SELECT count(*) FROM pg_prepared_statements)
         + (SELECT count(*) FROM pg_cursors WHERE is_holdable)
         + (SELECT count(*) FROM pg_listening_channels())
         + (SELECT count(*) FROM pg_class WHERE relpersistence = 't')
         + (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
         + (SELECT count(*) FROM pg_settings WHERE source = 'session'
             AND name IN ('statement_timeout', 'lock_timeout', 'default_transaction_read_only', 'work_mem', 'search_path'))
"""


@pytest.fixture
def shared(bouncer: Bouncer, shop_pg: Engine) -> Iterator[Engine]:
    """The test's own shop through PgBouncer, with the engine that somebody makes who does not think of it."""
    upgrade(shop_pg)
    engine = sa.create_engine(bouncer.url(str(shop_pg.url.database)))
    yield engine
    engine.dispose()


def left(bouncer: Bouncer, engine: Engine) -> list[int]:
    """What is left in each of the sessions that all connections share."""
    address = bouncer.url(str(engine.url.database)).replace("+psycopg", "")
    connections = [psycopg.connect(address, prepare_threshold=None) for _ in range(3)]
    try:
        return [connection.execute(_LEFT).fetchone()[0] for connection in connections]  # type: ignore[index]
    finally:
        for connection in connections:
            connection.close()


def test_every_page(bouncer: Bouncer, shared: Engine, shop_pg: Engine) -> None:
    """All pages that lead on from the first ones, a save, a change of many rows, a file; afterwards the sessions are as before."""
    client = TestClient(build(shared))
    found = crawl(lambda address: client.get(address, follow_redirects=False), "/admin/", depth=1)
    assert found.faults == []
    assert len(found.pages) > 15
    admin = Admin(client, shop_pg)
    for path in ("orders/?q=a&sort=total", "orders/1/", "orders/1/history/", "orders/1/delete/", "database/"):
        admin.get(f"/{path}")
    id = admin.get("/customers/").ids()[0]
    saved = admin.confirm(admin.get(f"/customers/{id}/change/"), "form", name="Behind a pooler")
    assert saved.messages()
    assert admin.value(sa.select(sa.func.count()).where(Customer.name == "Behind a pooler")) == 1
    page = admin.get("/orders/?deleted=hide")
    fields = page.form("bulk") | {"all": "1"}
    form = admin.post(page.one('#bulk button[value="edit"]').get("formaction"), fields, 200)
    picked = {"op-currency": "set", "with-currency": "CHF", "step": "preview"}
    plan = admin.post(form.action("form"), form.form("form") | picked, 200)
    admin.post(plan.action("form"), plan.form("form") | {"confirm": "1"})
    other = sa.select(sa.func.count()).where(Order.currency != "CHF", Order.deleted_at.is_(None))
    assert admin.value(other) == 0
    lines = client.get("/admin/orders/export/?format=csv").text.splitlines()
    assert len(lines) == 1 + admin.value(sa.select(sa.func.count()).where(Order.deleted_at.is_(None)))
    assert "pooler" in admin.get("/database/").one("#pooler").text_content()
    assert left(bouncer, shared) == [0, 0, 0]


def test_many_at_once(bouncer: Bouncer, shared: Engine, shop_pg: Engine) -> None:
    """More readers and writers than there are sessions: no page fails, and no walk misses or repeats a row."""
    with served(shared) as port:
        found = concurrency.measure(shop_pg, port, Load(seconds=2, readers=4, writers=2))
    assert found.errors == []
    assert found.faults == []
    assert found.counts["insert"] + found.counts["update"] > 0
    assert left(bouncer, shared) == [0, 0, 0]


def test_cancelled(shared: Engine) -> None:
    """What somebody does not wait for any more is stopped through the pooler, and nothing else is."""
    database, stop = Database.of(shared), Stop()
    timer = Timer(0.5, stop.now)
    timer.start()
    with (
        pytest.raises(sa.exc.DBAPIError) as raised,
        database.transaction(read_only=True, timeouts=Timeouts()) as session,
        stop.of(database.dialect, session.connection()),
    ):
        session.execute(sa.text("SELECT pg_sleep(20)"))
    timer.join()
    assert database.dialect.failure(raised.value).kind == "statement_timeout"
    with database.transaction(read_only=True, timeouts=Timeouts()) as session:
        assert session.scalar(sa.text("SELECT 1")) == 1


def test_who_is_asked(bouncer: Bouncer, shared: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """A pooler is found at the first transaction of an engine given, which keeps its pool, with a word in the log; what
    drivers prepare for others stays as it is."""
    database = Database.of(shared)
    assert database.pooler.there is None
    with (
        caplog.at_level(logging.WARNING, "webadmin"),
        database.transaction(read_only=True, timeouts=Timeouts()) as session,
    ):
        assert session.connection().connection.driver_connection.prepare_threshold is None  # type: ignore[union-attr]
    assert [line for line in caplog.messages if "poolclass=NullPool" in line]
    assert database.pooler.there
    assert isinstance(shared.pool, QueuePool)
    with shared.connect() as connection:
        assert connection.connection.driver_connection.prepare_threshold == 5  # type: ignore[union-attr]


def test_engines_of_our_own(bouncer: Bouncer, shared: Engine, shop_pg: Engine) -> None:
    """For an address an engine is made that fits: without a pool behind a pooler, said or found, and with one elsewhere."""
    through, straight = shared.url, shop_pg.url
    for source, said, there, pool in (
        (through, None, True, NullPool),
        (through, True, True, NullPool),
        (straight, None, False, QueuePool),
        (through, False, False, QueuePool),
    ):
        database = Database.of(source, pooler=said)
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(lambda _, one=database: one_order_of(one), range(8))) == [1] * 8
        assert database.pooler.there is there
        assert isinstance(database.engine.pool, pool)
        with database.engine.connect() as connection:
            threshold = connection.connection.driver_connection.prepare_threshold  # type: ignore[union-attr]
        assert threshold == (None if there else 5)
        database.dispose()


def one_order_of(database: Database) -> int:
    with database.transaction(read_only=True, timeouts=Timeouts()) as session:
        return int(session.scalar(sa.select(sa.func.count()).where(Order.id == 1)) or 0)


def test_before_a_replica(replicated: Replicated, replicated_engines: tuple[Engine, Engine]) -> None:
    """A pooler before the replica is found as well, and how far the replica is comes through it."""
    program = find_or_install()
    if program is None:
        pytest.skip("there is no PgBouncer on this machine, and it cannot be installed")
    primary, standby = replicated_engines
    host = str(standby.url.query["host"])
    with bouncing(program, run_folder() / f"bouncer-{fresh_name()}", host) as before:
        database = Database.of(primary)
        database.read_from(before.url(str(standby.url.database)))
        reads = database.reads(None)
        replicated.caught_up()
        for _ in range(2):
            with database.transaction(read_only=True, timeouts=Timeouts(), reads=reads) as session:
                raw = session.connection().connection.driver_connection
                assert raw.prepare_threshold is None  # type: ignore[union-attr]
                assert session.scalar(sa.text("SELECT pg_is_in_recovery()"))
        assert isinstance(database.replica.engine.pool, NullPool)  # type: ignore[union-attr]
        database.dispose()


def test_without_a_server(sqlite_engine: Engine) -> None:
    """Where nothing can stand between, nothing is found."""
    admin = bridge.admin_over(bridge.filled(sqlite_engine))
    assert TestClient(admin).get("/things/").status_code == 200
    assert admin.runtime.database.pooler.there is False
