from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.explain.conftest import Planned
from webadmin.dialects import for_engine
from webadmin.explain.plan import parse, short


def test_fields_of_a_measured_plan(planned: Planned) -> None:
    """Rows, removed rows, loops, buffers and conditions are read from the database's answer."""
    plan = planned("SELECT * FROM item WHERE rare = 'yes' ORDER BY code")
    sort, scan = plan.root.walk()
    assert (sort.node_type, sort.depth, scan.node_type, scan.depth) == ("Sort", 0, "Seq Scan", 1)
    assert (sort.sort_method, sort.sort_on_disk) == ("quicksort", False)
    assert sort.sort_kb > 0
    assert (scan.relation, scan.loops, scan.rows_actual, scan.rows_removed) == ("item", 1, 10, 99_990)
    assert scan.filter == "(item.rare = 'yes'::text)"
    assert scan.buffers.touched > 1_000
    assert plan.measured
    assert plan.execution_ms is not None
    assert plan.planning_ms is not None
    assert plan.worst is scan
    assert plan.share(scan) > 0.8
    assert plan.settings["jit"] == "off"


def test_plain_plan_has_costs_in_place_of_times(planned: Planned) -> None:
    """A plan that was not run has no times; its worst step is the one with the highest own cost."""
    plan = planned("SELECT * FROM item WHERE rare = 'yes' ORDER BY code", analyze=False)
    sort, scan = plan.root.walk()
    assert (scan.own_ms, scan.total_ms, scan.loops, scan.rows_actual) == (None, None, None, None)
    assert plan.execution_ms is None
    assert plan.worst is scan
    assert sort.own_cost == pytest.approx(sort.total_cost - scan.total_cost)


def test_what_a_limit_stops(planned: Planned) -> None:
    """Below a LIMIT all is stopped early, down to the first step that has to read everything."""
    plan = planned("SELECT i.id FROM item i JOIN small s ON s.id = i.part ORDER BY i.code LIMIT 3")
    stopped = {node.node_type: node.stopped_early for node in plan.root.walk()}
    assert stopped["Sort"] is True
    assert stopped["Seq Scan"] is False


def test_steps_that_never_run(planned: Planned) -> None:
    """A step that was planned and not reached has no loops and no time."""
    plan = planned("SELECT * FROM item WHERE id < 0 AND val = (SELECT max(val) FROM item x WHERE x.part = 3)")
    assert any(node.loops == 0 and not node.own_ms for node in plan.root.walk())


def test_unknown_steps_are_kept() -> None:
    """A step of a kind that nobody has seen keeps its name, its children and what it says of itself."""
    plan = parse([{"Plan": {"Node Type": "Quantum Scan", "Qubits": 3, "Plans": [{"Node Type": "Result"}]}}])
    assert plan is not None
    assert [node.node_type for node in plan.root.walk()] == ["Quantum Scan", "Result"]
    assert plan.root.extra == {"Qubits": 3}
    assert plan.worst is None


def test_no_plan() -> None:
    """An empty answer, or one without a plan, is no plan."""
    assert parse([]) is None
    assert parse([{"Query Text": "x"}]) is None


def test_plan_of_either_database(engine: Engine) -> None:
    """Both databases give a tree that names the table and how it is read."""
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE thing (id integer PRIMARY KEY, n integer)"))
        plan = parse(for_engine(engine).explain(connection, "SELECT * FROM thing", {}, analyze=False))
    assert plan is not None
    assert (plan.root.node_type, plan.root.relation) == ("Seq Scan", "thing")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("(item.rare = 'yes'::text)", "item.rare = 'yes'"),
        ("((orders.status)::text = 'paid'::text)", "orders.status = 'paid'"),
        ("((a = 1) AND (b = 2))", "(a = 1) AND (b = 2)"),
        ("(a = 1) AND (b = 2)", "(a = 1) AND (b = 2)"),
        ("x = ANY ('{1,2}'::integer[])", "x = ANY ('{1,2}')"),
    ],
)
def test_short(written: str, read: str) -> None:
    """A condition loses casts and outer parentheses that say nothing."""
    assert short(written) == read


def test_short_cuts() -> None:
    """A long condition ends in an ellipsis."""
    assert len(short("x" * 500)) == 80
