"""An order as a map follows it: ascending, in segments, with conditions for what comes after a fence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import UNSORTABLE, Kind, kind_of
from webadmin.dialects import Dialect
from webadmin.listing.keyset import mixed
from webadmin.listing.ordering import Order, OrderKey

Fence = tuple[Any, ...]
"""The raw values of a segment's keys in one row."""

_PREFIX = "fence_"
_PIN = "fence_shared"


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that one walk along an index passes: those with a value in the first key, those without, or those with one and the
    same."""

    keys: tuple[OrderKey, ...]
    """The keys that differ within the segment."""
    missing: Any = None
    """The expression that is NULL in all of its rows."""
    present: Any = None
    """The expression that is NULL in none of them, where it could be."""
    shared: Any = None
    """The expression that has one value in all of them,"""
    value: Any = None
    """which is this one, raw,"""
    same: Any = None
    """and the condition that it has; the value is given when the statement runs: see :meth:`values`."""

    @classmethod
    def sharing(cls, keys: tuple[OrderKey, ...], value: Any, dialect: Dialect) -> Segment:
        """The segment of the rows that have ``value`` in the first one of ``keys``."""
        first = keys[0].expression
        bound = sa.bindparam(_PIN, type_=dialect.raw_type(first.type))
        return cls(keys[1:], shared=first, value=value, same=first == dialect.unraw(bound, first.type))

    def holds(self, value: Any) -> bool:
        """Whether rows with this raw value in the order's first key are here."""
        if self.shared is not None:
            return bool(value == self.value)
        return (value is None) if self.missing is not None else (value is not None or self.present is None)

    @property
    def all(self) -> list[sa.ColumnElement[bool]]:
        """The condition of the whole segment."""
        if self.same is not None:
            return [self.same]
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
        found: list[sa.ColumnElement[bool]] = [] if self.present is not None else self.all
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

    def values(self, fence: Fence | None) -> dict[str, Any]:
        """The parameters of :meth:`after_values`, or of :attr:`all` where there is no fence."""
        found = {f"{_PREFIX}{place}": value for place, value in enumerate(fence or ())}
        return found if self.same is None else {**found, _PIN: self.value}

    def by(self, dialect: Dialect) -> list[Any]:
        """For ORDER BY. What is missing stands in it too where it names the index that serves."""
        named = dialect.names_shared_values
        first = [one.asc() for one in (self.missing, self.shared) if one is not None and named]
        return [*first, *(key.expression.asc() for key in self.keys)]


@dataclass(frozen=True, slots=True)
class Course:
    """How a map walks through a list: in ascending order, whichever way the list goes."""

    segments: tuple[Segment, ...]
    """In ascending order; none where each value of the first key is one."""
    descending: bool
    """The list shows them from the end."""
    by_values: tuple[OrderKey, ...] = ()
    """The keys where the first one runs in the other direction than the rest: its values come in descending order, the rows of
    each in ascending."""


def course_of(order: Order, dialect: Dialect) -> Course | None:
    """The course of ``order``; None where no index could serve it in one direction, or a key's values cannot be carried."""
    keys = order.keys
    if not keys or order.joins or not dialect.supports_row_values:
        return None
    if not all(_carried(key) for key in keys) or any(key.nullable for key in keys[1:]):
        return None
    if mixed(keys):
        if keys[0].nullable or not keys[0].indexed or mixed(keys[1:]):
            return None
        return Course((), keys[1].descending, keys)
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
