"""Filters on texts, on keys that look like texts, and on what can only be shown as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from webadmin.database.inspection import Kind, inspect_model
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
from webadmin.listing.search import row_number_of
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.view import FilterOption
from webadmin.text import gettext as _


class TextFilter(ColumnFilter):
    """Equal to, or containing a part whatever its case."""

    operators: Sequence[str] = ("eq", "not", "contains", "search", "empty")

    def __init__(self, option: FilterOption) -> None:
        super().__init__(option)
        if self.kind in {Kind.OTHER, Kind.JSON} and not self.fields:  # no words of any language
            self.operators = tuple(operator for operator in self.operators if operator != "search")

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        return read_text(self.label, text)

    def compare(self, context: Context, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        if active.operator == "contains":
            return sa.and_(*(context.dialect.contains(column, value) for value in active.values))
        if active.operator == "search":
            return sa.and_(*(has_words(context, self.attribute, column, value) for value in active.values))
        if self.kind in {Kind.OTHER, Kind.JSON}:
            column = sa.cast(column, sa.Text)
        return super().compare(context, column, active)

    def vacant(self, context: Context, column: Any) -> sa.ColumnElement[bool]:
        text = sa.cast(column, sa.Text) if self.kind in {Kind.OTHER, Kind.JSON} else column
        return sa.or_(column.is_(None), text == "")

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        texts = active["contains"].texts if "contains" in active else ("",)
        parameter, label = f"{self.name}.contains", phrase_label("contains")
        found = [FilterInput(parameter, label, "text", texts[0])]
        if len(texts) > 1:
            found.append(self.kept(parameter, label, texts[1:]))
        return [*found, *self.other_inputs(active, ("contains",)), *self.empty_input(active)]


class UuidFilter(ColumnFilter):
    """Equal to a UUID."""

    operators = ("eq", "not")

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        try:
            value = UUID(text)
        except ValueError:
            raise Refused(
                _("%(filter)s takes a UUID, not “%(text)s”.") % {"filter": self.label, "text": short(text)}
            ) from None
        column = self.attribute.column
        # Some types hand UUIDs out as texts, and want them back so.
        return str(value) if column is not None and column.python_type is str else value

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        texts = active["eq"].texts if "eq" in active else ("",)
        found = [FilterInput(self.parameter, phrase_label("eq"), "text", texts[0])]
        if len(texts) > 1:
            found.append(self.kept(self.parameter, self.label, texts[1:]))
        return [*found, *self.other_inputs(active, ("eq",)), *self.null_input(active)]


class SearchFilter(ColumnFilter):
    """Has words, in a column that is made to be searched in."""

    operators = ("search",)

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        return read_text(self.label, text)

    def compare(self, context: Context, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        match = context.dialect.search_match if context.dialect.supports_search_vector else context.dialect.has_words  # fmt: skip
        return sa.and_(*(match(column, value) for value in active.values))

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        texts = active["search"].texts if "search" in active else ("",)
        parameter, label = f"{self.name}.search", phrase_label("search")
        found = [FilterInput(parameter, label, "text", texts[0])]
        if len(texts) > 1:
            found.append(self.kept(parameter, label, texts[1:]))
        return [*found, *self.null_input(active)]


def has_words(context: Context, attribute: Attribute, column: Any, text: str) -> sa.ColumnElement[bool]:
    """``column``, that of ``attribute``, has the words; found in an index of words where there is one of it."""
    dialect, own = context.dialect, attribute.column
    if dialect.supports_text_index and own is not None and not attribute.path:
        info = inspect_model(attribute.model)
        index = dialect.text_index(context.session.connection(), info.table, None)
        names = {name.casefold(): name for name in index.columns} if index is not None else {}
        if index is not None and own.column.name.casefold() in names:
            query = dialect.index_query(text, index, [names[own.column.name.casefold()]])
            if not query.text:
                return sa.false()
            hits = dialect.index_hits(index, query, info.table)
            return row_number_of(info, index).in_(sa.select(hits.c.row))  # type: ignore[no-any-return]
    return dialect.has_words(column, text)


class NullFilter(ColumnFilter):
    """Empty or not: all that can be asked of values that have no text."""

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        return self.null_input(active)
