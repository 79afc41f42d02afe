"""Which columns of a list are summed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from webadmin.database.inspection import NUMBERS, Kind, kind_of
from webadmin.errors import Fault
from webadmin.options.attributes import Attribute, UnknownAttribute, attribute_name, resolve
from webadmin.options.secrets import is_secret
from webadmin.options.view import ShownColumn, View
from webadmin.text import humanize

_OPTION = "column_summary_list"
_TIMES = frozenset({Kind.DATE, Kind.DATETIME})
_CHANGED = ("updated_at", "modified_at", "last_update", "last_updated", "modified")
_MOST = 8


def with_summary(view: View) -> tuple[View, list[Fault]]:
    """``view`` with the columns that its summary is about, and the faults of the option that names them."""
    given: Any = view.options.column_summary_list
    if given is None:
        return replace(view, summary=tuple(_guessed(view))[:_MOST]), []
    found: list[ShownColumn] = []
    faults: list[Fault] = []
    for value in given:
        try:
            attribute = resolve(view.info, value)
        except UnknownAttribute as error:
            faults.append(_fault(view, repr(attribute_name(value)), str(error)))
            continue
        if attribute.path or summary_kind(attribute) not in NUMBERS | _TIMES:
            remedy = "name a number or a date of the model itself"
            faults.append(_fault(view, attribute.name, remedy))
            continue
        label = view.labels.get(attribute.name) or humanize(attribute.name)
        found.append(ShownColumn(attribute, label))
    return replace(view, summary=tuple(found)), faults


def summary_kind(attribute: Attribute) -> Kind | None:
    """What the values are; None for what is no value of the database."""
    if attribute.column is not None:
        return attribute.column.kind
    return None if attribute.expression is None else kind_of(attribute.expression.type)


def _guessed(view: View) -> Iterator[ShownColumn]:
    """Numbers that say how much, in the order of the list, then when the first and the last row was."""
    columns = {column.name: column for column in [*view.list_columns, *view.all_columns.values()]}
    usable = [column for column in columns.values() if _sums(view, column.attribute)]
    yield from (column for column in usable if summary_kind(column.attribute) in NUMBERS)
    yield from (column for column in usable if summary_kind(column.attribute) in _TIMES)


def _sums(view: View, attribute: Attribute) -> bool:
    column, name = attribute.column, attribute.name
    if attribute.path or name in {view.soft_delete, view.info.version, *_CHANGED} or is_secret(name):
        return False
    if column is not None and (column.primary_key or column.foreign_key):
        return False
    return summary_kind(attribute) in NUMBERS | _TIMES


def _fault(view: View, value: str, remedy: str) -> Fault:
    return Fault(type(view.options).__name__, _OPTION, value, remedy)
