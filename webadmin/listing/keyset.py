"""The rows that follow a place in the order, read along its index.

"After (a, b)" is not asked as ``a > x OR (a = x AND b > y)``, which no index answers, but in pieces that one does each: rows
that share the first values and have a higher last one, then those with a higher one before, and so on; where directions
agree and no value is missing, pieces are one, ``(a, b) > (x, y)``. Missing values (NULL) are pieces of their own. Rows whose
keys run in different directions are walked by the values of the first of them: see :mod:`webadmin.listing.steps`.

Which pieces there are depends on the order and on which values are missing, not on the values: those are bound by name, so
that a list's statements can be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from webadmin.dialects.carried import Carried
from webadmin.listing.ordering import Order, OrderKey

Place = tuple[Any, ...]
"""The values of the order's keys in one row, as ``Dialect.carried`` gives them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that lie together in an index."""

    conditions: tuple[sa.ColumnElement[bool], ...] = ()
    pinned: int = 0
    """How many of the first keys have one value in all of them."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a database is walked.

    :param backwards: towards the beginning of the list.
    :param nulls_high: it sorts NULL after every value in ascending order.
    :param row_values: it compares ``(a, b) > (x, y)`` along an index.
    :param bounds: it leaves out parts of a table by a plain bound on the first key, which is then said as well.
    """

    backwards: bool = False
    nulls_high: bool = False
    row_values: bool = True
    bounds: bool = False


def pieces(order: Order, missing: Sequence[bool] | None, way: Way) -> Iterator[Piece]:
    """The pieces, one after another, of the rows after a place; before it on a way that goes backwards.

    :param missing: for each key whether the place has no value of it; None for all rows, from the beginning.
    """
    if missing is None:
        yield from _everything(order, way)
        return
    keys = order.keys
    end = len(keys)
    while end > 0:
        start = end - 1
        if way.row_values:
            while start > 0 and _together(keys[start - 1], keys[start], missing[start - 1 : start + 1]):
                start -= 1
        same = tuple(_equal(keys, at, missing) for at in range(start))
        for further, pins in _beyond(keys, start, end, missing[start], way):
            yield Piece((*same, *further), start + pins)
        end = start


def _everything(order: Order, way: Way) -> Iterator[Piece]:
    """All rows. Where they are walked by the values of the first key, those without one are apart."""
    keys = order.keys
    if not (keys and keys[0].nullable and mixed(keys)):
        yield Piece()
        return
    first = keys[0].expression
    apart = [Piece((first.is_not(None),)), Piece((first.is_(None),), 1)]
    yield from apart if _nulls_last(keys[0], way) else reversed(apart)


def mixed(keys: Sequence[OrderKey]) -> bool:
    """Whether keys run in different directions, which no plain index does."""
    return any(key.descending is not keys[0].descending for key in keys)


def along(order: Order, pinned: int, *, backwards: bool, named: bool = True) -> list[Any]:
    """For ORDER BY of rows in which the first ``pinned`` keys have one value each. Those say nothing, but an index begins
    with them: they go the way of the first key after them, and the index is found.

    :param named: the database finds it so; else by the other keys alone, which is then all that is said.
    """
    if not named and pinned < len(order.keys):
        return [key.by(backwards=backwards) for key in order.keys[pinned:]]
    leading = order.keys[min(pinned, len(order.keys) - 1)]
    return [
        replace(key, descending=leading.descending).by(backwards=backwards)
        if at < pinned
        else key.by(backwards=backwards)
        for at, key in enumerate(order.keys)
    ]


def parameters(place: Place) -> dict[str, Any]:
    """The values that the conditions of pieces are bound to."""
    return {_name(at): value for at, value in enumerate(place) if value is not None}


def _name(at: int) -> str:
    return f"place_{at}"


def _value(at: int) -> sa.BindParameter[Any]:
    return sa.bindparam(_name(at), type_=Carried())


def _together(before: OrderKey, after: OrderKey, missing: Sequence[bool]) -> bool:
    """Whether two neighbours can stand in one comparison. It leaves out rows that have a NULL in either, which is
    right for the first alone: those rows are a piece of their own."""
    return before.descending is after.descending and not after.nullable and not any(missing)


def _nulls_last(key: OrderKey, way: Way) -> bool:
    return way.nulls_high is not (key.descending is not way.backwards)


def _equal(keys: Sequence[OrderKey], at: int, missing: Sequence[bool]) -> sa.ColumnElement[bool]:
    expression = keys[at].expression
    return expression.is_(None) if missing[at] else expression == _value(at)  # type: ignore[no-any-return]


def _beyond(
    keys: Sequence[OrderKey], start: int, end: int, missing: bool, way: Way
) -> Iterator[tuple[tuple[sa.ColumnElement[bool], ...], int]]:
    """Rows whose values of ``keys[start:end]`` come after the place's: one piece, or one more for those without a value.
    The number is how many of those keys have one value."""
    first = keys[start]
    down = first.descending is not way.backwards
    nulls_last = _nulls_last(first, way)
    if end - start > 1:
        here = sa.tuple_(*(key.expression for key in keys[start:end]))
        there = sa.tuple_(*(_value(at) for at in range(start, end)))
        beyond = here < there if down else here > there
        value = _value(start)
        bound = first.expression <= value if down else first.expression >= value
        yield (beyond, bound) if way.bounds else (beyond,), 0
    elif missing:
        if not nulls_last:
            yield (first.expression.is_not(None),), 0
        return
    else:
        yield (first.expression < _value(start) if down else first.expression > _value(start),), 0
    if first.nullable and nulls_last:
        yield (first.expression.is_(None),), 1
