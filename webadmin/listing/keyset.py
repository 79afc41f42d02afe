"""The rows that follow a place in the order, read along its index.

"After (a, b)" is not asked as ``a > x OR (a = x AND b > y)``, which no index answers, but in pieces that one does each: rows
that share the first values and have a higher last one, then those with a higher one before, and so on; where directions
agree and no value is missing, pieces are one, ``(a, b) > (x, y)``. Missing values (NULL) are pieces of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.listing.cursor import Place, bound
from webadmin.listing.ordering import Order, OrderKey

Piece = list[sa.ColumnElement[bool]]


def pieces(
    order: Order, place: Place, *, backwards: bool, nulls_high: bool, row_values: bool = True
) -> Iterator[Piece]:
    """Conditions whose rows, piece by piece, are those after ``place``, or before it when ``backwards``.

    :param nulls_high: whether this database sorts NULL after every value in ascending order.
    :param row_values: whether it compares ``(a, b) > (x, y)`` along an index.
    """
    keys = order.keys
    end = len(keys)
    while end > 0:
        start = end - 1
        if row_values:
            while start > 0 and _together(keys[start - 1 : start + 1], place[start - 1 : start + 1]):
                start -= 1
        same = [_equal(key, value) for key, value in zip(keys[:start], place[:start], strict=True)]
        for further in _beyond(keys[start:end], place[start:end], backwards=backwards, nulls_high=nulls_high):
            yield [*same, further]
        end = start


def _together(keys: Sequence[OrderKey], values: Sequence[Any]) -> bool:
    """Whether two neighbours can stand in one comparison. It leaves out rows that have a NULL in either, which is
    right for the first alone: those rows are a piece of their own."""
    before, after = keys
    return before.descending is after.descending and not after.nullable and None not in values


def _equal(key: OrderKey, value: Any) -> sa.ColumnElement[bool]:
    if value is None:
        return key.expression.is_(None)  # type: ignore[no-any-return]
    return key.expression == bound([key], [value])[0]  # type: ignore[no-any-return]


def _beyond(
    keys: Sequence[OrderKey], values: Sequence[Any], *, backwards: bool, nulls_high: bool
) -> Iterator[sa.ColumnElement[bool]]:
    """Rows whose values of ``keys`` come after ``values``: one condition, or one more for those without a value."""
    down = keys[0].descending is not backwards
    nulls_last = nulls_high is not down
    if len(keys) > 1:
        here = sa.tuple_(*(key.expression for key in keys))
        there = sa.tuple_(*bound(keys, values))
        yield here < there if down else here > there
    elif values[0] is None:
        if not nulls_last:
            yield keys[0].expression.is_not(None)
        return
    else:
        value = bound(keys, values)[0]
        yield keys[0].expression < value if down else keys[0].expression > value
    if keys[0].nullable and nulls_last:
        yield keys[0].expression.is_(None)
