"""Tables in which a bad plan can be provoked, built once, and a way to read a plan of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from tests.explain.things import THING
from tests.plugins.databases import fresh_name, opened
from webadmin.database.session import Database
from webadmin.demo.server import EmbeddedServer
from webadmin.dialects import Timeouts, for_engine
from webadmin.explain.diagnosis import diagnose
from webadmin.explain.plan import Plan, parse

# 100,000 wide rows: val is scattered, rare is set in ten rows, part and twin say the same.
_TABLES = """
CREATE TABLE item WITH (autovacuum_enabled = false) AS
SELECT i AS id, (i * 7919) % 100003 AS val, i % 4 AS grp, i % 500 AS part, i % 500 AS twin,
       CASE WHEN i % 10000 = 0 THEN 'yes' ELSE 'no' END AS rare, md5(i::text) AS code, repeat('x', 200) AS pad
  FROM generate_series(1, 100000) i;
ALTER TABLE item ADD PRIMARY KEY (id);
CREATE INDEX item_val ON item (val);
CREATE INDEX item_grp ON item (grp);
CREATE TABLE small AS SELECT i AS id, 'n' || i AS name FROM generate_series(1, 200) i;
CREATE TABLE stale (id integer PRIMARY KEY, n integer) WITH (autovacuum_enabled = false);
INSERT INTO stale SELECT i, i FROM generate_series(1, 5000) i;
CREATE TABLE cold WITH (autovacuum_enabled = false) AS
SELECT i AS id, repeat('x', 900) AS pad FROM generate_series(1, 45000) i;
"""

Planned = Callable[..., Plan]


@pytest.fixture(scope="session")
def provoking(server: EmbeddedServer) -> Iterator[Engine]:
    """An engine on the database with these tables."""
    with opened(server.create_database(fresh_name())) as engine:
        with engine.begin() as connection:
            connection.execution_options(no_parameters=True).exec_driver_sql(_TABLES)
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in ("item", "small"):
                connection.exec_driver_sql(f"VACUUM ANALYZE {table}")
            connection.exec_driver_sql("ANALYZE stale")
        yield engine


@pytest.fixture
def provoked(provoking: Engine) -> Iterator[Connection]:
    """A connection to it in one process at a time, rolled back after the test."""
    with provoking.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off")
        yield connection
        transaction.rollback()


@pytest.fixture
def planned(provoking: Engine, provoked: Connection) -> Planned:
    """``planned(sql, analyze=True, work_mem="64kB", …)`` is the plan of ``sql`` under these settings."""
    dialect = for_engine(provoking)

    def plan_of(sql: str, *, analyze: bool = True, **settings: str) -> Plan:
        for name, value in settings.items():
            provoked.exec_driver_sql(f"SET LOCAL {name} = '{value}'")
        plan = parse(dialect.explain(provoked, sql, {}, analyze=analyze))
        assert plan is not None
        return plan

    return plan_of


def kinds(plan: Plan) -> set[str]:
    """The findings about ``plan``, by kind."""
    return {finding.kind for finding in diagnose(plan, seconds=1.0)}


@pytest.fixture
def things(engine: Engine) -> Iterator[Session]:
    """A session in the transaction of a reading request, on a table of 20,000 rows without an index."""
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE thing (id integer, name text, n integer)"))
        connection.execute(
            sa.insert(THING), [{"id": i, "name": f"n{i}", "n": i * 7919 % 20011} for i in range(20_000)]
        )
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    with Database(engine).transaction(read_only=True, timeouts=Timeouts()) as session:
        yield session
