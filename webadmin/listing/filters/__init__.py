"""Filters by the kind of what they look at; those of a view by name."""

from __future__ import annotations

from collections.abc import Mapping

from webadmin.database.inspection import Kind, kind_of
from webadmin.dialects.json_paths import json_text
from webadmin.listing.filters import where
from webadmin.listing.filters.array import ArrayFilter
from webadmin.listing.filters.base import Filter, FilterValue, Refused
from webadmin.listing.filters.boolean import BooleanFilter
from webadmin.listing.filters.choices import ChoicesFilter
from webadmin.listing.filters.date import DateFilter
from webadmin.listing.filters.json import JsonFilter
from webadmin.listing.filters.number import NumberFilter
from webadmin.listing.filters.own import OwnFilter
from webadmin.listing.filters.relation import RelationFilter
from webadmin.listing.filters.span import SpanFilter
from webadmin.listing.filters.text import NullFilter, SearchFilter, TextFilter, UuidFilter
from webadmin.listing.memo import per_view
from webadmin.options.view import FilterOption, View

__all__ = ["Filter", "FilterValue", "Refused", "filter_for", "filters_of"]

_BY_KIND: Mapping[Kind, type[Filter]] = {
    Kind.BOOLEAN: BooleanFilter,
    Kind.INTEGER: NumberFilter,
    Kind.NUMERIC: NumberFilter,
    Kind.FLOAT: NumberFilter,
    Kind.TEXT: TextFilter,
    Kind.LONG_TEXT: TextFilter,
    Kind.ENUM: ChoicesFilter,
    Kind.DATE: DateFilter,
    Kind.DATETIME: DateFilter,
    Kind.TIME: SpanFilter,
    Kind.INTERVAL: SpanFilter,
    Kind.UUID: UuidFilter,
    Kind.ARRAY: ArrayFilter,
    Kind.JSON: TextFilter,
    Kind.OTHER: TextFilter,
    Kind.BINARY: NullFilter,
    Kind.SEARCH_VECTOR: SearchFilter,
}


def filter_for(option: FilterOption) -> Filter:
    """The filter that fits what ``option`` names."""
    attribute = option.attribute
    if option.custom is not None:
        return OwnFilter(option)
    if attribute.relation is not None:
        return RelationFilter(option)
    if isinstance(attribute.expression, json_text):
        return JsonFilter(option)
    kind = attribute.column.kind if attribute.column is not None else kind_of(attribute.expression.type)
    if kind is Kind.ENUM and (attribute.column is None or not attribute.column.choices):
        return TextFilter(option)
    return _BY_KIND[kind](option)


def filters_of(view: View) -> Mapping[str, Filter]:
    """The view's filter safelist by name, in its order."""
    return per_view(view, "filters", lambda: _all(view))


def _all(view: View) -> dict[str, Filter]:
    known = {name: filter_for(option) for name, option in view.filters.items()}
    if not known or where.NAME in known:  # a column of that name is filtered by
        return known
    return {**known, where.NAME: where.WhereFilter(view, known)}
