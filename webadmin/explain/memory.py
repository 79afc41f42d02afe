"""Findings about sorts, hashes and bitmaps that did not fit into memory, with the memory that would have held them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from webadmin.dialects.plan_facts import PlanFacts
from webadmin.explain.finding import MANY_ROWS, Finding, name, rows, size, with_share
from webadmin.explain.plan import Plan, PlanNode
from webadmin.text import gettext as _

_MOST_KB = 256 * 1024
"""More than this no single step of a page should take: each connection may need it several times over."""
_ROOM = 1.2
_SORT_ROW = 48
"""Bytes that a row takes in memory beside what it took on disk."""
_HASH_ROW = 32
_GROUP = 96
"""Bytes of a group beside its values."""
_BITMAP_PAGE = 64


def spilled_sort(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """A sort did not fit into memory."""
    for node in plan.root.walk():
        if not node.sort_on_disk:
            continue
        largest = max((group.disk_kb for group in node.sort_groups), default=0)
        needed = 3.0 * largest if largest else node.sort_kb + (node.rows_actual or 0) * _SORT_ROW / 1024
        yield _spilled(
            plan, facts, node, "spilled_sort",
            _("The sort did not fit into memory and used %(size)s of disk.") % {"size": size(node.sort_kb)},
            _("Rows are written, read again and merged. An index that gives the order needs no sort."),
            needed,
        )  # fmt: skip


def spilled_hash(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """A hash table did not fit into memory."""
    for node in plan.root.walk():
        if node.hash.batches <= 1:
            continue
        many = max(node.rows_actual or 0.0, node.rows_planned)
        if node.node_type == "Hash":
            # As the planner reckons whether a hash table fits: rows, and a place for each in a table of 2^n.
            needed = many * (_HASH_ROW + math.ceil(node.width / 8) * 8) + 8 * 2 ** math.ceil(
                math.log2(many + 1)
            )
        else:
            needed = many * (_GROUP + node.width)
        yield _spilled(
            plan, facts, node, "spilled_hash",
            _("A hash table did not fit into memory and was split into %(batches)s parts on disk.")
            % {"batches": rows(node.hash.batches)},
            _("Both sides are written and read again part by part. Fewer rows or columns before this step help.")
            if node.node_type == "Hash"
            else _("Rows are written and read again part by part. Fewer rows or columns before this step help."),
            needed / 1024 / facts.hash_factor,
        )  # fmt: skip


def lossy_bitmap(plan: Plan, facts: PlanFacts) -> Iterator[Finding]:
    """A bitmap had room for whole pages only, so that every row on them is checked again."""
    for node in plan.root.walk():
        lossy, exact = node.lossy_blocks, node.exact_blocks
        again = node.rows_removed_recheck * (node.loops or 0)
        if lossy and lossy >= exact * 0.1 and again >= MANY_ROWS:
            yield _spilled(
                plan, facts, node, "lossy_bitmap",
                _("The list of found rows in %(table)s did not fit into memory: %(again)s rows were read for nothing.")
                % {"table": name(node), "again": rows(again)},
                _("It kept pages in place of rows, and every row on them is checked again."),
                (lossy + exact) * _BITMAP_PAGE / 1024,
            )  # fmt: skip


def _spilled(
    plan: Plan, facts: PlanFacts, node: PlanNode, kind: str, title: str, text: str, needed_kb: float
) -> Finding:
    # What there is was not enough, whatever is reckoned here.
    needed = math.ceil(max(needed_kb * _ROOM, (facts.work_mem_kb or 0) * 1.5) / 1024)  # MB
    if needed * 1024 > _MOST_KB:
        advice = _(
            "To hold it, work_mem would have to be %(needed)s MB, more than a page should take: read fewer rows."
        )
    elif facts.work_mem_kb is None:
        advice = _("A work_mem of %(needed)s MB keeps it in memory.")
    else:
        advice = _("A work_mem of %(needed)s MB keeps it in memory (now %(now)s); each step of each connection may then take "
                   "as much.")  # fmt: skip
    told = advice % {"needed": rows(needed), "now": size(facts.work_mem_kb or 0)}
    fits = facts.account and needed * 1024 <= _MOST_KB
    return Finding(
        kind,
        title,
        with_share(f"{text} {told}", plan, node),
        "warn",
        node,
        node.schema,
        node.relation,
        remedy=f"ALTER ROLE {facts.account} SET work_mem = '{needed}MB';" if fits else "",
    )
