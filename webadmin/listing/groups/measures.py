"""What rows come to: how many there are, and the sum, average, least, greatest and middle of a column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import NUMBERS, Kind
from webadmin.listing.group_names import in_sentence
from webadmin.listing.memo import per_view
from webadmin.listing.params import ListParams
from webadmin.listing.statement import matching
from webadmin.options.context import Context
from webadmin.options.summaries import summary_kind
from webadmin.options.view import ShownColumn, View
from webadmin.text import gettext as _

NUMERIC = ("sum", "avg", "median", "min", "max")
TEMPORAL = ("min", "max")
_FLOAT_DIGITS = 14
"""Digits that a float keeps whatever they are, and half of the last one."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number, or date, that rows come to."""

    function: str
    """``count``, or one of :data:`NUMERIC`."""
    column: ShownColumn | None = None

    @property
    def name(self) -> str:
        """As it stands in addresses: ``count``, ``sum.total``."""
        return self.function if self.column is None else f"{self.function}.{self.column.name}"

    @property
    def label(self) -> str:
        if self.column is None:
            return _("Rows")
        words = {
            "sum": _("Sum of {column}"),
            "avg": _("Average {column}"),
            "median": _("Median {column}"),
            "min": _("Lowest {column}"),
            "max": _("Highest {column}"),
        }
        dates = {"min": _("Earliest {column}"), "max": _("Latest {column}")}
        text = words[self.function] if self.number else dates[self.function]
        return text.format(column=in_sentence(self.column.label))

    @property
    def number(self) -> bool:
        """Whether it can be drawn, and compared with a number."""
        return self.kind is None or self.kind in NUMBERS

    @property
    def kind(self) -> Kind | None:
        """What the column's values are; None for a count."""
        return None if self.column is None else summary_kind(self.column.attribute)

    @property
    def places(self) -> int | None:
        """Digits after the decimal mark that the column's values have; None where each has its own."""
        if self.column is None or self.kind is Kind.INTEGER:
            return 0
        type_ = _type_of(self.column)
        places = getattr(type_, "decimal_return_scale", None) or getattr(type_, "scale", None)
        return None if places is None else int(places)


COUNT = Measure("count")


def measures_of(view: View) -> Mapping[str, Measure]:
    """All that the rows of a list can be measured by, by name."""

    def found() -> dict[str, Measure]:
        measures = [Measure(name, column) for column in view.summary for name in functions_for(column)]
        return {measure.name: measure for measure in (COUNT, *measures)}

    return per_view(view, "measures", found)


def functions_for(column: ShownColumn) -> Sequence[str]:
    """The functions that make sense of a column."""
    return NUMERIC if summary_kind(column.attribute) in NUMBERS else TEMPORAL


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of a list as a subquery, with the values that are put together, and their groups."""

    context: Context
    rows: sa.Subquery
    groups: tuple[Any, ...]
    places: Mapping[str, int]
    """Columns by name to the number that their values have in ``rows``."""

    def aggregate(self, measure: Measure) -> sa.ColumnElement[Any]:
        """The aggregate over ``rows`` that is ``measure``."""
        if measure.column is None:
            return sa.func.count()
        number = self.places[measure.column.name]
        value = self.rows.c[f"value_{number}"]
        if measure.function == "median":
            return self._median(measure, number, value)
        if measure.function == "sum":
            return self.context.dialect.sum(value)
        made: sa.ColumnElement[Any] = getattr(sa.func, measure.function)(value)
        own = isinstance(value.type, sa.TypeDecorator) and measure.function == "avg"
        return sa.type_coerce(made, value.type) if own else made

    def filled(self, column: ShownColumn) -> sa.ColumnElement[int]:
        """How many rows have a value."""
        return sa.func.count(self.rows.c[f"value_{self.places[column.name]}"])

    def _median(self, measure: Measure, number: int, value: Any) -> sa.ColumnElement[Any]:
        if self.context.dialect.supports_medians:
            return self.context.dialect.median(value, exact=_needs_exact(self.context, measure))
        place, count = self.rows.c[f"place_{number}"], self.rows.c[f"count_{number}"]
        # The one in the middle, or the two of which one half of the rows lies on either side.
        middle = sa.or_(place == (count + 1) // 2, place == (count + 2) // 2)
        return sa.func.avg(sa.case((middle, value), else_=None))


def measured(
    context: Context,
    view: View,
    params: ListParams,
    measures: Sequence[Measure],
    groups: Sequence[sa.ColumnElement[Any]] = (),
    joins: Sequence[tuple[Any, Any]] = (),
) -> Measured:
    """The rows that match, to be measured.

    :param groups: expressions that make the rows members of one group, read with ``joins`` from other tables.
    """
    columns = {measure.column.name: measure.column for measure in measures if measure.column is not None}
    middles = {m.column.name for m in measures if m.column is not None and m.function == "median"}
    selected: list[Any] = [group.label(f"group_{number}") for number, group in enumerate(groups)]
    places = {name: number for number, name in enumerate(columns)}
    for name, number in places.items():
        attribute = columns[name].attribute
        value = getattr(view.model, name) if attribute.expression is None else attribute.expression
        selected.append(value.label(f"value_{number}"))
        if name in middles and not context.dialect.supports_medians:
            parts = list(groups) or None
            by = sa.func.row_number().over(partition_by=parts, order_by=[value.is_(None), value])
            selected += [
                by.label(f"place_{number}"),
                sa.func.count(value).over(partition_by=parts).label(f"count_{number}"),
            ]
    stmt = matching(context, view, params, selected or [sa.literal(1).label("one")])
    for target, condition in joins:
        stmt = stmt.outerjoin(target, condition)
    rows = stmt.subquery("measured")
    return Measured(context, rows, tuple(rows.c[f"group_{n}"] for n in range(len(groups))), places)


def as_number(measure: Measure, value: Any) -> Any:
    """A measure's value without what a float adds to it: half way between two amounts has one digit more than they."""
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    if measure.function != "median" or measure.places is None:
        return value
    return round(Decimal(repr(value)), measure.places + 1)


def _needs_exact(context: Context, measure: Measure) -> bool:
    assert measure.column is not None
    type_ = _type_of(measure.column)
    if measure.kind is Kind.NUMERIC:
        precision = getattr(type_, "precision", None)
        return precision is None or precision > _FLOAT_DIGITS
    return measure.kind is Kind.INTEGER and context.dialect.integer_bytes(type_) > 4


def _type_of(column: ShownColumn) -> Any:
    attribute = column.attribute
    return attribute.column.column.type if attribute.column is not None else attribute.expression.type
