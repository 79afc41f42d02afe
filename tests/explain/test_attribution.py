from __future__ import annotations

import pytest

from tests.explain.conftest import Planned
from tests.explain.kept import plan_of
from webadmin.explain.plan import Plan, PlanNode

_SLOW = "SELECT count(*) FROM item x WHERE length(md5(x.pad)) = 32"


def _sum(plan: Plan) -> float:
    return sum(node.own_ms or 0.0 for node in plan.root.walk())


def _nodes(plan: Plan, node_type: str) -> list[PlanNode]:
    return [node for node in plan.root.walk() if node.node_type == node_type]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT i.grp, count(*) FROM item i JOIN small s ON s.id = i.part GROUP BY i.grp ORDER BY 2",
        f"SELECT id FROM item WHERE val > ({_SLOW}) - 1 ORDER BY code LIMIT 5",
        f"SELECT id, ({_SLOW}) AS n FROM small",
        "WITH c AS MATERIALIZED (SELECT id, val FROM item) SELECT count(*) FROM c a JOIN c b ON a.id = b.val",
        "SELECT id, (SELECT max(i.val) FROM item i WHERE i.part = s.id) FROM small s WHERE id < 5",
        "SELECT s.id FROM small s WHERE EXISTS (SELECT 1 FROM item i WHERE i.val = s.id)",
        "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 20000) SELECT sum(n) FROM t",
        "SELECT id FROM small UNION ALL SELECT id FROM item WHERE val < 100 ORDER BY 1",
    ],
)
def test_every_millisecond_once(planned: Planned, sql: str) -> None:
    """The steps' own times add up to the time of the whole: nothing is counted twice, nothing is lost."""
    for _attempt in range(5):  # a server that is held up between two looks at its clock says anything
        plan = planned(sql)
        assert plan.root.total_ms is not None
        if _sum(plan) == pytest.approx(plan.root.total_ms, rel=0.12, abs=0.3):
            return
    pytest.fail(f"{_sum(plan)} of {plan.root.total_ms} ms")


def test_parallel_time_is_time_on_the_clock(planned: Planned) -> None:
    """Work of several processes at once counts as long as it took, not as often."""
    plan = planned(
        "SELECT count(*) FROM item WHERE length(md5(pad || code)) = 32",
        max_parallel_workers_per_gather="2",
        parallel_setup_cost="0",
        parallel_tuple_cost="0",
        min_parallel_table_scan_size="0",
    )
    [gather] = _nodes(plan, "Gather")
    [scan] = _nodes(plan, "Seq Scan")
    assert gather.workers_launched >= 1
    assert scan.loops == gather.workers_launched + 1
    assert scan.total_ms is not None
    assert plan.root.total_ms is not None
    assert scan.total_ms <= plan.root.total_ms * 1.01
    assert scan.rows_total == pytest.approx(100_000, abs=2)
    assert _sum(plan) <= plan.root.total_ms * 1.05


def test_subquery_that_runs_once_is_not_charged_to_its_user(planned: Planned) -> None:
    """The scan whose filter first asks for the result of a slow subquery is not blamed for it."""
    plan = planned(f"SELECT id FROM small WHERE id > ({_SLOW}) - 100000")
    slow = next(node for node in plan.root.walk() if node.parent_relationship == "InitPlan")
    user = next(node for node in plan.root.walk() if node.relation == "small")
    assert slow.total_ms is not None
    assert user.own_ms is not None
    assert user.own_ms < slow.total_ms * 0.2
    assert plan.worst is not user
    assert plan.worst is not None
    assert plan.worst.relation == "item"


def test_cost_of_what_runs_repeatedly(planned: Planned) -> None:
    """Without measuring, the inner side of a nested loop costs as often as it is expected to run."""
    plan = planned(
        "SELECT b.code FROM small a JOIN item b ON b.id = a.id",
        analyze=False,
        enable_hashjoin="off",
        enable_mergejoin="off",
    )
    assert plan.worst is not None
    assert plan.worst.relation == "item"
    assert sum(node.own_cost for node in plan.root.walk()) == pytest.approx(plan.root.total_cost, rel=0.05)


def test_cost_under_a_limit(planned: Planned) -> None:
    """Without measuring, a scan that a LIMIT stops early costs only the part that it is read."""
    plan = planned("SELECT * FROM item LIMIT 10", analyze=False)
    assert sum(node.own_cost for node in plan.root.walk()) == pytest.approx(plan.root.total_cost, rel=0.05)


def _kept(name: str, version: str = "17") -> tuple[Plan, dict[str, float]]:
    """A kept plan, and the own time of the first step of each kind."""
    plan = plan_of(version, name)
    return plan, {node.node_type: node.own_ms or 0.0 for node in reversed(list(plan.root.walk()))}


def test_subquery_of_parallel_steps_is_charged_to_the_gather() -> None:
    """What workers need is worked out by the leader before they start; it runs once, not in a third of a process."""
    plan, _own = _kept("parallel_init_plan")
    once = next(node for node in plan.root.walk() if node.parent_relationship == "InitPlan")
    gather = next(node for node in plan.root.children if node.node_type == "Gather")
    [scan] = [node for node in gather.walk() if node.relation == "sale"]
    assert once.total_ms is not None
    assert gather.total_ms is not None
    assert gather.own_ms is not None
    assert gather.own_ms <= gather.total_ms - once.total_ms
    assert scan.own_ms == pytest.approx(scan.total_ms, rel=0.01)


def test_leader_that_only_gathers() -> None:
    """Where the leader runs no step itself, the time is that of the workers, and not shared with it."""
    plan, _own = _kept("gather_without_leader")
    [scan] = _nodes(plan, "Seq Scan")
    [gather] = _nodes(plan, "Gather")
    assert scan.loops == gather.workers_launched == 2
    assert scan.total_ms == pytest.approx(
        sum(worker.total_ms or 0.0 for worker in scan.workers) / 2, rel=0.01
    )


def test_append_that_looked_at_a_subquery_beforehand() -> None:
    """An Append that leaves its parts out by the result of a subquery has run it, although no step that ran mentions it."""
    plan, own = _kept("append_pruned")
    once = next(node for node in plan.root.walk() if node.parent_relationship == "InitPlan")
    assert once.total_ms is not None
    assert own["Append"] < once.total_ms * 0.3
    assert all(node.loops == 0 for node in _nodes(plan, "Bitmap Heap Scan"))


def test_two_ctes_of_one_name() -> None:
    """Each scan is charged for the one that it reads."""
    plan, _own = _kept("cte_of_one_name")
    for scan in _nodes(plan, "CTE Scan"):
        assert (scan.own_ms or 0.0) < (scan.total_ms or 0.0)
        assert scan.own_buffers.touched == 0
