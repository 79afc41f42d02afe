"""Findings about tables that are read together: repeated look-ups, joins and deletions without an index."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.dialects.plan_facts import KeyFacts, PlanFacts
from webadmin.explain.conditions import comparisons
from webadmin.explain.estimates import ESTIMATE_FACTOR, estimate_factor
from webadmin.explain.finding import BIG_TABLE, SELECTIVE, Finding, known, rows, with_share
from webadmin.explain.plan import Plan, PlanNode, short
from webadmin.explain.unserved import unindexed_key
from webadmin.text import gettext as _

MANY_LOOPS = 10_000
_MANY_PAIRS = 1_000_000
_FEW = 1_000
"""Rows that an index would have been asked for one by one."""
_SLOW_MS = 1.0
_KEPT = {"Memoize", "Materialize"}
_JOINS = {"Hash Join", "Nested Loop", "Merge Join"}
_AROUND = {"Hash", "Sort", "Materialize", "Memoize", "Gather", "Gather Merge"}


def many_loops(plan: Plan, _facts: PlanFacts) -> Iterator[Finding]:
    """The inner side of a nested loop runs again for every one of many rows."""
    whole = plan.root.total_ms or 0.0
    for parent in plan.root.walk():
        for node in parent.children:
            # What is kept in memory costs nothing to ask again: there the step below it counts.
            inner = parent.node_type in _KEPT or node.parent_relationship in {"Inner", "SubPlan"}
            if (
                not inner
                or node.node_type in _KEPT
                or (node.loops or 0) <= MANY_LOOPS
                or (node.total_ms or 0.0) < whole * 0.1
            ):
                continue
            told = _("Each run is short, all together took %(ms)s ms.") % {"ms": rows(node.total_ms or 0.0)}
            yield Finding(
                "many_loops",
                _("%(step)s runs %(loops)s times.")
                % {"step": f"{node.node_type} ({node.relation})" if node.relation else node.node_type,
                   "loops": rows(node.loops or 0)},
                f"{told} {_instead(parent, node)}",
                "warn",
                node,
                node.schema,
                node.relation,
            )  # fmt: skip


def _instead(parent: PlanNode, node: PlanNode) -> str:
    if node.parent_relationship == "SubPlan":
        return _(
            "It is a subquery that is asked for each row: written as a join, all of it is read in one go."
        )
    outer = parent.children[0]
    if (
        outer is not node
        and estimate_factor(outer) >= ESTIMATE_FACTOR
        and (outer.rows_actual or 0) > outer.rows_planned
    ):
        return _("The planner chose it for the %(rows)s rows that it expected: with right estimates it joins in one go.") % {
            "rows": rows(outer.rows_planned)
        }  # fmt: skip
    return _(
        "A condition that leaves fewer rows before the join helps most; more work_mem lets the planner join in one go."
    )


def compared_pairs(plan: Plan, _facts: PlanFacts) -> Iterator[Finding]:
    """A nested loop without an index compares each row with each."""
    for node in plan.root.walk():
        dropped = node.rows_removed_join * (node.loops or 0)
        if node.node_type != "Nested Loop" or dropped < _MANY_PAIRS or dropped < 10 * node.rows_total:
            continue
        yield Finding(
            "many_loops",
            _("%(pairs)s pairs of rows are compared to find %(kept)s.")
            % {"pairs": rows(dropped + node.rows_total), "kept": rows(node.rows_total)},
            with_share(
                _("Each row of one side meets each of the other, since no index and no hash serves %(condition)s. Compare "
                  "columns of both sides for equality, with an index on those of the larger one.")
                % {"condition": short(node.join_filter or "")},
                plan,
                node,
            ),
            "warn",
            node,
        )  # fmt: skip


def joined_without_index(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """All of a big table is read to join few rows of another, for want of an index on the foreign key."""
    for node in plan.root.walk():
        if node.node_type not in _JOINS or not plan.measured:
            continue
        for scan in map(_scan, node.children):
            if scan is None or scan.filter or scan.rows_total < BIG_TABLE:
                continue
            others = [child for child in node.children if _scan(child) is not scan]
            if node.rows_total > scan.rows_total * SELECTIVE or any(one.rows_total > _FEW for one in others):
                continue
            key = _unindexed(node, scan, facts)
            if key is None:
                continue
            why = unindexed_key(key.columns)
            yield Finding(
                why.kind,
                _("%(read)s rows of %(table)s are read to find %(kept)s that belong to others.")
                % {"read": rows(scan.rows_total), "table": scan.relation, "kept": rows(node.rows_total)},
                with_share(why.text, plan, scan),
                "warn",
                scan,
                scan.schema,
                scan.relation,
                why.columns,
            )


def _scan(node: PlanNode) -> PlanNode | None:
    """The scan of a whole table that gives ``node`` its rows."""
    while node.node_type in _AROUND and len(node.children) == 1:
        node = node.children[0]
    return node if node.node_type == "Seq Scan" else None


def _unindexed(join: PlanNode, scan: PlanNode, facts: PlanFacts) -> KeyFacts | None:
    """The foreign key of ``scan`` by which ``join`` is made and that no index begins with."""
    table = known(facts, scan)
    if table is None:
        return None
    columns = set()
    for comparison in comparisons(join.join_cond or join.join_filter or ""):
        sides = comparison.side_of(scan.alias or scan.relation or "")
        if comparison.operator == "=" and sides is not None and sides[0].column is not None:
            columns.add(sides[0].column.name)
    free = (
        key
        for key in table.foreign_keys
        if not key.indexed and not any(any(table.indexes_on(name)) for name in key.columns)
    )
    return next((key for key in free if set(key.columns) <= columns), None)


def slow_deletion(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """Deleting rows looks for those that refer to them, in all of another table."""
    for trigger in plan.triggers:
        if trigger.ms < _SLOW_MS or trigger.ms < (plan.execution_ms or 0.0) * 0.1:
            continue
        keys = (
            key
            for table in facts.tables.values()
            for key in table.referenced_by
            if key.name == trigger.constraint
        )
        key = next(keys, None)
        if key is None or key.indexed:
            continue
        yield Finding(
            "foreign_key_without_index",
            _("Deleting looks %(times)s times through all of %(table)s for rows that refer to what is deleted: %(ms)s ms.")
            % {"times": rows(trigger.calls), "table": key.table, "ms": rows(trigger.ms)},
            _("The foreign key %(columns)s of %(table)s has no index. One on it leads straight to these rows.")
            % {"columns": ", ".join(key.columns), "table": key.table},
            "warn",
            plan.root,
            key.schema,
            key.table,
            key.columns,
        )  # fmt: skip
