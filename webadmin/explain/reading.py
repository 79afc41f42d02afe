"""Findings about rows that are read in vain: scans, filters, sorts, offsets, repeated look-ups."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.explain.finding import Finding, name, rows, with_share
from webadmin.explain.plan import Plan, PlanNode, short
from webadmin.text import gettext as _

BIG_TABLE = 10_000
"""Rows from which on reading all of them can be felt."""
MANY_DISCARDED = 1_000
MANY_LOOPS = 10_000
_SELECTIVE = 0.1
_PLANNED_COST = 200.0
"""Planner units, about the cost of reading ten thousand small rows."""
_INDEX_READS = {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}
_SORTS = {"Sort", "Incremental Sort"}


def selective_scan(plan: Plan) -> Iterator[Finding]:
    """A big table is read from end to end, and most of it dropped by the condition."""
    for node in plan.root.walk():
        if node.node_type != "Seq Scan" or not node.filter:
            continue
        if not plan.measured:
            yield from _expected_scan(plan, node)
            continue
        read = node.rows_total + node.removed_total
        if read < BIG_TABLE or node.rows_total > read * _SELECTIVE:
            continue
        yield Finding(
            "selective_scan",
            _("%(read)s rows of %(table)s are read to find %(kept)s.")
            % {"read": rows(read), "table": name(node), "kept": rows(node.rows_total)},
            with_share(_index_advice(node), plan, node),
            "warn",
            node,
        )


def _expected_scan(plan: Plan, node: PlanNode) -> Iterator[Finding]:
    # Without a measurement: a row that costs as much as reading a hundred others is one that was searched for.
    if node.own_cost < _PLANNED_COST or node.own_cost < max(node.rows_planned, 1.0) or plan.share(node) < 0.3:
        return
    yield Finding(
        "selective_scan",
        _("All of %(table)s is read to find about %(kept)s rows.")
        % {"table": name(node), "kept": rows(node.rows_planned)},
        _index_advice(node),
        "warn",
        node,
    )


def _index_advice(node: PlanNode) -> str:
    condition = node.filter or ""
    if "~~" in condition:
        return _(
            "A pattern such as %(condition)s needs a trigram index; an ordinary one does not serve it."
        ) % {"condition": short(condition)}
    return _("No index is used for %(condition)s. An index on its columns leads straight to these rows.") % {
        "condition": short(condition)
    }


def discarding_index(plan: Plan) -> Iterator[Finding]:
    """An index leads to many rows of which the rest of the condition keeps few."""
    for node in plan.root.walk():
        dropped = node.removed_total
        if node.node_type not in _INDEX_READS or dropped < MANY_DISCARDED or dropped < 10 * node.rows_total:
            continue
        yield Finding(
            "discarding_index",
            _("%(dropped)s rows of %(table)s are fetched through an index and dropped; %(kept)s are kept.")
            % {"dropped": rows(dropped), "table": name(node), "kept": rows(node.rows_total)},
            with_share(
                _("The index does not hold what %(condition)s asks for. Put these columns into it, first the "
                  "ones that are compared for equality.") % {"condition": short(node.filter or "")},
                plan,
                node,
            ),
            "warn",
            node,
        )  # fmt: skip


def sort_of_everything(plan: Plan) -> Iterator[Finding]:
    """Many rows are sorted to show the first few of them."""
    for node in plan.root.walk():
        if node.node_type not in _SORTS or not node.stopped_early or not node.children:
            continue
        if node.presorted_key:  # sorts small groups only, as it goes
            continue
        child = node.children[0]
        if plan.measured:
            read, shown = child.rows_total, node.rows_total
        else:
            read, shown = child.rows_planned, 0.0
        if read < BIG_TABLE or shown > read * _SELECTIVE:
            continue
        keys = ", ".join(node.sort_key)
        yield Finding(
            "sort_of_everything",
            _("%(read)s rows are read and sorted before the first can be shown.") % {"read": rows(read)},
            with_share(
                _("No index gives the order %(order)s, so nothing can stop early. An index on it reads just "
                  "the rows of the page.") % {"order": short(keys)},
                plan,
                node,
            ),
            "warn",
            node,
        )  # fmt: skip


def offset(plan: Plan) -> Iterator[Finding]:
    """OFFSET reads the rows of all pages before this one and throws them away."""
    for node in plan.root.walk():
        source = next((child for child in node.children if child.parent_relationship == "Outer"), None)
        if node.node_type != "Limit" or source is None:
            continue
        if plan.measured:
            skipped = source.rows_total - node.rows_total
        else:
            span = source.total_cost - source.startup_cost
            part = (node.startup_cost - source.startup_cost) / span if span > 0 else 0.0
            skipped = part * source.rows_planned
        if skipped < MANY_DISCARDED:
            continue
        yield Finding(
            "offset",
            _("%(skipped)s rows are read and thrown away to reach this page.") % {"skipped": rows(skipped)},
            _("OFFSET has to produce every row before the page. A filter or a search leads there directly; so "
              "does going page by page, which starts behind the last row shown."),
            "warn",
            node,
        )  # fmt: skip


def many_loops(plan: Plan) -> Iterator[Finding]:
    """The inner side of a nested loop runs again for every one of many rows."""
    whole = plan.root.total_ms or 0.0
    for node in plan.root.walk():
        inner = node.parent_relationship in {"Inner", "SubPlan"}
        if not inner or (node.loops or 0) <= MANY_LOOPS or (node.total_ms or 0.0) < whole * 0.1:
            continue
        yield Finding(
            "many_loops",
            _("%(step)s runs %(loops)s times.")
            % {"step": f"{node.node_type} ({name(node)})" if node.relation else node.node_type,
               "loops": rows(node.loops or 0)},
            _("Each run is short, all together took %(ms)s ms. With right estimates the planner joins in one go: "
              "run ANALYZE on the tables; a subquery in the select list is better written as a join.")
            % {"ms": rows(node.total_ms or 0.0)},
            "warn",
            node,
        )  # fmt: skip
