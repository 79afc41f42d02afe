"""A plan as a tree of typed nodes, each with the time that it took itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webadmin.explain import fields
from webadmin.explain.attribution import charge_once
from webadmin.explain.fields import Fields
from webadmin.explain.node import Buffers, Hashing, PlanNode

__all__ = ["Buffers", "Jit", "Plan", "PlanNode", "Trigger", "parse", "short"]

_BLOCKING = {"Sort", "Hash", "HashAggregate"}
"""Steps that read all that is below them before they give a row. Others of their kind pass rows on as they come."""
_HASHED = {"Aggregate", "SetOp"}


@dataclass(frozen=True, slots=True)
class Jit:
    """What compiling the statement took, in milliseconds, all processes together."""

    functions: int
    total_ms: float
    steps: Mapping[str, float]
    """By the database's names: Generation, Inlining, Optimization, Emission."""
    options: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a trigger of a written table took."""

    name: str
    constraint: str
    """Of a foreign key, its name."""
    relation: str
    calls: int
    ms: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one statement."""

    root: PlanNode
    planning_ms: float | None
    execution_ms: float | None
    """None when the statement was not run for the plan."""
    jit_ms: float
    settings: Mapping[str, str]
    """Planner settings that differ from the server's defaults."""
    weight: float
    """The sum of what all steps cost themselves."""
    worst: PlanNode | None
    """The step that costs most itself; None where the database gives no costs."""
    jit: Jit | None = None
    planning_buffers: Buffers = field(default_factory=Buffers)
    triggers: tuple[Trigger, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What else the database says of the statement, by its own names."""

    @property
    def measured(self) -> bool:
        return self.execution_ms is not None

    def share(self, node: PlanNode) -> float:
        """The part of the whole that ``node`` itself costs, 0 to 1."""
        return node.weight / self.weight if self.weight else 0.0


def parse(explained: list[dict[str, Any]]) -> Plan | None:
    """The plan in the answer of ``Dialect.explain``; None when there is none in it."""
    if not explained or not isinstance(explained[0].get("Plan"), dict):
        return None
    raw = explained[0]["Plan"]
    answer = Fields({key: value for key, value in explained[0].items() if key != "Plan"})
    root = _node(raw, charge_once(raw), depth=0, stopped=False)
    jit = _jit(answer)
    triggers = tuple(
        Trigger(
            name=one.text("Trigger Name") or "",
            constraint=one.text("Constraint Name") or "",
            relation=one.text("Relation") or "",
            calls=one.count("Calls"),
            ms=one.number("Time"),
        )
        for one in answer.parts("Triggers")
    )
    worst = max(root.walk(), key=lambda node: node.weight)
    planning = Fields(answer.take("Planning", dict) or {})
    return Plan(
        root=root,
        planning_ms=answer.maybe("Planning Time"),
        execution_ms=answer.maybe("Execution Time"),
        jit_ms=jit.total_ms if jit else 0.0,
        settings=answer.take("Settings", dict) or {},
        weight=sum(node.weight for node in root.walk()),
        worst=worst if worst.weight > 0 else None,
        jit=jit,
        planning_buffers=fields.buffers(planning),
        triggers=triggers,
        extra=answer.left | ({"Planning": planning.left} if planning.left else {}),
    )


def _jit(answer: Fields) -> Jit | None:
    raw = answer.take("JIT", dict)
    if raw is None:
        return None
    timing = dict(raw.get("Timing") or {})
    # From 17 on a step may be an object with a total of its own.
    steps = {
        name if part == "Total" else f"{name} {part}": float(spent)
        for name, value in timing.items()
        for part, spent in (value if isinstance(value, dict) else {"Total": value}).items()
    }
    return Jit(int(raw.get("Functions", 0)), steps.pop("Total", 0.0), steps, raw.get("Options") or {})


def _node(raw: dict[str, Any], costs: Mapping[int, Any], *, depth: int, stopped: bool) -> PlanNode:
    own = costs[id(raw)]
    node_type = str(raw.get("Node Type", "?"))
    children = tuple(
        _node(child, costs, depth=depth + 1, stopped=_stops(raw, node_type, child, number, stopped))
        for number, child in enumerate(raw.get("Plans") or ())
    )
    take = Fields({key: value for key, value in raw.items() if key not in {"Node Type", "Plans"}})
    workers = fields.workers(take)
    method, kilobytes, on_disk = fields.sorting(take, workers)
    groups = fields.sort_groups(take, workers)
    if groups and method is None:
        largest = max(groups, key=lambda one: (one.disk_kb, one.memory_kb))
        method, on_disk = ", ".join(largest.methods), largest.disk_kb > 0
        kilobytes = largest.disk_kb or largest.memory_kb
    cache = fields.caching(take, workers)
    used = fields.buffers(take)
    below = Buffers()
    # What a subquery used that runs once is found again in the step that it ran inside of, and in those above.
    inside = [child.buffers for child in children if child.parent_relationship != "InitPlan"]
    for part in inside + [fields.buffers(Fields(once)) for once in own.ran]:
        below = below.plus(part)
    loops = take.maybe("Actual Loops")
    take.left.pop("Actual Total Time", None)
    return PlanNode(
        node_type=node_type,
        relation=take.text("Relation Name"),
        alias=take.text("Alias"),
        index=take.text("Index Name"),
        own_ms=own.own_ms,
        total_ms=own.total_ms,
        loops=None if loops is None else int(loops),
        rows_planned=take.number("Plan Rows"),
        rows_actual=take.maybe("Actual Rows"),
        rows_removed=take.number("Rows Removed by Filter"),
        buffers=used,
        filter=take.text("Filter"),
        index_cond=take.text("Index Cond") or raw.get("Recheck Cond"),
        sort_method=method,
        sort_kb=kilobytes,
        sort_on_disk=on_disk,
        workers_planned=take.count("Workers Planned"),
        workers_launched=take.count("Workers Launched"),
        startup_cost=take.number("Startup Cost"),
        total_cost=take.number("Total Cost"),
        own_cost=own.own_cost,
        depth=depth,
        stopped_early=stopped,
        parent_relationship=take.text("Parent Relationship"),
        children=children,
        startup_ms=take.maybe("Actual Startup Time"),
        width=take.count("Plan Width"),
        own_buffers=used.less(below),
        wal=fields.wal(take),
        workers=workers,
        schema=take.text("Schema"),
        source=take.text(
            "CTE Name", "Function Name", "Table Function Name", "Tuplestore Name", "Foreign File"
        ),
        output=take.texts("Output"),
        subplan=take.text("Subplan Name"),
        strategy=take.text("Strategy"),
        partial_mode=take.text("Partial Mode"),
        join_type=take.text("Join Type"),
        operation=take.text("Operation", "Command"),
        direction=take.text("Scan Direction"),
        parallel_aware=take.flag("Parallel Aware"),
        async_capable=take.flag("Async Capable"),
        single_copy=take.flag("Single Copy"),
        disabled=take.flag("Disabled"),
        inner_unique=take.flag("Inner Unique"),
        subplans_removed=take.count("Subplans Removed"),
        rows_removed_recheck=take.number("Rows Removed by Index Recheck"),
        rows_removed_join=take.number("Rows Removed by Join Filter"),
        recheck_cond=take.text("Recheck Cond"),
        join_filter=take.text("Join Filter"),
        join_cond=take.text("Hash Cond", "Merge Cond"),
        one_time_filter=take.text("One-Time Filter"),
        tid_cond=take.text("TID Cond"),
        order_by=take.text("Order By"),
        sort_key=take.texts("Sort Key"),
        presorted_key=take.texts("Presorted Key"),
        group_key=take.texts("Group Key"),
        heap_fetches=take.count("Heap Fetches"),
        index_searches=take.taken_count("Index Searches"),
        # From 18 on the leader's own and those of each worker.
        exact_blocks=fields.of_all(take, workers, "Exact Heap Blocks"),
        lossy_blocks=fields.of_all(take, workers, "Lossy Heap Blocks"),
        cache=cache,
        # Both call their memory the same.
        hash=Hashing() if cache.key else fields.hashing(take, workers),
        sort_groups=groups,
        storage=take.text("Storage"),
        storage_kb=take.count("Maximum Storage"),
        extra=take.left,
    )


def _stops(raw: dict[str, Any], node_type: str, child: dict[str, Any], number: int, stopped: bool) -> bool:
    """Whether ``child`` is read only as far as the steps above need it."""
    if node_type == "Limit":
        return True
    relationship = child.get("Parent Relationship")
    if relationship in {"InitPlan", "SubPlan"}:
        return "EXISTS" in str(child.get("Subplan Name", ""))
    if raw.get("Join Type") in {"Semi", "Anti"} and relationship == "Inner":
        return True
    if raw.get("Inner Unique") and relationship == "Inner":
        return True
    if node_type in _BLOCKING or (node_type in _HASHED and raw.get("Strategy") != "Sorted"):
        return False
    if node_type == "Nested Loop" and relationship == "Inner":
        return False
    return stopped or (node_type == "Merge Join" and number < 2)


def short(expression: str, limit: int = 80) -> str:
    """A condition as a person would write it: without casts that repeat the type and the outer parentheses."""
    text = re.sub(r"\(((?:\w+\.)*\w+)\)::[a-z_]+", r"\1", re.sub(r"'::[a-z_ ]+(\[\])?", "'", expression))
    while text.startswith("(") and text.endswith(")") and _one_group(text):
        text = text[1:-1]
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _one_group(text: str) -> bool:
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position == len(text) - 1
    return False
