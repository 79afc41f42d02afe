"""From a row to what an export has in one column of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup

from webadmin.database.identity import segment
from webadmin.database.inspection import inspect_model
from webadmin.listing.listing import ListedRow
from webadmin.options.context import Context
from webadmin.options.uploads import file_name, storage_of
from webadmin.options.view import ShownColumn
from webadmin.rendering.urls import Urls
from webadmin.rendering.values import Cells
from webadmin.transfer.asked import Export

Field = Callable[[ListedRow], Any]
"""From a row to a plain value: text, number, date, list, mapping, None."""


def fields(context: Context, export: Export) -> list[Field]:
    """One function for each column of ``export``."""
    # The addresses that cells lead to are of no use in a file.
    cells = Cells(context, export.view, Urls(""), detail=True)
    return [_field(context, export, cells, column) for column in export.columns]


def _field(context: Context, export: Export, cells: Cells, column: ShownColumn) -> Field:
    attribute = column.attribute
    relation = attribute.relation
    if not export.form.raw or column.formatter is not None:
        return _formatted(cells, column)
    if relation is not None:
        if relation.uselist:
            return lambda item: int(item.to_many.get(column.name) or 0)
        if export.form.relations == "label":
            return _label(context, column)
        return _key(column)
    info = attribute.column
    if column.name in export.view.uploads or (info is not None and storage_of(info) is not None):
        return lambda item: None if (value := attribute.value(item.row)) is None else file_name(value)
    if info is None:  # code of the host's, which may read what is not loaded: that is told as in lists
        return _formatted(cells, column)
    return lambda item: attribute.value(item.row)


def _formatted(cells: Cells, column: ShownColumn) -> Field:
    make = cells.maker(column)

    def text(item: ListedRow) -> str | None:
        extras: Mapping[str, Any] = item.to_many
        cell = make(item.row, extras)
        if cell.empty and column.attribute.relation is None:
            return None
        shown = cell.text
        return str(shown.striptags()) if isinstance(shown, Markup) else str(shown)

    return text


def _key(column: ShownColumn) -> Field:
    attribute = column.attribute
    assert attribute.relation is not None
    key_of = inspect_model(attribute.relation.target).key_of

    def key(item: ListedRow) -> Any:
        related = attribute.value(item.row)
        if related is None:
            return None
        values = key_of(related)
        return values[0] if len(values) == 1 else unquote(segment(values))

    return key


def _label(context: Context, column: ShownColumn) -> Field:
    attribute = column.attribute
    assert attribute.relation is not None
    label = context.label_of(attribute.relation.target)

    def text(item: ListedRow) -> str | None:
        related = attribute.value(item.row)
        return None if related is None else label(related)

    return text
