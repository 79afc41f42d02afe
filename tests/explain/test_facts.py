from __future__ import annotations

import pytest

from tests.explain.kept import plan_of
from webadmin.explain.about import about
from webadmin.explain.facts import facts, more
from webadmin.explain.node import PlanNode
from webadmin.explain.plan import Plan, parse


def _node(plan: Plan, node_type: str) -> PlanNode:
    return next(node for node in plan.root.walk() if node.node_type == node_type)


def _told(name: str, node_type: str, version: str = "18") -> dict[str, str]:
    node = _node(plan_of(version, name), node_type)
    return {fact.name: fact.value for fact in (*facts(node), *more(node))}


def test_conditions_and_what_they_dropped() -> None:
    """Each condition stands there in the database's words, with the rows that it dropped."""
    told = _told("index_scan_filter", "Index Scan")
    assert told["Index condition"] == "(sale.kind = 'k9'::text)"
    assert told["Filter"] == "(sale.id < 300)"
    told = _told("seq_scan", "Seq Scan")
    assert told["Dropped by it"] == "19,900 rows in each loop"
    told = _told("bitmap_lossy", "Bitmap Heap Scan")
    assert told["Checked again"] == "((sparse.n % 3) = 0)"
    assert "as a whole" in told["Pages of the bitmap"]
    assert told["Dropped when checked again"].endswith(" rows in each loop")


@pytest.mark.parametrize("version", ["14", "15", "16", "17", "18"])
def test_memory_and_disk(version: str) -> None:
    """Sorts, hash tables and kept answers say what room they took, in the process that needed most, in every version."""
    assert _told("sort_on_disk", "Sort", version)["Sort"].startswith("external ")
    assert _told("sort_on_disk", "Sort", version)["Sort"].endswith(" of disk")
    assert " parts" in _told("hash_join_batches", "Hash", version)["Hash table"]
    assert " of disk" in _told("aggregate_hashed_on_disk", "Aggregate", version)["Hash table"]
    memoize = _told("parallel_memoize", "Memoize", version)
    assert memoize["Kept answers"].startswith("16,000 found again, 4,000 not")
    assert "Hash table" not in memoize
    groups = _told("sort_incremental_of_groups", "Incremental Sort", version)
    assert groups["Comes sorted by"] == "sale.kind, sale.day"
    assert groups["Groups of several values"].startswith(("400, quicksort", "401, quicksort"))
    log = _told("insert", "ModifyTable", version)["Write-ahead log"]
    assert " records, " in log


def test_workers() -> None:
    """Each worker's part is told for itself."""
    told = _told("gather_merge", "Sort", "17")
    assert told["Worker 0"].split(", ")[0].endswith(" ms")
    assert "Sort Method: " in told["Worker 1"]
    assert _told("gather_merge", "Gather Merge", "17")["Workers"] == "2 launched of 2"


def test_steps_that_never_ran() -> None:
    """They say so in place of their rows."""
    assert _told("result_never", "Seq Scan")["Rows"] == "never run; 4,000 planned"


def test_unknown_steps_and_words_are_shown() -> None:
    """What nobody has heard of is told by the database's own names, however it is made."""
    plan = parse(
        [
            {
                "Plan": {
                    "Node Type": "Custom Scan",
                    "Custom Plan Provider": "Citus Adaptive",
                    "Qubits": {"spin": [1.5, True, None], "nested": [{"deep": "down"}]},
                    "Filter": 7,
                },
                "JIT": {
                    "Functions": 3,
                    "Timing": {"Generation": {"Deform": 0.5, "Total": 2.0}, "Total": 4.0},
                },
                "Triggers": [{"Trigger Name": "t", "Relation": "r", "Time": 1.5, "Calls": 2}],
                "Oracle": "yes",
            }
        ]
    )
    assert plan is not None
    told = {fact.name: fact.value for fact in more(plan.root)}
    assert told["Custom Plan Provider"] == "Citus Adaptive"
    assert told["Qubits"] == "spin: 1.5, yes, , nested: (deep: down)"
    assert told["Filter"] == "7"
    run = {fact.name: fact.value for fact in about(plan)}
    assert run["Compiling"] == "3 functions, 4.0 ms, Generation Deform 0.5 ms, Generation 2.0 ms"
    assert run["Trigger"] == "t r: 1.5 ms, 2 calls"
    assert run["Oracle"] == "yes"
    assert plan.jit_ms == 4.0
