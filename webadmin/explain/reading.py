"""Findings about rows that are read in vain: scans, filters, sorts, offsets, counts."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.dialects.plan_facts import IndexFacts, PlanFacts
from webadmin.explain.conditions import Operand, sort_columns, without_owner
from webadmin.explain.finding import (
    BIG_TABLE,
    INDEX_READS,
    MANY_ROWS,
    SCANS,
    SELECTIVE,
    Finding,
    known,
    name,
    rows,
    scan_of,
    with_share,
)
from webadmin.explain.plan import Plan, PlanNode, short
from webadmin.explain.unserved import reason
from webadmin.listing.counts import CHEAP
from webadmin.text import gettext as _
from webadmin.text import ngettext

_PLANNED_COST = 200.0
"""Planner units, about the cost of reading ten thousand small rows."""
_MANY_COUNTED = 100_000
_GROUPING = {"Aggregate", "Group", "Unique", "WindowAgg", "SetOp"}
_SORTS = {"Sort", "Incremental Sort"}
_PASSED_ON = {"Aggregate", "Gather", "Gather Merge", "Append"}


def selective_scan(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """A big table is read from end to end, and most of it dropped by the condition."""
    for node in plan.root.walk():
        if node.node_type != "Seq Scan" or not node.filter:
            continue
        if not plan.measured:
            # A row that costs as much as reading a hundred others is one that was searched for.
            if node.own_cost >= max(_PLANNED_COST, node.rows_planned) and plan.share(node) >= 0.3:
                title = ngettext(
                    "All of %(table)s is read to find about %(kept)s row.",
                    "All of %(table)s is read to find about %(kept)s rows.",
                    round(node.rows_planned),
                )
                yield _unserved(plan, facts, node, "selective_scan", title % {
                    "table": name(node), "kept": rows(node.rows_planned)
                })  # fmt: skip
            continue
        read = node.rows_total + node.removed_total
        if read < BIG_TABLE or node.rows_total > read * SELECTIVE:
            continue
        title = _("%(read)s rows of %(table)s are read to find %(kept)s.")
        yield _unserved(plan, facts, node, "selective_scan", title % {
            "read": rows(read), "table": name(node), "kept": rows(node.rows_total)
        })  # fmt: skip


def discarding_index(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """An index leads to many rows of which the rest of the condition keeps few."""
    for node in plan.root.walk():
        dropped = node.removed_total
        if node.node_type not in INDEX_READS or dropped < MANY_ROWS or dropped < 10 * node.rows_total:
            continue
        title = _("%(dropped)s rows of %(table)s are fetched through an index and dropped to keep %(kept)s.")
        yield _unserved(plan, facts, node, "discarding_index", title % {
            "dropped": rows(dropped), "table": name(node), "kept": rows(node.rows_total)
        })  # fmt: skip


def _unserved(plan: Plan, facts: PlanFacts, node: PlanNode, kind: str, title: str) -> Finding:
    """Rows of ``node`` are read in vain for a reason that may have a name of its own."""
    why = reason(node, facts)
    text = why.text
    if not why.kind and kind == "discarding_index":
        text = _("The index does not hold what %(condition)s asks for. Put these columns into it, first the ones that are "
                 "compared for equality.") % {"condition": short(node.filter or "")}  # fmt: skip
    return Finding(
        why.kind or kind,
        title,
        with_share(text, plan, node),
        "warn",
        node,
        node.schema,
        node.relation,
        why.columns,
        why.remedy,
    )


def sort_of_everything(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
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
        if read < BIG_TABLE or shown > read * SELECTIVE:
            continue
        yield _sorted(plan, facts, node, read)


def _sorted(plan: Plan, facts: PlanFacts, node: PlanNode, read: float) -> Finding:
    keys = sort_columns(node.sort_key)
    scan = scan_of(node, keys)
    kind, tone, remedy = "sort_of_everything", "warn", ""
    broken = _broken_index(facts, scan, keys)
    if _computed(node, keys):
        scan, tone = None, "info"
        text = _("The order %(order)s is of values that are computed first, so that no index can give it: fewer rows before the sort "
                 "help, or values that are kept in a column.")  # fmt: skip
    elif scan is None:
        text = _("The order %(order)s is of columns of several tables, so that no index can give it. Keep the value in a column of the "
                 "table whose rows are shown.")  # fmt: skip
    elif broken is not None:
        kind, remedy = "invalid_index", f"REINDEX INDEX CONCURRENTLY {broken.written};"
        text = _("The index %(index)s would give the order %(order)s, but it is invalid: making it was broken off, so that every "
                 "change has to enter rows in it and no statement may read it. Build it again, or drop it.")  # fmt: skip
    else:
        text = _(
            "No index gives the order %(order)s, so nothing can stop early. An index on it reads just the rows of the page."
        )
    text %= {"order": short(", ".join(node.sort_key)), "index": broken.name if broken else ""}
    return Finding(
        kind,
        _("%(read)s rows are read and sorted before the first can be shown.") % {"read": rows(read)},
        with_share(text, plan, node),
        tone,
        node,
        scan.schema if scan else None,
        scan.relation if scan else None,
        tuple(key.bare.name for key in keys if key.bare) if scan else (),
        remedy,
    )


def _broken_index(facts: PlanFacts, scan: PlanNode | None, keys: tuple[Operand, ...]) -> IndexFacts | None:
    """An index that is invalid and begins with what is sorted by."""
    table = known(facts, scan) if scan else None
    if scan is None or table is None:
        return None
    return next(table.indexes_on(without_owner(keys[0].text, scan.alias or ""), valid=False), None)


def _computed(sort: PlanNode, keys: tuple[Operand, ...]) -> bool:
    """Whether the first key is no column or expression of a table, but comes out of groups, windows or a subquery."""
    grouping = next((node for node in sort.walk() if node.node_type in _GROUPING), None)
    if grouping is not None and keys[0].text not in {key.text for key in sort_columns(grouping.group_key)}:
        return True
    owners = {column.owner for column in keys[0].columns}
    named = {name for node in sort.walk() if node.relation for name in (node.alias, node.relation)}
    return not owners or not owners <= named


def offset(plan: Plan, _facts: PlanFacts) -> Iterator[Finding]:
    """OFFSET reads the rows of all pages before this one and throws them away."""
    for node in plan.root.walk():
        source = next((child for child in node.children if child.parent_relationship == "Outer"), None)
        if node.node_type != "Limit" or source is None:
            continue
        if plan.measured:
            skipped = source.rows_total - node.rows_total
        else:
            # What is asked once for the whole of it is done before the first row.
            before = sum(
                child.total_cost for child in node.children if child.parent_relationship == "InitPlan"
            )
            span = source.total_cost - source.startup_cost
            part = (node.startup_cost - before - source.startup_cost) / span if span > 0 else 0.0
            skipped = min(part, 1.0) * source.rows_planned
        if skipped < MANY_ROWS:
            continue
        yield Finding(
            "offset",
            _("%(skipped)s rows are read and thrown away to reach this page.") % {"skipped": rows(skipped)},
            _("OFFSET has to produce every row before the page. A filter or a search leads there directly; so "
              "does going page by page, which starts behind the last row shown."),
            "warn",
            node,
        )  # fmt: skip


def count_of_everything(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """Every row of a large table is visited to tell how many there are."""
    node = plan.root
    if node.node_type != "Aggregate" or node.group_key or not node.output or set(node.output) != {"count(*)"}:
        return
    if node.total_cost < CHEAP:
        return
    while node.node_type in _PASSED_ON and len(node.children) == 1:
        node = node.children[0]
    kept, dropped = node.rows_total, node.removed_total
    if node.node_type not in SCANS or node.relation is None or dropped > kept:
        return
    if (
        kept if plan.measured else node.rows_planned
    ) < _MANY_COUNTED:  # ways that are switched off cost a lot on paper
        return
    if not plan.measured and node.filter:
        return
    table = known(facts, node)
    about = (
        _("The statistics know of about %(rows)s rows without reading any.") % {"rows": rows(table.rows)}
        if table and table.rows
        else _("The statistics tell about how many there are without reading any.")
    )
    yield Finding(
        "count_of_everything",
        _("%(rows)s rows of %(table)s are visited to count them.")
        % {"rows": rows(kept if plan.measured else node.rows_planned), "table": name(node)},
        with_share(
            _("Each transaction may see other rows, so there is no number that could be looked up.") + " " + about + " "
            + _("Count under a condition, show an estimate, or keep the number in a table of its own."),
            plan,
            node,
        ),
        "warn",
        node,
        node.schema,
        node.relation,
    )  # fmt: skip
