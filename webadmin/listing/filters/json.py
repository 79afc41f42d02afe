"""A filter on what stands at a path inside a JSON column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from webadmin.dialects.json_paths import json_number
from webadmin.listing.controls import FilterInput
from webadmin.listing.filters.base import (
    COMPARISONS,
    Active,
    FilterValue,
    phrase_label,
)
from webadmin.listing.filters.number import NumberFilter
from webadmin.listing.filters.text import TextFilter
from webadmin.options.context import Context
from webadmin.options.view import FilterOption

_NUMERIC = frozenset({"gte", "gt", "lte", "lt"})


class JsonFilter(TextFilter):
    """Equal to a text, number or truth, as JSON writes it; containing a text; within a range of numbers. What is no
    number is in no such range."""

    operators: Sequence[str] = ("eq", "not", "contains", "gte", "gt", "lte", "lt", "empty")

    def __init__(self, option: FilterOption) -> None:
        super().__init__(option)
        value = self.attribute.expression
        number = replace(self.attribute, expression=json_number(value.column, value.path))
        self._numbers = NumberFilter(FilterOption(number, option.label))

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        reader = self._numbers.read if operator in _NUMERIC else super().read
        return reader(operator, text, zone)

    def compare(self, context: Context, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        if active.operator in _NUMERIC:
            number = json_number(column.column, column.path)
            limit = self._numbers.bound(context, number, active.values[-1])
            return COMPARISONS[active.operator](number, limit)  # type: ignore[no-any-return]
        if active.operator in {"eq", "not"}:
            return sa.or_(*(context.dialect.json_equals(column, value) for value in active.values))
        return super().compare(context, column, active)

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        texts = active["eq"].texts if "eq" in active else ("",)
        found = [FilterInput(self.parameter, phrase_label("eq"), "text", texts[0])]
        if len(texts) > 1:
            found.append(self.kept(self.parameter, phrase_label("eq"), texts[1:]))
        return [*found, *self.other_inputs(active, ("eq", "empty")), *self.empty_input(active)]
