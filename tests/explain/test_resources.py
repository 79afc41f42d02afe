from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from tests.explain.conftest import Planned, kinds
from webadmin.dialects import for_engine
from webadmin.explain.diagnosis import NOTHING, diagnose
from webadmin.explain.plan import parse
from webadmin.explain.resources import cold_pages


def test_compiling(provoking: Engine, planned: Planned) -> None:
    """A short statement that was compiled; without compiling there is nothing to say."""
    sql = "SELECT count(*) FROM item WHERE id < 100"
    with provoking.connect() as connection:
        available = connection.exec_driver_sql("SELECT pg_jit_available()").scalar()
    if not available:
        pytest.skip("this server was built without a compiler")
    assert "compiling" in kinds(planned(sql, jit="on", jit_above_cost="0", jit_optimize_above_cost="0"))
    assert kinds(planned(sql, jit="off")) == set()


def test_compiling_from_a_servers_answer(planned: Planned) -> None:
    """The time of compiling is taken from where a server with a compiler reports it."""
    plan = parse([
        {
            "Plan": {"Node Type": "Result", "Actual Total Time": 10.0, "Actual Loops": 1, "Actual Rows": 1},
            "JIT": {"Functions": 4, "Timing": {"Generation": 1.0, "Total": 80.0}},
            "Execution Time": 100.0,
        }
    ])  # fmt: skip
    assert plan is not None
    [found] = diagnose(plan, seconds=0.1)
    assert (found.kind, found.node) == ("compiling", None)
    assert found.title.startswith("80%")


def test_heap_fetches(provoking: Engine) -> None:
    """An index-only scan of a table that was not vacuumed; after VACUUM there is nothing to say."""
    dialect = for_engine(provoking)
    sql = "SELECT count(id) FROM stale WHERE id > 0"

    def found(connection: Connection) -> set[str]:
        connection.exec_driver_sql("SET enable_seqscan = off; SET enable_bitmapscan = off")
        plan = parse(dialect.explain(connection, sql, {}, analyze=True))
        assert plan is not None
        return kinds(plan)

    with provoking.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        assert found(connection) == {"heap_fetches"}
        connection.exec_driver_sql("VACUUM stale")
        assert found(connection) == set()


def test_cold_pages(planned: Planned) -> None:
    """A table that does not stay in memory says so; one that does, does not."""
    [found] = cold_pages(planned("SELECT count(*) FROM cold"), NOTHING)
    assert found.tone == "info"
    assert "MB came from outside" in found.title
    planned("SELECT count(*) FROM small")
    assert list(cold_pages(planned("SELECT count(*) FROM small"), NOTHING)) == []
