"""The first rows of each group: ``latest_per=customer``, ``top=3&per=category``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind
from webadmin.listing.group_keys import group_key
from webadmin.listing.group_names import groups_of
from webadmin.listing.memo import per_view
from webadmin.listing.ordering import order_for
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.view import View

_MADE = ("created_at", "created", "created_on", "placed_at", "published_at", "date", "timestamp")
_TIMES = frozenset({Kind.DATETIME, Kind.DATE})


def first_of_groups(
    context: Context, view: View, params: ListParams, narrow: Callable[[Sequence[Any]], sa.Select[Any]]
) -> sa.ColumnElement[bool]:
    """The condition that a row is one of the first of its group, among the rows that ``narrow(columns)`` selects.

    :param params: say by what, and how many of each group; the rows without a group are one.
    """
    key = group_key(context, groups_of(view)[params.per])
    model: Any = view.model
    own = [getattr(model, column.name) for column in view.info.key]
    stmt = key.joined(narrow(own))
    if params.top or params.sort:
        order = order_for(view, params.order)
        stmt, keys = order.joined(context, stmt), order.by()
    else:
        keys = _latest(view)
    first = context.dialect.first_of_each(stmt, own, key.expressions, keys, params.top or 1)
    return (own[0] if len(own) == 1 else sa.tuple_(*own)).in_(first)


def latest_by(view: View) -> str | None:
    """The column that says which row is the latest: the date that the list is sorted by, else the one that says when a row
    was made, else any that is indexed; None for the key."""
    return per_view(view, "latest", lambda: (_latest_by(view),))[0]


def _latest_by(view: View) -> str | None:
    times = {
        name: column
        for name, column in view.info.columns.items()
        if column.kind in _TIMES and name != view.soft_delete
    }
    shown = {name: column for name, column in times.items() if name in view.all_columns}
    first = [name for name, _descending in view.default_sort[:1] if name in times]
    made = [name for name in _MADE if name in shown]
    indexed = [name for name, column in shown.items() if column.indexed]
    return next(iter([*first, *made, *indexed]), None)


def _latest(view: View) -> list[Any]:
    model: Any = view.model
    name = latest_by(view)
    found: list[Any] = []
    if name is not None:
        column = getattr(model, name)
        # Nobody knows when a row without a date was: it is the latest of none but its own kind.
        found = [column.is_(None), column.desc()] if view.info.columns[name].nullable else [column.desc()]
    return [*found, *(getattr(model, column.name).desc() for column in view.info.key)]
