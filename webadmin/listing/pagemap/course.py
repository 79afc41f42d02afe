"""An order as a map follows it: ascending, in segments, with conditions for what comes after a fence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import UNSORTABLE, Kind, kind_of
from webadmin.dialects import Dialect
from webadmin.listing.ordering import Order, OrderKey

Fence = tuple[Any, ...]
"""The raw values of a segment's keys in one row."""

_PREFIX = "fence_"


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that one walk along an index passes: those with a value in the first key, or those without."""

    keys: tuple[OrderKey, ...]
    """The keys that differ within the segment."""
    missing: Any = None
    """The expression that is NULL in all of its rows."""
    present: Any = None
    """The expression that is NULL in none of them, where it could be."""

    @property
    def all(self) -> list[sa.ColumnElement[bool]]:
        """The condition of the whole segment."""
        if self.missing is not None:
            return [self.missing.is_(None)]
        return [] if self.present is None else [self.present.is_not(None)]

    def columns(self, dialect: Dialect) -> list[Any]:
        """The keys of a row, raw, to select."""
        return [dialect.raw(key.expression).label(f"{_PREFIX}{place}") for place, key in enumerate(self.keys)]

    def after(self, dialect: Dialect, fence: Sequence[Any]) -> list[sa.ColumnElement[bool]]:
        """The condition of the segment's rows behind ``fence``, raw expressions."""
        values = [
            dialect.unraw(value, key.expression.type) for key, value in zip(self.keys, fence, strict=True)
        ]
        first = self.keys[0].expression
        found: list[sa.ColumnElement[bool]] = [] if self.missing is None else [self.missing.is_(None)]
        if len(values) == 1:
            return [*found, first > values[0]]
        behind = sa.tuple_(*(key.expression for key in self.keys)) > sa.tuple_(*values)
        # A comparison of rows prunes no partitions; that of the first value does.
        return [*found, first >= values[0], behind]

    def after_values(self, dialect: Dialect) -> list[sa.ColumnElement[bool]]:
        """The same for a fence that is given when the statement runs: see :meth:`values`."""
        types = [dialect.raw_type(key.expression.type) for key in self.keys]
        return self.after(
            dialect, [sa.bindparam(f"{_PREFIX}{place}", type_=type_) for place, type_ in enumerate(types)]
        )

    @staticmethod
    def values(fence: Fence) -> dict[str, Any]:
        """The parameters of :meth:`after_values`."""
        return {f"{_PREFIX}{place}": value for place, value in enumerate(fence)}

    def by(self) -> list[Any]:
        """For ORDER BY. What is missing stands in it too: it names the index that serves."""
        first = [] if self.missing is None else [self.missing.asc()]
        return [*first, *(key.expression.asc() for key in self.keys)]


@dataclass(frozen=True, slots=True)
class Course:
    """How a map walks through a list: in ascending order, whichever way the list goes."""

    segments: tuple[Segment, ...]
    """In ascending order."""
    descending: bool
    """The list shows them from the end."""


def course_of(order: Order, dialect: Dialect) -> Course | None:
    """The course of ``order``; None where no index could serve it in one direction, or a key's values cannot be carried."""
    keys = order.keys
    if not keys or order.joins or not dialect.supports_row_values:
        return None
    if any(key.descending is not keys[0].descending for key in keys) or any(key.nullable for key in keys[1:]):
        return None
    if not all(_carried(key) for key in keys):
        return None
    if not keys[0].nullable:
        return Course((Segment(keys),), keys[0].descending)
    first = keys[0].expression
    present = Segment(keys, present=first)
    if len(keys) == 1:
        return None  # rows without a value are in no order
    missing = Segment(keys[1:], missing=first)
    segments = (present, missing) if dialect.nulls_sort_high else (missing, present)
    return Course(segments, keys[0].descending)


def _carried(key: OrderKey) -> bool:
    type_ = key.expression.type
    kind = key.kind or kind_of(type_)
    inner = type_.impl_instance if isinstance(type_, sa.TypeDecorator) else type_
    if isinstance(inner, sa.CHAR) or inner._isnull:
        return False  # compared padded, which text is not
    return kind not in {*UNSORTABLE, Kind.OTHER}
