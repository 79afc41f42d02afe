"""Raw values of keys in the order in which the database has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from webadmin.database.inspection import Kind, kind_of
from webadmin.listing.pagemap.course import Fence, Segment

Comparable = tuple[tuple[int, Any], ...]


class NotComparable(Exception):
    """Only the database knows the order of such values, as that of text in its collation."""


def comparing(segment: Segment) -> Callable[[Fence], Comparable]:
    """Makes of a segment's raw keys something that sorts as the database sorts them. Raises NotComparable, also later
    for a value."""
    kinds = [key.kind or kind_of(key.expression.type) for key in segment.keys]
    try:
        readers = [_READERS[kind] for kind in kinds]
    except KeyError:
        raise NotComparable from None

    def comparable(fence: Fence) -> Comparable:
        try:
            return tuple(reader(value) for reader, value in zip(readers, fence, strict=True))
        except (ValueError, TypeError, ArithmeticError):
            raise NotComparable from None

    return comparable


def _whole(value: Any) -> tuple[int, Any]:
    return 0, int(value)


def _decimal(value: Any) -> tuple[int, Any]:
    number = Decimal(value)
    if number.is_nan():
        raise ValueError
    return 0, number


def _time(parse: Callable[[str], Any]) -> Callable[[Any], tuple[int, Any]]:
    def read(value: Any) -> tuple[int, Any]:
        if value == "infinity":
            return 1, 0
        if value == "-infinity":
            return -1, 0
        return 0, parse(value)

    return read


_READERS: Mapping[Kind, Callable[[Any], tuple[int, Any]]] = {
    Kind.INTEGER: _whole,
    Kind.NUMERIC: _decimal,
    Kind.DATE: _time(dt.date.fromisoformat),
    Kind.DATETIME: _time(dt.datetime.fromisoformat),
    Kind.UUID: lambda value: (0, UUID(value)),
}
