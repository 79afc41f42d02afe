"""Findings about what a plan spends beside reading: compiling, pages that a fresh table or index would not have."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.dialects.plan_facts import IndexFacts, PlanFacts
from webadmin.explain.finding import MANY_ROWS, Finding, known, name, rows, size
from webadmin.explain.plan import Plan, PlanNode
from webadmin.text import gettext as _

_PAGE_KB = 8
_COLD_PAGES = 1_000
_BLOATED, _BLOATED_PAGES = 4, 1_000
"""How many times as large as need be, and from which size on it is worth a word."""
_MANY_PAGES = 100


def compiling(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
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
            remedy=f"ALTER ROLE {facts.account} SET jit = off;" if facts.account else "",
        )  # fmt: skip


def heap_fetches(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """A read that should need the index alone had to look at the table as well."""
    for node in plan.root.walk():
        fetched = node.heap_fetches
        if fetched >= MANY_ROWS and fetched > node.rows_total * 0.1:
            table = known(facts, node)
            yield Finding(
                "heap_fetches",
                _("The index alone would do, but %(rows)s rows of %(table)s were looked up in the table.")
                % {"rows": rows(fetched), "table": name(node)},
                _("The table changed since it was last vacuumed. VACUUM %(table)s, or let autovacuum come more "
                  "often.") % {"table": name(node)},
                "info",
                node,
                node.schema,
                node.relation,
                remedy=f"VACUUM {table.written};" if table else "",
            )  # fmt: skip


def bloated_index(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """An index is read that has many more pages than its entries need."""
    for node in plan.root.walk():
        index = _index(node, facts)
        if index is None or index.expected_pages is None or index.pages < _BLOATED_PAGES:
            continue
        if index.pages < index.expected_pages * _BLOATED:
            continue
        yield Finding(
            "bloated_index",
            _("The index %(index)s takes %(size)s where %(need)s would do.")
            % {"index": index.name, "size": size(index.pages * _PAGE_KB), "need": size(index.expected_pages * _PAGE_KB)},
            _("Most of its pages are nearly empty, as deleted rows left them: reading a part of it takes more pages, and less else "
              "stays in memory. Build it anew, which does not keep anybody from writing."),
            "warn" if node.own_buffers.touched >= _MANY_PAGES else "info",
            node,
            node.schema,
            node.relation,
            remedy=f"REINDEX INDEX CONCURRENTLY {index.written};",
        )  # fmt: skip


def _index(node: PlanNode, facts: PlanFacts) -> IndexFacts | None:
    """The index that ``node`` reads; the step of a bitmap does not say of which table."""
    if not node.index:
        return None
    table = known(facts, node)
    tables = [table] if table else facts.tables.values()
    found = [index for one in tables for index in one.indexes if index.name == node.index]
    return found[0] if len(found) == 1 else None


def cold_pages(plan: Plan, _facts: PlanFacts) -> Iterator[Finding]:
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
