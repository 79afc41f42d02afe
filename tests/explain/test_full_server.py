"""Findings that need a server with more than the tests' own has: a compiler, and the extension for trigrams."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tests.plugins.databases import fresh_name, opened
from webadmin.demo.server import EmbeddedServer
from webadmin.dialects import for_engine
from webadmin.explain.catalog import Catalog
from webadmin.explain.diagnosis import diagnose
from webadmin.explain.finding import Finding
from webadmin.explain.plan import parse

_TABLE = """
CREATE TABLE deed WITH (autovacuum_enabled = false) AS
SELECT i AS id, ('n' || i)::varchar(20) AS name FROM generate_series(1, 20000) i;
CREATE INDEX deed_name ON deed (name);
ANALYZE deed;
"""


@pytest.fixture(scope="module")
def full(debian_server: EmbeddedServer) -> Iterator[Connection]:
    """A connection to a server from the system's packages."""
    with opened(debian_server.create_database(fresh_name())) as engine, engine.connect() as connection:
        connection.exec_driver_sql(_TABLE)
        connection.commit()
        yield connection


@pytest.fixture
def found(full: Connection) -> Iterator[Callable[[str], tuple[Finding, ...]]]:
    """``found(sql)`` is what is found about the measured plan of ``sql``; rolled back after the test."""
    dialect = for_engine(full.engine)

    def diagnosed(sql: str) -> tuple[Finding, ...]:
        plan = parse(dialect.explain(full, sql, {}, analyze=True))
        assert plan is not None
        return diagnose(plan, 1.0, Catalog(dialect, full).about(plan))

    yield diagnosed
    full.rollback()


def test_compiling(full: Connection, found: Callable[[str], tuple[Finding, ...]]) -> None:
    """A short statement that was compiled; without compiling there is nothing to say."""
    if not full.exec_driver_sql("SELECT pg_jit_available()").scalar():
        pytest.skip("this server was built without a compiler")
    sql = "SELECT count(*) FROM deed WHERE id < 19000"
    full.exec_driver_sql(
        "SET LOCAL jit = on; SET LOCAL jit_above_cost = 0; SET LOCAL jit_optimize_above_cost = 0"
    )
    [compiled] = found(sql)
    assert (compiled.kind, compiled.remedy) == ("compiling", "ALTER ROLE postgres SET jit = off;")
    full.exec_driver_sql("SET LOCAL jit = off")
    assert found(sql) == ()


def test_trigrams(full: Connection, found: Callable[[str], tuple[Finding, ...]]) -> None:
    """Patterns that may stand anywhere ask for a trigram index, and have what they need with one."""
    patterns = ("name LIKE '%%1999%%'", "name ILIKE 'N1999%%'", "name ~* '1999'")
    for pattern in patterns:
        [one] = found(f"SELECT id FROM deed WHERE {pattern}")
        assert (one.kind, one.columns) == ("leading_wildcard", ("name",))
    try:
        full.exec_driver_sql("CREATE EXTENSION pg_trgm")
    except DBAPIError:
        full.rollback()
        pytest.skip("this server has no trigrams")
    full.exec_driver_sql("CREATE INDEX ON deed USING gin (name gin_trgm_ops)")
    for pattern in patterns:
        assert found(f"SELECT id FROM deed WHERE {pattern}") == ()


def test_order_of_a_language(full: Connection, found: Callable[[str], tuple[Finding, ...]]) -> None:
    """An index in the order of a language does not serve the beginning of a text; one in the order of its characters does."""
    try:
        full.exec_driver_sql(
            'ALTER TABLE deed ALTER COLUMN name TYPE varchar(20) COLLATE "en-x-icu"; ANALYZE deed'
        )
    except DBAPIError:
        full.rollback()
        pytest.skip("this server has no orders of languages")
    for pattern in ("name LIKE 'n1999%%'", "name ~ '^n1999'"):
        [one] = found(f"SELECT id FROM deed WHERE {pattern}")
        assert (one.kind, one.columns) == ("prefix_pattern", ("name",))
    full.exec_driver_sql("CREATE INDEX ON deed (name varchar_pattern_ops)")
    for pattern in ("name LIKE 'n1999%%'", "name ~ '^n1999'"):
        assert found(f"SELECT id FROM deed WHERE {pattern}") == ()
