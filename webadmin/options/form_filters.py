"""The filters that a form's fields stand for, checked against the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from webadmin.auth.user import User
from webadmin.database.inspection import Kind, kind_of
from webadmin.dialects.json_paths import json_text
from webadmin.options.attributes import Attribute
from webadmin.options.filter_forms import FilterForm, FormField
from webadmin.options.own_filters import Filter
from webadmin.options.view import FilterOption

_COMPARED = ("eq", "not", "gte", "gt", "lte", "lt", "null")
_TEXTS = ("eq", "not", "contains", "search", "empty", "null")
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys((Kind.INTEGER, Kind.NUMERIC, Kind.FLOAT, Kind.TIME, Kind.INTERVAL), _COMPARED),
    **dict.fromkeys((Kind.DATE, Kind.DATETIME), (*_COMPARED, "range")),
    **dict.fromkeys((Kind.TEXT, Kind.LONG_TEXT), _TEXTS),
    **dict.fromkeys((Kind.BOOLEAN, Kind.ENUM, Kind.UUID), ("eq", "not", "null")),
    **dict.fromkeys((Kind.JSON, Kind.OTHER), ("eq", "not", "contains", "empty", "null")),
    Kind.ARRAY: ("contains", "empty", "null"),
    Kind.SEARCH_VECTOR: ("search", "null"),
    Kind.BINARY: ("null",),
}
"""How a column of each kind can be filtered."""
_INSIDE_JSON = ("eq", "not", "contains", "gte", "gt", "lte", "lt", "empty", "null")
_RELATION = ("eq", "not", "null")


class FormCondition(Filter):
    """A field of a form that has a condition of its own."""

    def __init__(self, field: FormField, label: str) -> None:
        self.name, self.label, self.several, self.type = field.parameter, label, field.several, field.kind
        self.choices = field.pairs
        self.checks = field

    def read(self, text: str) -> Any:
        self.checks.value([text])
        return text

    def condition(self, value: Any, user: User) -> sa.ColumnElement[bool]:
        return self.checks.condition(value if self.several else [value])


Find = Callable[[str], Attribute | None]
"""The attribute of a name; None for none."""


def form_options(
    form: FilterForm,
    model: type,
    find: Find,
    label: Callable[[Attribute], str],
    fault: Callable[[str, str], None],
) -> Iterator[FilterOption]:
    """The filters of ``form``'s fields, those of one column together.

    :param fault: takes a field, and the remedy for what is wrong with it.
    """
    for name in form.required():
        fault(name, "give the field a default such as None: it must be possible to leave it out")
    found: dict[str, FilterOption | tuple[Attribute, dict[str, FormField]]] = {}
    for field in form.fields.values():
        if field.own:
            attribute = Attribute(field.parameter, model)
            given = FormCondition(field, field.label or label(attribute))
            found[field.parameter] = FilterOption(attribute, given.label, given)
            continue
        split = _split(field.parameter, find)
        if split is None:
            remedy = f"the model has no {field.parameter!r}; name a column, relation or path, with __ and an operator or without, or write where_{field.name}(self, value)"
            fault(field.name, remedy)
            continue
        attribute, operator = split
        if operator not in operators_of(attribute):
            fault(
                field.name, f"{attribute.name} can be filtered by {', '.join(operators_of(attribute))} alone"
            )
            continue
        known = found.setdefault(attribute.name, (attribute, {}))
        if isinstance(known, FilterOption):
            fault(field.name, f"{attribute.name} has a condition of the form's own already")
        else:
            known[1][operator] = field
    for one in found.values():
        if isinstance(one, FilterOption):
            yield one
            continue
        attribute, fields = one
        own = fields["eq"].label if "eq" in fields else ""
        yield FilterOption(attribute, own or label(attribute), fields=fields)


def operators_of(attribute: Attribute) -> Iterable[str]:
    """How the attribute can be filtered."""
    if attribute.relation is not None:
        return _RELATION
    if isinstance(attribute.expression, json_text):
        return _INSIDE_JSON
    kind = attribute.column.kind if attribute.column is not None else kind_of(attribute.expression.type)
    return OPERATORS[kind]


def _split(parameter: str, find: Find) -> tuple[Attribute, str] | None:
    """The attribute and the operator that a parameter stands for."""
    attribute = find(parameter)
    if attribute is not None:
        return attribute, "eq"
    head, _dot, operator = parameter.rpartition(".")
    attribute = find(head) if head else None
    return None if attribute is None else (attribute, operator)
