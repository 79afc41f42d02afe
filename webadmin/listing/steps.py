"""Rows in an order of mixed directions, ``a`` up and ``b`` down, along an index on ``(a, b)``.

The index has the rows of one ``a`` in the right order, read from the one end or the other. So the values of ``a`` are taken
one after another, each found from the last by a look into the index, and for each its rows are read, until there are enough:
a recursive query gives the values, a lateral one their rows. Sorting all rows that follow instead reads every row of a value
that thousands share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.dialects import Dialect
from webadmin.listing.keyset import Piece, along, mixed
from webadmin.listing.ordering import Order

Narrow = Callable[[Sequence[Any], Sequence[Any]], sa.Select[Any]]
"""Makes a select of columns from the list's rows for which further conditions hold."""


def walks_by_values(dialect: Dialect, order: Order, piece: Piece) -> bool:
    """Whether the rows of ``piece`` are to be read by the values of their first key: one that an index finds, of rows that
    have a value of it."""
    keys = order.keys[piece.pinned :]
    return dialect.supports_lateral and not order.joins and len(keys) > 1 and keys[0].indexed and mixed(keys)


def by_values(
    narrow: Narrow, columns: Sequence[Any], order: Order, piece: Piece, *, backwards: bool, limit: Any
) -> sa.Select[Any]:
    """A select of ``columns`` from the first ``limit`` rows of ``piece``, in the order."""
    key = order.keys[piece.pinned]
    down = key.descending is not backwards
    column = key.expression

    def nearest(*beyond: sa.ColumnElement[bool]) -> sa.Select[Any]:
        found = narrow([column.label("value")], [*piece.conditions, column.is_not(None), *beyond])
        return found.order_by(key.by(backwards=backwards)).limit(1)

    steps = nearest().cte("steps", recursive=True)
    following = nearest(column < steps.c.value if down else column > steps.c.value).correlate(steps)
    steps = steps.union_all(
        sa.select(following.scalar_subquery()).select_from(steps).where(steps.c.value.is_not(None))
    )
    rows = (
        narrow(columns, [*piece.conditions, column == steps.c.value])
        .order_by(*along(order, piece.pinned + 1, backwards=backwards))
        .limit(limit)
        .correlate(steps)
        .lateral("found")
    )
    return sa.select(*rows.c).select_from(steps).join(rows, sa.true()).limit(limit)
