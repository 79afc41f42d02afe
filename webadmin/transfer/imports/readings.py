"""How the texts of a column are to be read, as far as they tell; and what has to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from webadmin.database.inspection import NUMBERS, ColumnInfo, Kind, inspect_model
from webadmin.dialects import Dialect
from webadmin.options.view import View
from webadmin.transfer.imports.asked import DateOrder, Decimal, FileForm, Reading, Target
from webadmin.transfer.imports.converting import converter
from webadmin.transfer.imports.times import DATE

Ask = Literal["dates", "decimal"]

_MARKS: tuple[Decimal, ...] = (".", ",")
_ORDERS: tuple[DateOrder, ...] = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Read:
    """How the values of a column are read.

    ``fits`` is the part of them that can be, 0 to 1; ``asks`` what they can be read as in more than one way.
    """

    reading: Reading
    fits: float
    asks: tuple[Ask, ...] = ()


def read_as(view: View, target: Target, form: FileForm, dialect: Dialect, values: Sequence[Any]) -> Read:
    """How ``values`` of a file are read where they go to ``target``; its own reading does not count."""
    column = _column(view, target)
    some = [value for value in values if value is not None and value != ""]
    if column is None or not some:
        return Read(Reading(), 1.0)
    readings = [Reading()]
    if column.kind in NUMBERS:
        readings = [Reading(decimal=mark) for mark in _MARKS]
    elif column.kind in {Kind.DATE, Kind.DATETIME}:
        readings = [Reading(dates=order) for order in _ORDERS]
    tried = [_tried(view, replace(target, reading=reading), form, dialect, some) for reading in readings]
    if len(tried) == 1:
        return Read(readings[0], tried[0][0])
    if column.kind in NUMBERS:
        return _number(readings, tried)
    return _date(readings, tried, some)


def _number(readings: Sequence[Reading], tried: Sequence[tuple[float, list[Any]]]) -> Read:
    (point, by_point), (comma, by_comma) = tried
    if point != comma:
        return Read(readings[point < comma], max(point, comma))
    return Read(readings[0], point, () if by_point == by_comma else ("decimal",))


def _date(
    readings: Sequence[Reading], tried: Sequence[tuple[float, list[Any]]], values: Sequence[Any]
) -> Read:
    (iso, _by_iso), (day, by_day), (month, by_month) = tried
    if iso >= max(day, month):
        return Read(readings[0], iso)
    if day != month or by_day == by_month:
        return Read(readings[1 if day >= month else 2], max(day, month))
    # Nobody puts the month first and points between.
    if all((found := DATE.match(str(value).strip())) is None or found["by"] == "." for value in values):
        return Read(readings[1], day)
    return Read(readings[0], day, ("dates",))


def _tried(
    view: View, target: Target, form: FileForm, dialect: Dialect, values: Sequence[Any]
) -> tuple[float, list[Any]]:
    made, wrong = converter(view, target, form, dialect).column(values)
    return 1 - len(wrong) / len(values), made


def _column(view: View, target: Target) -> ColumnInfo | None:
    relation = view.info.relations.get(target.name)
    if relation is None:
        return view.info.columns.get(target.name)
    other = inspect_model(relation.target)
    if target.by:
        return other.columns.get(target.by)
    return other.key[0] if len(other.key) == 1 else None
