"""Tables in which a bad plan can be provoked, built once, and a way to read a plan of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.explain.things import THING
from tests.plugins.databases import fresh_name, opened
from webadmin.database.session import Database
from webadmin.demo.server import EmbeddedServer
from webadmin.dialects import Timeouts, for_engine
from webadmin.explain.catalog import Catalog
from webadmin.explain.diagnosis import diagnose
from webadmin.explain.finding import Finding
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

# 20,000 deeds of which no two things that are asked together have an index: an owner, words, labels. Ten owners have no deeds.
_DEEDS = """
CREATE TABLE owner AS SELECT i AS id, 'o' || i AS name FROM generate_series(1, 1010) i;
ALTER TABLE owner ADD PRIMARY KEY (id);
CREATE TABLE deed WITH (autovacuum_enabled = false) AS
SELECT i AS id, ('n' || i)::varchar(20) AS name, i AS amount, timestamptz '2026-01-01' + i * interval '10 minutes' AS at,
       i % 1000 + 1 AS owner_id, i % 5000 AS slot, i % 20 AS kind, i % 20 AS kin,
       CASE WHEN i % 10 < 6 THEN 'a' WHEN i % 10 < 9 THEN 'b' ELSE 'z' || i END AS skew,
       array_to_tsvector(ARRAY['w' || i % 1000, 'x']) AS words, ARRAY['l' || i % 1000] AS labels
  FROM generate_series(1, 20000) i;
ALTER TABLE deed ADD PRIMARY KEY (id), ADD CONSTRAINT deed_owner FOREIGN KEY (owner_id) REFERENCES owner;
CREATE INDEX deed_name ON deed (name);
CREATE INDEX deed_amount ON deed (amount);
CREATE INDEX deed_at ON deed (at);
"""

Planned = Callable[..., Plan]
Diagnosed = Callable[..., tuple[Finding, ...]]


@pytest.fixture(scope="session")
def provoking(server: EmbeddedServer) -> Iterator[Engine]:
    """An engine on the database with these tables."""
    with opened(server.create_database(fresh_name())) as engine:
        with engine.begin() as connection:
            connection.execution_options(no_parameters=True).exec_driver_sql(_TABLES + _DEEDS)
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            # Else what was written is counted after ANALYZE.
            connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
            for table in ("item", "small", "owner", "deed"):
                connection.exec_driver_sql(f"VACUUM ANALYZE {table}")
            connection.exec_driver_sql("ANALYZE stale")
            with pytest.raises(IntegrityError):  # what is left of it is an index that is invalid
                connection.exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY deed_slot ON deed (slot)")
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


@pytest.fixture
def diagnosed(provoking: Engine, provoked: Connection, planned: Planned) -> Diagnosed:
    """``diagnosed(sql, …)`` is what is found about the plan of ``sql``, with what the catalog knows of its tables."""

    def found(sql: str, *, analyze: bool = True, **settings: str) -> tuple[Finding, ...]:
        plan = planned(sql, analyze=analyze, **settings)
        return diagnose(plan, 1.0, Catalog(for_engine(provoking), provoked).about(plan))

    return found


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
