"""A filter on yes and no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from webadmin.listing.controls import FilterInput, Option
from webadmin.listing.filters.base import Active, ColumnFilter, FilterValue, read_boolean
from webadmin.text import gettext as _


class BooleanFilter(ColumnFilter):
    """True or false."""

    operators = ("eq", "not")

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        return read_boolean(self.label, text)

    def compare(self, context: Any, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        # IS TRUE would not be answered by an index on the column; a bare comparison is.
        return sa.or_(*(column == sa.literal(value, sa.Boolean) for value in sorted(set(active.values))))

    def say(self, active: FilterValue, text: str, labels: Mapping[str, str]) -> str:
        return _("Yes") if text == "true" else _("No")

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        chosen = active["eq"].texts if "eq" in active else ()
        choices = (("true", _("Yes")), ("false", _("No")))
        options = tuple(Option(value, label, value in chosen) for value, label in choices)
        found = [FilterInput(self.parameter, self.label, "checkbox", options=options)]
        return [*found, *self.other_inputs(active, ("eq",)), *self.null_input(active)]
