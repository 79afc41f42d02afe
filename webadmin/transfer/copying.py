"""Exports that the database writes itself: plain columns as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import ColumnInfo, Kind
from webadmin.dialects.copying import Writing
from webadmin.listing.filters.choices import token
from webadmin.listing.related import number_beside
from webadmin.listing.scope import restricted, rewritten
from webadmin.mixins import UtcDateTime
from webadmin.options.context import Context
from webadmin.options.uploads import storage_of
from webadmin.options.view import ShownColumn, View
from webadmin.transfer.asked import DELIMITERS, Export
from webadmin.transfer.formats import heading
from webadmin.transfer.reading import matching_rows

_WRITINGS: dict[Kind, Writing] = {
    Kind.BOOLEAN: "truth", Kind.INTEGER: "plain", Kind.NUMERIC: "plain", Kind.FLOAT: "plain", Kind.TEXT: "text",
    Kind.LONG_TEXT: "text", Kind.ENUM: "plain", Kind.DATE: "plain", Kind.TIME: "plain", Kind.DATETIME: "plain",
    Kind.INTERVAL: "plain", Kind.UUID: "plain", Kind.JSON: "json", Kind.ARRAY: "json", Kind.BINARY: "plain",
}  # fmt: skip
"""How values of each kind are written, so that a file is the same as one that Python writes."""


def copied(context: Context, export: Export) -> Iterator[bytes] | None:
    """The file of ``export`` as the database writes it; None where that would not be the same as what Python writes."""
    form = export.form
    connection = context.session.connection()
    if form.format != "csv" or not form.raw or not context.dialect.copies(connection):
        return None
    if rewritten(
        context
    ):  # what the host's session adds to statements, such as whose rows they are, would be left out
        return None
    columns: list[Any] = []
    for column in export.columns:
        value = _value(context, export.view, column, by_key=form.relations == "key")
        if value is None:
            return None
        columns.append(value.label(f"c_{len(columns)}"))
    stmt = matching_rows(context, export, columns)
    return _file(context, export, stmt)


def _file(context: Context, export: Export, stmt: sa.Select[Any]) -> Iterator[bytes]:
    yield heading(export)
    delimiter = DELIMITERS[export.form.delimiter]
    yield from context.dialect.copy_csv(context.session.connection(), stmt, delimiter, "UTC")


def _value(context: Context, view: View, column: ShownColumn, *, by_key: bool) -> Any:
    attribute = column.attribute
    if attribute.path or column.formatter is not None:
        return None
    relation = attribute.relation
    if relation is not None and relation.uselist:
        return number_beside(context, view, relation)
    if relation is not None:
        target = context.registry.for_model(relation.target)
        plain = relation.many_to_one and len(relation.local) == 1 and by_key
        # A row that the person may not see has no key either.
        if not plain or target is None or restricted(target) or not context.may_look(target):
            return None
        if relation.remote != tuple(own.name for own in target.info.key):
            return None
        return _written(context, view.info.columns.get(relation.local[0]), view)
    if column.name in view.uploads:
        return None
    return _written(context, attribute.column, view)


def _written(context: Context, info: ColumnInfo | None, view: View) -> Any:
    if info is None or storage_of(info) is not None or not _is_plain(info.column.type):
        return None
    writing = _WRITINGS.get(info.kind)
    if writing is None or not hasattr(view.model, info.name):
        return None
    return context.dialect.copied(_spelled(info, getattr(view.model, info.name)), writing)


def _spelled(info: ColumnInfo, value: Any) -> Any:
    """A choice as it stands in addresses, where another text is stored for it."""
    type_ = info.column.type
    if not isinstance(type_, sa.Enum) or type_.enum_class is None:
        return value
    spelled = dict(zip(type_.enums, map(token, type_.enum_class.__members__.values()), strict=True))
    if all(stored == text for stored, text in spelled.items()):
        return value
    stored = sa.cast(value, sa.Text)
    return sa.case(spelled, value=stored, else_=stored)


def _is_plain(type_: sa.types.TypeEngine[Any]) -> bool:
    """Whether a value is stored as it is shown: no code of anybody's stands between."""
    if isinstance(type_, sa.Enum):
        members = type_.enums if type_.enum_class is None else type_.enum_class.__members__
        return len(members) == len(type_.enums)
    return isinstance(type_, UtcDateTime) or not isinstance(type_, sa.TypeDecorator | sa.PickleType)
