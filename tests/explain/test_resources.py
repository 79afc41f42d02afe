from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from tests.explain.conftest import Planned, kinds
from webadmin.dialects import for_engine
from webadmin.explain.diagnosis import NOTHING, diagnose
from webadmin.explain.estimates import estimate_factor
from webadmin.explain.plan import parse
from webadmin.explain.resources import cold_pages


def test_spilled_sort(planned: Planned) -> None:
    """A sort with too little memory names the disk that it used; with enough there is nothing to say."""
    sql = "SELECT id FROM item ORDER BY code"
    [found] = diagnose(planned(sql, work_mem="64kB"), seconds=1.0)
    assert found.kind == "spilled_sort"
    assert " MB of disk" in found.title
    assert kinds(planned(sql, work_mem="64MB")) == set()


def test_spilled_incremental_sort(planned: Planned) -> None:
    """A sort in groups that do not fit is found as well."""
    sql = "SELECT id FROM item ORDER BY grp, code"
    settings = {"enable_seqscan": "off", "enable_sort": "off", "enable_bitmapscan": "off"}
    plan = planned(sql, work_mem="64kB", **settings)
    assert any(node.node_type == "Incremental Sort" for node in plan.root.walk())
    assert "spilled_sort" in kinds(plan)


def test_spilled_hash(planned: Planned) -> None:
    """A hash join and a hash aggregate with too little memory; with enough there is nothing to say."""
    join = "SELECT count(*) FROM item a JOIN item b ON b.code = a.code"
    group = "SELECT code, count(*) FROM item GROUP BY code"
    for sql in (join, group):
        little = planned(sql, work_mem="64kB", enable_mergejoin="off", enable_sort="off")
        assert "spilled_hash" in kinds(little)
        assert kinds(planned(sql, work_mem="256MB")) == set()


def test_lossy_bitmap(planned: Planned) -> None:
    """A bitmap that kept pages in place of rows; with enough memory it keeps rows."""
    sql = "SELECT count(pad) FROM item WHERE val BETWEEN 10 AND 30000"
    settings = {"enable_seqscan": "off", "enable_indexscan": "off"}
    assert "lossy_bitmap" in kinds(planned(sql, work_mem="64kB", **settings))
    assert kinds(planned(sql, work_mem="64MB", **settings)) == set()


def test_misestimate(planned: Planned) -> None:
    """Columns that say the same are told at the table, once, with the factor."""
    plan = planned(
        "SELECT count(*) FROM item WHERE part < 50 AND twin < 50 AND part + 0 < 50 AND twin + 0 < 50"
    )
    found = [one for one in diagnose(plan, seconds=1.0) if one.kind == "misestimate"]
    assert len(found) == 1
    assert found[0].node is not None
    assert found[0].node.relation == "item"
    factor = round(estimate_factor(found[0].node))
    assert factor >= 10
    assert found[0].title == f"item: {factor} times more rows than planned."
    assert "ANALYZE" in found[0].text


def test_good_estimate(planned: Planned) -> None:
    """A single column is estimated well, and a wrong estimate of few rows does not matter."""
    assert "misestimate" not in kinds(planned("SELECT * FROM item WHERE part < 50"))
    assert "misestimate" not in kinds(
        planned("SELECT * FROM item WHERE part = 1 AND twin = 1 AND id < 10000")
    )


def test_limit_is_no_misestimate(planned: Planned) -> None:
    """A scan that a LIMIT stopped returned fewer rows than planned, and that is right."""
    assert kinds(planned("SELECT * FROM item LIMIT 10")) == set()


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
