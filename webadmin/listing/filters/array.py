"""A filter on the members of an array."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind
from webadmin.database.inspection import kind_of as type_kind
from webadmin.listing.controls import FilterInput
from webadmin.listing.filters.base import (
    Active,
    ColumnFilter,
    FilterValue,
    Refused,
    phrase_label,
    read_text,
    short,
)
from webadmin.options.context import Context
from webadmin.text import gettext as _

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


class ArrayFilter(ColumnFilter):
    """Has every one of the values as a member."""

    operators = ("contains", "empty")

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        column = self.attribute.column
        known = getattr(getattr(column.column.type, "item_type", None), "enums", None) if column else None
        if known is not None and text not in known:
            raise Refused(
                _("%(filter)s has no value “%(text)s”. It has: %(known)s.")
                % {"filter": self.label, "text": short(text), "known": ", ".join(known[:30])}
            )
        if column is not None and column.item_kind is Kind.INTEGER:
            if not _WHOLE.fullmatch(text):
                raise Refused(
                    _("%(filter)s takes a whole number, not “%(text)s”.")
                    % {"filter": self.label, "text": short(text)}
                )
            return int(text)
        return read_text(self.label, text)

    def compare(self, context: Context, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        item = getattr(column.type, "item_type", None)
        if item is not None and type_kind(item) is Kind.INTEGER:
            bits = 8 * context.dialect.integer_bytes(item) - 1
            for value in active.values:
                if not -(1 << bits) <= value < (1 << bits):
                    raise Refused(
                        _("%(filter)s cannot be as large as “%(text)s”.")
                        % {"filter": self.label, "text": short(str(value))}
                    )
        return context.dialect.array_contains(column, list(dict.fromkeys(active.values)))

    def vacant(self, context: Context, column: Any) -> sa.ColumnElement[bool]:
        return sa.or_(column.is_(None), context.dialect.array_empty(column))

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        texts = active["contains"].texts if "contains" in active else ("",)
        parameter, label = f"{self.name}.contains", phrase_label("contains")
        found = [FilterInput(parameter, label, "text", texts[0])]
        if len(texts) > 1:
            found.append(self.kept(parameter, label, texts[1:]))
        return [*found, *self.empty_input(active)]
