"""About where a page is, by statistics: for one so deep that the walk to it would take too long.

A histogram of equally filled spans says below which value a share of a column's values lies; reading from there on costs
nothing, and is off by part of a span.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.listing.ordering import Order
from webadmin.listing.pagemap.reading import MapPiece
from webadmin.listing.statement import Found
from webadmin.options.context import Context

DEEP = 200_000
"""Rows to pass from which on a walk may take long."""
TIME_LIMIT = 1_000
"""Milliseconds that the walk may take before it is given up."""


def near(context: Context, order: Order, share: float, rows: int) -> MapPiece | None:
    """Where to read ``rows`` rows of which about ``share`` of the list lies before them.

    :return: None where statistics say nothing of the order: its first key is no column of the list's table with a value
        in every row.
    """
    key = order.keys[0]
    columns = [
        column for column in getattr(key.expression, "base_columns", ()) if isinstance(column, sa.Column)
    ]
    if order.joins or not key.indexed or key.nullable or len(columns) != 1 or not 0 <= share <= 1:
        return None
    value = context.dialect.value_near(columns[0], 1 - share if key.descending else share)
    if value is None:
        return None
    there = key.expression <= value if key.descending else key.expression >= value
    return MapPiece(rows, 0, False, [there], shape=None)


def in_time(context: Context, read: Callable[[], Found]) -> Found | None:
    """What ``read`` finds; None when that takes too long."""
    try:
        with context.dialect.limited(context.session.connection(), TIME_LIMIT):
            return read()
    except exc.DBAPIError as error:
        if error.connection_invalidated or context.dialect.failure(error).kind != "statement_timeout":
            raise
        return None
