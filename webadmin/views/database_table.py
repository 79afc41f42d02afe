"""One table's structure: columns, keys in both directions, rules, indexes with their use."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.dialects.overview import IndexUse, TableSize
from webadmin.errors import NotFound
from webadmin.explain.finding import size
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_ago, format_count, format_number
from webadmin.text import gettext as _
from webadmin.views.database import Moment, moment, named_in, place_of, table_url, view_of

_LONG_UNUSED = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ColumnLine:
    name: str
    type: str
    nullable: bool
    default: str
    primary_key: bool
    comment: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A foreign key, of this table or of another that leads here."""

    table: str
    url: str
    columns: str
    target_columns: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class IndexLine:
    name: str
    definition: str
    size_text: str
    scans_text: str
    share: float
    """Of the index that is used most, from 0 to 100."""
    used: Moment | None
    state: str
    """unused, invalid or empty."""
    is_unique: bool


@dataclass(frozen=True, slots=True)
class TablePage:
    name: str
    kind: str
    database_url: str
    diagram_url: str
    """The table with its neighbours, drawn; empty for what is no table."""
    list_url: str | None
    list_title: str
    rows_text: str
    size_text: str
    index_text: str
    dead_text: str
    columns: tuple[ColumnLine, ...]
    keys: tuple[KeyLine, ...]
    pointing: tuple[KeyLine, ...]
    rules: tuple[tuple[str, str], ...]
    """Name and text of each."""
    indexes: tuple[IndexLine, ...]
    definition: str
    """The statement of a view."""
    comment: str


def table(request: AdminRequest) -> Answer:
    """The structure of a table that the address names. Raises NotFound."""
    connection = request.session.connection()
    sizes = request.dialect.table_sizes(connection)
    found = next((one for one in sizes if place_of(one.schema, one.name) == named_in(request)), None)
    if found is None:
        raise NotFound(_("There is no such table."))
    inspector: Any = sa.inspect(connection)
    view = view_of(request, found.schema, found.name)
    is_view = found.kind in {"view", "materialized view"}
    comment = _tried(lambda: inspector.get_table_comment(found.name, schema=found.schema)["text"]) or ""
    page = TablePage(
        name=place_of(found.schema, found.name),
        kind=found.kind,
        database_url=request.urls.page("database"),
        diagram_url=""
        if is_view
        else f"{request.urls.page('database')}diagram/?{urlencode({'table': place_of(found.schema, found.name)})}",
        list_url=request.urls.list(view) if view is not None else None,
        list_title=view.name_plural if view is not None else "",
        rows_text="" if found.rows is None else format_count(found.rows, exact=False),
        size_text="" if found.bytes is None else size(found.bytes / 1024),
        index_text="" if found.index_bytes is None else size(found.index_bytes / 1024),
        dead_text=format_number(found.dead_rows) if found.dead_rows else "",
        columns=_columns(inspector, found),
        keys=tuple(_key(request, key) for key in inspector.get_foreign_keys(found.name, schema=found.schema)),
        pointing=tuple(_pointing(request, inspector, found, sizes)),
        rules=_rules(inspector, found),
        indexes=_indexes(request.dialect.index_uses(connection, found.place)),
        definition=(_tried(lambda: inspector.get_view_definition(found.name, schema=found.schema)) or "")
        if is_view
        else "",
        comment=comment,
    )
    return Page("database_table.html", page)


def _tried(ask: Any) -> Any:
    """What not every system can be asked; what it could not make out is left out."""
    try:
        with warnings.catch_warnings(action="ignore", category=exc.SAWarning):
            return ask()
    except (NotImplementedError, exc.NoSuchTableError):
        return None


def _columns(inspector: Any, found: TableSize) -> tuple[ColumnLine, ...]:
    key = inspector.get_pk_constraint(found.name, schema=found.schema).get("constrained_columns") or []
    return tuple(
        ColumnLine(
            name=column["name"],
            type=type_text(column["type"], inspector.dialect),
            nullable=bool(column["nullable"]),
            default=_default(column),
            primary_key=column["name"] in key,
            comment=column.get("comment") or "",
        )
        for column in inspector.get_columns(found.name, schema=found.schema)
    )


def type_text(type_: Any, dialect: Any) -> str:
    try:
        return str(type_.compile(dialect=dialect)).lower()
    except exc.CompileError:
        return type(type_).__name__.lower()


def _default(column: Any) -> str:
    if column.get("identity"):
        return "identity"
    computed = column.get("computed")
    return f"= {computed['sqltext']}" if computed else str(column.get("default") or "")


def _key(request: AdminRequest, key: Any) -> KeyLine:
    schema, name = key["referred_schema"], key["referred_table"]
    return KeyLine(
        table=place_of(schema, name),
        url=table_url(request, schema, name),
        columns=", ".join(key["constrained_columns"]),
        target_columns=", ".join(key["referred_columns"]),
        on_delete=key.get("options", {}).get("ondelete", "") or "",
    )


def _pointing(
    request: AdminRequest, inspector: Any, found: TableSize, sizes: Sequence[TableSize]
) -> list[KeyLine]:
    lines = []
    for schema in dict.fromkeys(one.schema for one in sizes):
        every = inspector.get_multi_foreign_keys(schema=schema)
        for (_schema, name), keys in every.items():
            lines += [
                KeyLine(
                    table=place_of(schema, name),
                    url=table_url(request, schema, name),
                    columns=", ".join(key["constrained_columns"]),
                    target_columns=", ".join(key["referred_columns"]),
                    on_delete=key.get("options", {}).get("ondelete", "") or "",
                )
                for key in keys
                if (key["referred_schema"], key["referred_table"]) == found.place
            ]
    return lines


def _rules(inspector: Any, found: TableSize) -> tuple[tuple[str, str], ...]:
    checks = _tried(lambda: inspector.get_check_constraints(found.name, schema=found.schema)) or []
    unique = _tried(lambda: inspector.get_unique_constraints(found.name, schema=found.schema)) or []
    return (
        *((str(rule["name"] or ""), f"UNIQUE ({', '.join(rule['column_names'])})") for rule in unique),
        *((str(rule["name"] or ""), f"CHECK ({rule['sqltext']})") for rule in checks),
    )


def _indexes(found: Sequence[IndexUse]) -> tuple[IndexLine, ...]:
    most = max((index.scans or 0 for index in found), default=0) or 1
    return tuple(
        IndexLine(
            name=index.name,
            definition=index.definition,
            size_text="" if index.bytes is None else size(index.bytes / 1024),
            scans_text="" if index.scans is None else format_number(index.scans),
            share=round(100 * (index.scans or 0) / most, 1),
            used=moment(index.last_used_at),
            state=_state(index),
            is_unique=index.is_unique,
        )
        for index in found
    )


def _state(index: IndexUse) -> str:
    """What is worth a word. A unique one is of use without being read."""
    if not index.is_valid:
        return _("invalid")
    if index.is_unique or index.scans is None:
        return ""
    if index.scans:
        since = index.last_used_at
        long_ago = since is not None and dt.datetime.now(dt.UTC) - since > _LONG_UNUSED
        return _("unused since {day}").format(day=format_ago(since)) if since and long_ago else ""
    since = index.counted_since
    return _("unused since {day}").format(day=format_ago(since)) if since else _("unused")
