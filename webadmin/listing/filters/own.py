"""Filters of the host's own, as the list's others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from webadmin.listing.controls import FilterInput, Option
from webadmin.listing.filters.base import Active, Filter, FilterValue, Refused, phrase_label, read_text
from webadmin.options.context import Context
from webadmin.options.own_filters import Filter as Given
from webadmin.options.view import FilterOption
from webadmin.text import gettext as _


class OwnFilter(Filter):
    """What a :class:`webadmin.Filter` says."""

    operators = ("eq",)

    def __init__(self, option: FilterOption) -> None:
        super().__init__(option)
        self.given: Given = option.custom

    @property
    def nullable(self) -> bool:
        return False

    def takes(self, operator: str) -> bool:
        return operator == "eq"

    def parse(self, operator: str, texts: Sequence[str], zone: tzinfo) -> tuple[Any, ...]:
        if len(texts) > 1 and not self.given.several:
            raise Refused(_("%s takes one value.") % self.label)
        return super().parse(operator, texts, zone)

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        try:
            return self.given.read(read_text(self.label, text))
        except (ValueError, ArithmeticError) as error:
            raise Refused(f"{self.label}: {str(error).rstrip('.')}.") from error

    def condition(self, context: Context, active: FilterValue) -> sa.ColumnElement[bool]:
        value = list(active.values) if self.given.several else active.values[-1]
        try:
            found = self.given.condition(value, context.user)
        except ValueError as error:
            raise Refused(f"{self.label}: {str(error).rstrip('.')}.") from error
        if not isinstance(found, sa.ColumnElement):
            raise TypeError(
                f"{type(self.given).__name__}.condition gave {type(found).__name__}, not a condition of SQLAlchemy"
            )
        return found

    def say(self, active: FilterValue, text: str, labels: Mapping[str, str]) -> str:
        return self.given.describe(text)

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        chosen = active["eq"].texts if "eq" in active else ()
        pairs = self.pairs
        if self.given.several and pairs:
            options = tuple(Option(value, label, value in chosen) for value, label in pairs)
            return [FilterInput(self.parameter, self.label, "checkbox", options=options)]
        text = chosen[-1] if chosen else ""
        if pairs:
            options = tuple(Option(value, label, value == text) for value, label in (("", _("Any")), *pairs))
            return [FilterInput(self.parameter, _("Value"), "select", text, options=options)]
        if self.given.several and len(chosen) > 1:
            kept = [self.kept(self.parameter, self.label, chosen[1:])]
            return [FilterInput(self.parameter, phrase_label("eq"), "text", chosen[0]), *kept]
        return [FilterInput(self.parameter, phrase_label("eq"), _control(self.given.type), text)]

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The values there are with their labels."""
        if self.given.type is bool and not self.given.choices and self.given.field is None:
            return (("true", _("Yes")), ("false", _("No")))
        return self.given.pairs


def _control(wanted: type) -> str:
    if issubclass(wanted, int | float | Decimal):
        return "number"
    return "date" if wanted is date else "text"
