"""Findings about what a plan needs beside reading: memory, disk, compiling, and good statistics."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.explain.finding import Finding, name, rows, size, with_share
from webadmin.explain.plan import Plan, PlanNode
from webadmin.text import format_number
from webadmin.text import gettext as _

ESTIMATE_FACTOR = 10.0
_ROWS_THAT_MATTER = 1_000
_PAGE_KB = 8
_COLD_PAGES = 1_000
_GUESSED = {"Function Scan", "Table Function Scan", "WorkTable Scan", "Recursive Union", "ProjectSet",
            "BitmapAnd", "BitmapOr", "Materialize", "Memoize"}  # fmt: skip


def spilled_sort(plan: Plan) -> Iterator[Finding]:
    """A sort did not fit into memory."""
    for node in plan.root.walk():
        if node.sort_on_disk:
            yield Finding(
                "spilled_sort",
                _("The sort did not fit into memory and used %(size)s of disk.")
                % {"size": size(node.sort_kb)},
                with_share(
                    _(
                        "An index that gives the order needs no sort; else a larger work_mem keeps it in memory."
                    ),
                    plan,
                    node,
                ),
                "warn",
                node,
            )


def spilled_hash(plan: Plan) -> Iterator[Finding]:
    """A hash table did not fit into memory."""
    for node in plan.root.walk():
        batches = node.hash.batches
        if batches > 1:
            yield Finding(
                "spilled_hash",
                _("A hash table did not fit into memory and was split into %(batches)s parts on disk.")
                % {"batches": rows(batches)},
                with_share(
                    _(
                        "Fewer rows or columns before this step help; else a larger work_mem keeps it in memory."
                    ),
                    plan,
                    node,
                ),
                "warn",
                node,
            )


def lossy_bitmap(plan: Plan) -> Iterator[Finding]:
    """A bitmap had room for whole pages only, so that every row on them is checked again."""
    for node in plan.root.walk():
        lossy, exact = node.lossy_blocks, node.exact_blocks
        again = node.rows_removed_recheck * (node.loops or 0)
        if lossy and lossy >= exact * 0.1 and again >= _ROWS_THAT_MATTER:
            yield Finding(
                "lossy_bitmap",
                _("The list of found rows in %(table)s did not fit into memory: %(again)s rows were read for "
                  "nothing.") % {"table": name(node), "again": rows(again)},
                with_share(_("It kept pages in place of rows. A larger work_mem holds every row."), plan, node),
                "warn",
                node,
            )  # fmt: skip


def misestimate(plan: Plan) -> Iterator[Finding]:
    """The planner chose on wrong numbers; told at the lowest step where they are wrong."""
    for node in plan.root.walk():
        if not _wrong(node) or any(_wrong(below) for child in node.children for below in child.walk()):
            continue
        actual = node.rows_actual or 0.0
        under = actual > node.rows_planned
        factor = format_number(round(estimate_factor(node)))
        title = _("%(step)s: %(factor)s times more rows than planned.") if under else _(
            "%(step)s: %(factor)s times fewer rows than planned.")  # fmt: skip
        advice = (
            _("The plan was chosen for other numbers. Run ANALYZE %(table)s; if that changes nothing, raise the "
              "statistics target of the columns, or CREATE STATISTICS for columns that depend on each other.")
            if node.relation
            else _("The plan was chosen for other numbers: the planner cannot tell how the conditions go together. "
                   "Run ANALYZE on the tables below this step.")
        ) % {"table": name(node)}  # fmt: skip
        yield Finding("misestimate", title % {"step": name(node), "factor": factor}, advice, "info", node)


def estimate_factor(node: PlanNode) -> float:
    """How far planned and actual rows of a step are apart, as a factor of 1 or more."""
    planned, actual = max(node.rows_planned, 1.0), max(node.rows_actual or 0.0, 1.0)
    return max(planned / actual, actual / planned)


def _wrong(node: PlanNode) -> bool:
    if not node.loops or node.node_type in _GUESSED or node.rows_actual is None:
        return False
    if node.stopped_early and node.rows_actual < node.rows_planned:
        return False
    many = max(node.rows_planned, node.rows_actual) * node.loops >= _ROWS_THAT_MATTER
    return many and estimate_factor(node) >= ESTIMATE_FACTOR


def compiling(plan: Plan) -> Iterator[Finding]:
    """Compiling the statement took a good part of its time."""
    whole = plan.execution_ms or 0.0
    if plan.jit_ms > 1 and plan.jit_ms > whole * 0.2:
        yield Finding(
            "compiling",
            _("%(percent)d%% of the time went into compiling the statement.")
            % {"percent": min(round(plan.jit_ms / whole * 100), 100) if whole else 100},
            _("Compiling (JIT) pays for long reports, not for pages: set jit = off for this user, or raise "
              "jit_above_cost."),
            "warn",
        )  # fmt: skip


def heap_fetches(plan: Plan) -> Iterator[Finding]:
    """A read that should need the index alone had to look at the table as well."""
    for node in plan.root.walk():
        fetched = node.heap_fetches
        if fetched >= _ROWS_THAT_MATTER and fetched > node.rows_total * 0.1:
            yield Finding(
                "heap_fetches",
                _("The index alone would do, but %(rows)s rows of %(table)s were looked up in the table.")
                % {"rows": rows(fetched), "table": name(node)},
                _("The table changed since it was last vacuumed. VACUUM %(table)s, or let autovacuum come more "
                  "often.") % {"table": name(node)},
                "info",
                node,
            )  # fmt: skip


def cold_pages(plan: Plan) -> Iterator[Finding]:
    """Most of what was read was not in the server's memory."""
    used = plan.root.buffers
    if used.read >= _COLD_PAGES and used.read > used.hit:
        yield Finding(
            "cold_pages",
            _("%(size)s came from outside the server's own memory.") % {"size": size(used.read * _PAGE_KB)},
            _(
                "A second run may be faster. If it is not, the statement reads more than shared_buffers can hold."
            ),
            "info",
        )
