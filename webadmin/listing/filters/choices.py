"""A filter on a column with a fixed set of values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from enum import Enum
from typing import Any

import sqlalchemy as sa

from webadmin.listing.controls import FilterInput, Option
from webadmin.listing.filters.base import Active, ColumnFilter, FilterValue, Refused, phrase_label, short
from webadmin.options.view import FilterOption
from webadmin.text import choice_label
from webadmin.text import gettext as _


def token(member: Any) -> str:
    """How a choice stands in an address: a text value as it is, else the member's name."""
    if isinstance(member, Enum):
        return member.value if isinstance(member.value, str) else member.name
    return str(member)


class ChoicesFilter(ColumnFilter):
    """Equal to any of the chosen values."""

    operators = ("eq", "not")

    def __init__(self, option: FilterOption) -> None:
        super().__init__(option)
        column = self.attribute.column
        self.choices: Mapping[str, Any] = {
            token(member): member for member in (column.choices if column else ())
        }
        self._names = {member.name: member for member in self.choices.values() if isinstance(member, Enum)}

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        member = self.choices.get(text, self._names.get(text))
        if member is None:
            known = ", ".join(list(self.choices)[:30])
            raise Refused(
                _("%(filter)s has no value “%(text)s”. It has: %(known)s.")
                % {"filter": self.label, "text": short(text), "known": known}
            )
        return member

    def compare(self, context: Any, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        values = list(dict.fromkeys(active.values))
        return column == values[0] if len(values) == 1 else column.in_(values)  # type: ignore[no-any-return]

    def say(self, active: FilterValue, text: str, labels: Mapping[str, str]) -> str:
        return choice_label(self.choices.get(text, self._names.get(text)))

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        found: list[FilterInput] = []
        for operator in ("eq", "not"):
            chosen = active.get(operator)
            if chosen is None and operator == "not":
                continue
            options = tuple(
                Option(value, choice_label(member), chosen is not None and member in chosen.values)
                for value, member in self.choices.items()
            )
            name = self.parameter if operator == "eq" else f"{self.name}.not"
            label = self.label if operator == "eq" else phrase_label("not")
            found.append(FilterInput(name, label, "checkbox", options=options))
        return [*found, *self.null_input(active)]
