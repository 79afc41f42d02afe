"""Findings about wrong expectations: what the planner could not know, and the statistics that would tell it."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.dialects.plan_facts import PlanFacts, TableFacts
from webadmin.explain.conditions import Operand, branches, comparisons, sort_columns, without_owner
from webadmin.explain.finding import MANY_ROWS, Finding, known, name, quoted, rows, scan_of
from webadmin.explain.plan import Plan, PlanNode, short
from webadmin.text import format_number
from webadmin.text import gettext as _

ESTIMATE_FACTOR = 10.0
_GUESSED = {"Function Scan", "Table Function Scan", "WorkTable Scan", "Recursive Union", "ProjectSet", "Result", "WindowAgg",
            "BitmapAnd", "BitmapOr", "Bitmap Index Scan", "Materialize", "Memoize"}  # fmt: skip
"""Steps of whose rows the planner has no statistics, or none of their own."""
_CHOSEN_BY_NUMBERS = {
    "Nested Loop",
    "Hash Join",
    "Merge Join",
    "Hash",
    "Sort",
    "Aggregate",
    "Materialize",
    "Memoize",
}
_MODIFIED = 0.2
"""The part of a table after whose change its statistics are no longer believed; a server analyzes by itself after a tenth."""
_TARGET, _MOST = 1_000, 10_000
"""The statistics target to raise to first, and the highest there is."""
_NAME_LENGTH = 63
_MOST_TOGETHER = 8
"""Columns that statistics can be made of."""
_WITHOUT_ORDER = {"json", "xml", "point", "box", "line", "lseg", "path", "polygon", "circle"}
"""Types of which no statistics of several columns can be made."""


def estimate_factor(node: PlanNode) -> float:
    """How far planned and actual rows of a step are apart, as a factor of 1 or more."""
    planned, actual = max(node.rows_planned, 1.0), max(node.rows_actual or 0.0, 1.0)
    return max(planned / actual, actual / planned)


def stale_statistics(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """What the planner knows of a table is old, or it knows nothing."""
    told = set()
    for node in plan.root.walk():
        table = known(facts, node)
        if table is None or table.written in told or not is_stale(table):
            continue
        wrong = [one for one in plan.root.walk() if known(facts, one) is table and _wrong(one)]
        if not wrong and (plan.measured or not _surely(table)):
            continue
        told.add(table.written)
        text = _("The planner chooses by them, so that this plan may be made for other numbers. Run ANALYZE, and see that "
                 "autovacuum comes by: after bulk loads it is behind.")  # fmt: skip
        if wrong:
            text += " " + _("Here it expected %(planned)s rows and found %(actual)s.") % {
                "planned": rows(wrong[0].rows_planned), "actual": rows(wrong[0].rows_actual or 0)
            }  # fmt: skip
        title = (
            _("The statistics of %(table)s were made before %(modified)s of its rows were written.")
            if table.analyzed
            else _("There are no statistics of %(table)s.")
        )
        yield Finding(
            "stale_statistics",
            title % {"table": table.name, "modified": rows(table.modified or 0)},
            text,
            "warn" if wrong else "info",
            wrong[0] if wrong else node,
            table.schema,
            table.name,
            remedy=f"ANALYZE {table.written};",
        )


def is_stale(table: TableFacts) -> bool:
    """Whether what is known of ``table`` is too old to plan by."""
    if not table.analyzed:
        return True
    return (table.modified or 0) > max(MANY_ROWS, (table.rows or 0) * _MODIFIED)


def _surely(table: TableFacts) -> bool:
    """Whether that has to be wrong, also where no estimate is known to be. What a bulk load wrote may be counted after the
    ANALYZE that came behind it: all rows once, therefore, prove nothing."""
    count = table.rows or 0
    return count >= MANY_ROWS and (not table.analyzed or (table.modified or 0) > 2 * count)


def misestimate(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """The planner chose on wrong numbers; told at the lowest step where they are wrong."""
    for node, above in _with_ancestors(plan.root, ()):
        if not _wrong(node) or any(_wrong(below) for child in node.children for below in child.walk()):
            continue
        parts = _parts(node)
        scan = node if node.relation else scan_of(node, parts)
        table = known(facts, scan) if scan else None
        if table is not None and is_stale(table):
            continue  # said of the table
        under = (node.rows_actual or 0.0) > node.rows_planned
        title = _("%(step)s: %(factor)s times more rows than planned.") if under else _(
            "%(step)s: %(factor)s times fewer rows than planned.")  # fmt: skip
        text, columns, remedy = _mending(scan, parts, table)
        mattered = any(one.node_type in _CHOSEN_BY_NUMBERS for one in above)
        yield Finding(
            "misestimate",
            title % {"step": name(node), "factor": format_number(round(estimate_factor(node)))},
            f"{_('The plan was chosen for other numbers.')} {text}",
            "warn" if mattered and remedy else "info",
            node,
            scan.schema if scan else None,
            scan.relation if scan else None,
            columns,
            remedy,
        )


def _with_ancestors(
    node: PlanNode, above: tuple[PlanNode, ...]
) -> Iterator[tuple[PlanNode, tuple[PlanNode, ...]]]:
    yield node, above
    for child in node.children:
        yield from _with_ancestors(child, (*above, node))


def _wrong(node: PlanNode) -> bool:
    if not node.loops or node.node_type in _GUESSED or node.rows_actual is None:
        return False
    if node.stopped_early and node.rows_actual < node.rows_planned:
        return False
    many = max(node.rows_planned, node.rows_actual) * node.loops >= MANY_ROWS
    return many and estimate_factor(node) >= ESTIMATE_FACTOR


def _mending(
    scan: PlanNode | None, parts: list[Operand], table: TableFacts | None
) -> tuple[str, tuple[str, ...], str]:
    """What to do about a wrong estimate, the columns that it depends on, and the statement."""
    columns = tuple(dict.fromkeys(column.name for part in parts for column in part.columns))
    if scan is None:
        return _("The planner cannot tell how the conditions below this step go together."), (), ""
    if table is None:
        return _("Run ANALYZE on %(table)s.") % {"table": scan.relation}, columns, ""
    usable = [part for part in parts if part.column is None or _ordered(table, part.column.name)]
    keys = list(
        dict.fromkeys(
            quoted(part.column.name) if part.column else without_owner(part.text, scan.alias or "")
            for part in usable
        )
    )[:_MOST_TOGETHER]
    if not keys:
        return _("Run ANALYZE; the planner cannot tell more of it."), columns, f"ANALYZE {table.written};"
    if len(keys) == 1 and usable[0].column is not None:
        return _of_one_column(table, usable[0].column.name)
    there = next(
        (one for one in table.statistics if set(columns) <= one.parts or set(keys) <= one.parts), None
    )
    if there is not None:
        text = _(
            "The statistics %(name)s know of %(columns)s together, but not enough: let them keep more values."
        )
        remedy = f"ALTER STATISTICS {there.written} SET STATISTICS {_TARGET};\nANALYZE {table.written};"
        return text % {"name": there.written, "columns": ", ".join(keys)}, columns, remedy
    shown = ", ".join(short(key, 40) for key in keys)
    text = (
        _("The statistics know nothing of %(columns)s. Statistics of the expression tell how many rows it leaves.")
        if len(keys) == 1
        else _("The statistics know of each column alone, but %(columns)s depend on each other. Statistics of them together tell "
               "how many rows they leave.")
    )  # fmt: skip
    made = quoted("_".join([table.name, *columns])[: _NAME_LENGTH - 6] + "_stats")
    listed = ", ".join(key if key in map(quoted, columns) else f"({key})" for key in keys)
    remedy = f"CREATE STATISTICS {made} ON {listed} FROM {table.written};\nANALYZE {table.written};"
    return text % {"columns": shown}, columns, remedy


def _ordered(table: TableFacts, column: str) -> bool:
    kind = table.columns.get(column)
    return kind is None or kind.type.removesuffix("[]") not in _WITHOUT_ORDER


def _of_one_column(table: TableFacts, column: str) -> tuple[str, tuple[str, ...], str]:
    kept = table.columns[column].statistics_target if column in table.columns else 0
    if kept >= _MOST:
        text = _("The statistics of %(column)s are as fine as they can be.") % {"column": column}
        return text, (column,), ""
    target = _TARGET if kept < _TARGET else _MOST
    text = _("The statistics of %(column)s keep %(kept)s values, and this one is not among them. A higher statistics target keeps "
             "more.") % {"column": column, "kept": rows(kept)}  # fmt: skip
    remedy = f"ALTER TABLE {table.written} ALTER COLUMN {quoted(column)} SET STATISTICS {target};\nANALYZE {table.written};"
    return text, (column,), remedy


def _parts(node: PlanNode) -> list[Operand]:
    """What an estimate of ``node`` is made of: the sides of its conditions that are of its table, or what it groups by."""
    if node.group_key:
        return list(sort_columns(node.group_key))
    owner = node.alias or node.relation or ""
    found: dict[str, Operand] = {}
    for text in (node.index_cond, node.filter):
        for condition in comparisons(text) if text else ():
            for comparison in branches(condition):
                sides = comparison.side_of(owner)
                if sides is not None:
                    found[sides[0].text] = sides[0]
    return list(found.values())
