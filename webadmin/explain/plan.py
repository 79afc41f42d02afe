"""A plan as a tree of typed nodes, each with the time that it took itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from webadmin.explain.attribution import charge_once

_BLOCKING = {"Sort", "Incremental Sort", "Hash", "Aggregate", "HashAggregate", "GroupAggregate", "Materialize",
             "SetOp", "WindowAgg", "Group", "Unique"}  # fmt: skip
_KNOWN = {
    "Node Type", "Plans", "Relation Name", "Alias", "Index Name", "Actual Total Time", "Actual Startup Time",
    "Actual Loops", "Actual Rows", "Plan Rows", "Plan Width", "Startup Cost", "Total Cost",
    "Rows Removed by Filter", "Filter", "Index Cond", "Sort Method", "Sort Space Used", "Sort Space Type",
    "Workers Planned", "Workers Launched", "Shared Hit Blocks", "Shared Read Blocks", "Shared Dirtied Blocks",
    "Temp Read Blocks", "Temp Written Blocks", "Parent Relationship", "Schema", "Output",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Buffers:
    """Pages of 8 kB that a node and those below it used."""

    hit: int = 0
    read: int = 0
    dirtied: int = 0
    temp: int = 0
    """Read from and written to temporary files."""

    @property
    def touched(self) -> int:
        return self.hit + self.read


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One step of a plan. Times are milliseconds over all loops, on the clock: parallel work counts once."""

    node_type: str
    relation: str | None
    alias: str | None
    index: str | None
    own_ms: float | None
    """Without the steps below; None in a plan that was not measured."""
    total_ms: float | None
    loops: int | None
    """0 when the step was never reached; None when not measured."""
    rows_planned: float
    """For one loop."""
    rows_actual: float | None
    """For one loop."""
    rows_removed: float
    """Rows that the filter dropped, in one loop."""
    buffers: Buffers
    filter: str | None
    index_cond: str | None
    sort_method: str | None
    sort_kb: int
    sort_on_disk: bool
    workers_planned: int
    workers_launched: int
    startup_cost: float
    total_cost: float
    own_cost: float
    """In the planner's units, without the steps below, as far as a LIMIT above lets it run."""
    depth: int
    stopped_early: bool
    """A step above took only what it needed, so fewer rows than planned are no wrong estimate."""
    parent_relationship: str | None
    children: tuple[PlanNode, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What else the database says of the step, by its own names."""

    def walk(self) -> Iterator[PlanNode]:
        """This step and those below it, in the order in which a plan is printed."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def measured(self) -> bool:
        return self.loops is not None

    @property
    def weight(self) -> float:
        """What the step itself costs: milliseconds where measured, else the planner's units."""
        return self.own_ms if self.own_ms is not None else self.own_cost

    @property
    def rows_total(self) -> float:
        """Rows over all loops."""
        return (self.rows_actual or 0) * (self.loops or 0)

    @property
    def removed_total(self) -> float:
        """Rows dropped by the filter over all loops."""
        return self.rows_removed * (self.loops or 0)


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

    @property
    def measured(self) -> bool:
        return self.execution_ms is not None

    @property
    def weight(self) -> float:
        """The sum of what all steps cost themselves."""
        return sum(node.weight for node in self.root.walk())

    def share(self, node: PlanNode) -> float:
        """The part of the whole that ``node`` itself costs, 0 to 1."""
        whole = self.weight
        return node.weight / whole if whole else 0.0

    @property
    def worst(self) -> PlanNode | None:
        """The step that costs most itself; None where the database gives no costs."""
        node = max(self.root.walk(), key=lambda node: node.weight)
        return node if node.weight > 0 else None


def parse(explained: list[dict[str, Any]]) -> Plan | None:
    """The plan in the answer of ``Dialect.explain``; None when there is none in it."""
    if not explained or not isinstance(explained[0].get("Plan"), dict):
        return None
    answer = explained[0]
    costs = charge_once(answer["Plan"])
    root = _node(answer["Plan"], costs, depth=0, stopped=False)
    jit = (answer.get("JIT") or {}).get("Timing", {}).get("Total", 0.0)
    return Plan(
        root, answer.get("Planning Time"), answer.get("Execution Time"), jit, answer.get("Settings") or {}
    )


def _node(raw: dict[str, Any], costs: Mapping[int, Any], *, depth: int, stopped: bool) -> PlanNode:
    own = costs[id(raw)]
    node_type = str(raw.get("Node Type", "?"))
    children = tuple(
        _node(child, costs, depth=depth + 1, stopped=_stops(raw, node_type, child, number, stopped))
        for number, child in enumerate(raw.get("Plans") or ())
    )
    method, kilobytes, on_disk = _sorting(raw)
    loops = raw.get("Actual Loops")
    return PlanNode(
        node_type=node_type,
        relation=raw.get("Relation Name"),
        alias=raw.get("Alias"),
        index=raw.get("Index Name"),
        own_ms=own.own_ms,
        total_ms=own.total_ms,
        loops=None if loops is None else int(loops),
        rows_planned=float(raw.get("Plan Rows", 0)),
        rows_actual=raw.get("Actual Rows"),
        rows_removed=float(raw.get("Rows Removed by Filter", 0)),
        buffers=Buffers(
            hit=raw.get("Shared Hit Blocks", 0),
            read=raw.get("Shared Read Blocks", 0),
            dirtied=raw.get("Shared Dirtied Blocks", 0),
            temp=raw.get("Temp Read Blocks", 0) + raw.get("Temp Written Blocks", 0),
        ),
        filter=raw.get("Filter"),
        index_cond=raw.get("Index Cond") or raw.get("Recheck Cond"),
        sort_method=method,
        sort_kb=kilobytes,
        sort_on_disk=on_disk,
        workers_planned=raw.get("Workers Planned", 0),
        workers_launched=raw.get("Workers Launched", 0),
        startup_cost=raw.get("Startup Cost", 0.0),
        total_cost=raw.get("Total Cost", 0.0),
        own_cost=own.own_cost,
        depth=depth,
        stopped_early=stopped,
        parent_relationship=raw.get("Parent Relationship"),
        children=children,
        extra={key: value for key, value in raw.items() if key not in _KNOWN},
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
    if node_type in _BLOCKING:
        return False
    if node_type == "Nested Loop" and relationship == "Inner":
        return False
    return stopped or (node_type == "Merge Join" and number < 2)


def _sorting(raw: dict[str, Any]) -> tuple[str | None, int, bool]:
    """Method, kilobytes and whether on disk, of the process that needed most."""
    sorts = [raw, *(raw.get("Workers") or ())]
    found = [
        (str(part["Sort Method"]), int(part.get("Sort Space Used", 0)), part.get("Sort Space Type") == "Disk")
        for part in sorts
        if "Sort Method" in part
    ]
    for groups in (raw.get("Full-sort Groups"), raw.get("Pre-sorted Groups")):
        for where in ("Memory", "Disk"):
            if groups and f"Sort Space {where}" in groups:
                peak = int(groups[f"Sort Space {where}"].get("Peak Sort Space Used", 0))
                found.append((", ".join(groups.get("Sort Methods Used", ())), peak, where == "Disk"))
    if not found:
        return None, 0, False
    return max(found, key=lambda sort: (sort[2], sort[1]))


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
