"""Exact totals, counted again only when something may have changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from webadmin.dialects import Dialect
from webadmin.listing.filters import filters_of
from webadmin.listing.params import ListParams
from webadmin.listing.scope import personal
from webadmin.options.context import Context
from webadmin.options.view import View

_KEPT_FOR = 60.0
"""Seconds. A database that says truly that nothing has changed would need no end."""
_MOST = 500


@dataclass(frozen=True, slots=True)
class Total:
    """A number of rows; when it is not exact there may be more or fewer."""

    rows: int
    exact: bool
    sent: int = field(default=0, compare=False)
    """Statements that it took to find out."""


@dataclass(frozen=True, slots=True)
class _Kept:
    moment: str
    total: Total
    at: float


_totals: WeakKeyDictionary[Dialect, dict[Hashable, _Kept]] = WeakKeyDictionary()


def unless_unchanged(
    context: Context, view: View, params: ListParams, count: Callable[[], Total | None]
) -> Total | None:
    """What ``count`` finds, or found before when the database says that nothing was committed since.

    Only lists of one table that are the same for everybody have such a memory: the database's word is about that table.
    """
    connection = context.session.connection()
    known = _same_for_all(context, view, params)
    moment = context.dialect.moment(connection, view.info.table) if known else None
    if moment is None:
        return count()
    totals = _totals.setdefault(context.dialect, {})
    key = (
        view.seen_as,
        params.deleted,
        params.q,
        tuple((f.parameter, f.texts, repr(f.values)) for f in params.filters),
    )
    kept = totals.get(key)
    now = time.monotonic()
    if kept is not None and kept.moment == moment and now - kept.at < _KEPT_FOR:
        return replace(kept.total, sent=0)
    total = count()
    # The same before and after: what was counted in between is what there was all the time.
    if total is not None and total.exact and context.dialect.moment(connection, view.info.table) == moment:
        if len(totals) >= _MOST:  # keys come from addresses: their number is not ours to decide
            totals.clear()
        totals[key] = _Kept(moment, total, now)
    return total


def _same_for_all(context: Context, view: View, params: ListParams) -> bool:
    known = filters_of(view)
    asked = [known[value.name].attribute for value in params.filters]
    if params.q and view.search_vector is None:
        asked += view.searchable
    if params.per:
        return False  # a group may be read from another table
    return not personal(context, view) and all(
        attribute.column is not None and not attribute.path for attribute in asked
    )
