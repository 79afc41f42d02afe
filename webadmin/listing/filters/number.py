"""A filter on numbers, whole and other."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind
from webadmin.listing.controls import FilterInput
from webadmin.listing.filters.base import Active, ColumnFilter, Refused, phrase_label, short
from webadmin.listing.fits import fits_integer
from webadmin.options.context import Context
from webadmin.text import gettext as _

_WHOLE = re.compile(r"[+-]?[0-9]{1,30}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]{1,200}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][+-]?[0-9]{1,3})?", re.ASCII)
_LARGEST = 300  # powers of ten, what a float holds


class NumberFilter(ColumnFilter):
    """Equal to, or within a range."""

    operators = ("eq", "not", "gte", "gt", "lte", "lt")

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        if self.kind is Kind.INTEGER:
            if not _WHOLE.fullmatch(text):
                raise self._refused(_("%(filter)s takes a whole number, not “%(text)s”."), text)
            value = int(text)
            if abs(value) >= 1 << 63:
                raise self._out_of_range(text)
            return value
        if not _NUMBER.fullmatch(text):
            raise self._refused(_("%(filter)s takes a number, not “%(text)s”."), text)
        try:
            number = Decimal(text)
        except InvalidOperation:  # the pattern leaves nothing for it, the decimal context of a host may
            raise self._refused(_("%(filter)s takes a number, not “%(text)s”."), text) from None
        if abs(number.adjusted()) > _LARGEST or not math.isfinite(float(number)) or self._too_large(number):
            raise self._out_of_range(text)
        return number

    def _too_large(self, number: Decimal) -> bool:
        column = self.attribute.column
        type_ = column.column.type if column is not None else self.attribute.expression.type
        precision, scale = getattr(type_, "precision", None), getattr(type_, "scale", None)
        if self.kind is not Kind.NUMERIC or not precision:
            return False
        return bool(number) and number.adjusted() >= precision - (scale or 0)

    def bound(self, context: Context, column: Any, value: Any) -> Any:
        if self.kind is Kind.INTEGER:
            info = self.attribute.column
            if info is not None and not fits_integer(context.dialect, info, value):
                raise self._out_of_range(str(value))
            return value
        if self.kind is Kind.FLOAT:
            return sa.literal(float(value), column.type)
        if context.session.get_bind().dialect.supports_native_decimal:
            # Not the column's own type: the value would be rounded to its scale before it is compared.
            return sa.literal(value, sa.Numeric())
        return sa.literal(float(value), sa.Float())

    def _out_of_range(self, text: str) -> Refused:
        return self._refused(_("%(filter)s cannot be as large as “%(text)s”."), text)

    def _refused(self, message: str, text: str) -> Refused:
        return Refused(message % {"filter": self.label, "text": short(text)})

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        step = "1" if self.kind is Kind.INTEGER else "any"
        found = [
            FilterInput(
                f"{self.name}.{operator}",
                phrase_label(operator),
                "number",
                active[operator].texts[-1] if operator in active else "",
                step=step,
            )
            for operator in ("gte", "lte")
        ]
        return [*found, *self.other_inputs(active, ("gte", "lte"), "number"), *self.null_input(active)]
