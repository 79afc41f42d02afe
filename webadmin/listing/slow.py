"""Sorts that take long, known before they are run: no index has the order, and many rows have to be sorted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind
from webadmin.listing import counts
from webadmin.listing.memo import per_view
from webadmin.listing.ordering import Order, order_for
from webadmin.listing.params import ListParams
from webadmin.listing.scope import personal
from webadmin.listing.served import served, statistics_of
from webadmin.listing.statement import matching
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Cost:
    """What was found out about a sort."""

    rows: int | None = None
    """About how many rows it has to sort; None for a sort that nobody need be asked about."""
    exact: bool = False
    statements: int = 0
    """How many were sent that the page would not have sent anyway."""


_HARMLESS = Cost()


@caused_by("slow_sort_rows", label=lambda: _("Cost of the sort"))
def cost_of_sort(context: Context, view: View, params: ListParams) -> Cost:
    """What the sort that ``params`` asks for costs, where the person is to be told before; the view's own order and one that
    was agreed to are not asked about.

    Most lists are answered for by what is known already. A table that is large and has no index for the sort takes a
    statement more: the planner may know a way after all.
    """
    most = view.options.slow_sort_rows
    if not most or not params.sort or params.slow or served(context, view, params.sort, params):
        return _HARMLESS
    asked = int(context.dialect.supports_statistics and counts.known_rows(context, view) is None)
    known = statistics_of(context, view)
    if known is None:
        if order_for(view, params.sort).keys[0].indexed:
            return _HARMLESS  # as the model says; the database's own word comes with the next count
        counts.ask_rows(context, view, params)
        known = statistics_of(context, view)
    size = None if known is None else known.rows if known.rows is not None else known.at_most
    if (size is not None and size < most) or served(context, view, params.sort, params):
        return Cost(statements=asked)
    rows, exact, sent = _matching_rows(context, view, params, size)
    sent += asked
    if rows is None or rows < most:
        return Cost(statements=sent)
    if _planned_along_an_index(context, view, params):
        return Cost(statements=sent + 1)
    return Cost(rows, exact, sent + 1)


def unserved(context: Context, view: View, params: ListParams, rows: int) -> frozenset[str]:
    """The names of the view's sorts that no index serves, where the list has so many rows that it matters; sends no
    statement."""
    most = view.options.slow_sort_rows
    if not most or rows < most:
        return frozenset()
    return frozenset(
        name for name in view.sortable if served(context, view, ((name, False),), params) is False
    )


def _matching_rows(
    context: Context, view: View, params: ListParams, size: int | None
) -> tuple[int | None, bool, int]:
    """How many rows are to be sorted, whether that is exact, and the statements sent for it that the page sends again."""
    if personal(context, view):
        # Neither the table's size nor its statistics, which know the rows of others.
        total = counts.count(context, view, params, statements=1)
        if total is None or total.exact:
            return (None if total is None else total.rows), True, 1
        return max(total.rows, view.options.slow_sort_rows), False, 1
    if not context.dialect.supports_statistics:
        total = counts.count(context, view, params, statements=1)
        if total is None:
            return size, False, 1
        # Not counted to the end: as far as is known it may be all.
        return (total.rows, True, 1) if total.exact else (max(total.rows, size or 0), False, 1)
    if size is not None and not params.narrowed and params.deleted != "only":
        return size, False, 0
    expected = counts.ask_planner(context, view, params)
    return (size if expected is None else expected.rows), False, 0


def _planned_along_an_index(context: Context, view: View, params: ListParams) -> bool:
    """Whether there is a way without sorting that the indexes of the table alone do not tell of: in a view, or for the
    rows that a filter leaves."""
    first = view.sortable[params.sort[0][0]]
    if first.path or first.relation is not None:
        return False  # no index can: rows lie there in the order of other rows
    order = order_for(view, params.sort)
    if params.narrowed or personal(context, view):
        return _walks(context, view, params, order)
    known = statistics_of(context, view)
    key = ("walked", params.sort, params.deleted, id(known))
    return per_view(view, key, lambda: (_walks(context, view, params, order), known))[0]


def _walks(context: Context, view: View, params: ListParams, order: Order) -> bool:
    """Whether the planner reads a first page without sorting all rows."""
    columns: list[Any] = [key.expression for key in order.keys] or [sa.literal(1)]
    stmt = order.joined(context, matching(context, view, params, columns))
    plan = context.dialect.plan(
        context.session.connection(), stmt.order_by(*order.by()).limit(params.per_page + 1)
    )
    kinds = {node["Node Type"] for node in _nodes(plan)} if plan else {"Sort"}
    many_ties = order.keys[0].kind in {Kind.BOOLEAN, Kind.ENUM}
    return "Sort" not in kinds and not (many_ties and "Incremental Sort" in kinds)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
