"""Who changed a row last, column by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from webadmin.changes.record.columns import recorded
from webadmin.changes.record.recorder import recorder
from webadmin.database.own_tables.changes import change, change_row
from webadmin.options.context import Context
from webadmin.options.view import View

_LOOKED_AT = 50
"""Changes of the row that are looked through."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who set a column last, and when."""

    person: str
    """The name, as it was then."""
    at: datetime


def last_change(context: Context, view: View, row: Any, names: Iterable[str]) -> dict[str, LastChange]:
    """Who changed these attributes of ``row`` last, and when, by attribute; one statement.

    A to-one relation goes by its columns. Attributes that no recorded change has touched are left out, and all of them where
    there is no history; asked in a request that writes.
    """
    if recorder(context) is None:
        return {}
    columns = {name: _columns(view, name) for name in names}
    tables = {column.table: None for found in columns.values() for column in found}
    said: dict[tuple[str, str], LastChange] = {}
    for table in tables:
        wanted = {column.name for found in columns.values() for column in found if column.table is table}
        said |= _said(context, view, row, table, wanted)
    found: dict[str, LastChange] = {}
    for name, own in columns.items():
        known = [said[place] for column in own if (place := (column.table.fullname, column.name)) in said]
        if known:
            found[name] = max(known, key=lambda last: last.at)
    return found


def _said(
    context: Context, view: View, row: Any, table: sa.Table, wanted: set[str]
) -> dict[tuple[str, str], LastChange]:
    values = dict(zip((c.key for c in view.info.mapper.primary_key), view.info.key_of(row), strict=True))
    key = recorded(table).key
    given = [values.get(column.key, place) for column, place in zip(key, values.values(), strict=False)]
    bound = [sa.literal(value, column.type) for value, column in zip(given, key, strict=True)]
    names = sorted(wanted)
    stmt = (
        sa.select(
            change.c.person_name,
            change.c.at,
            change_row.c.redacted,
            *(context.dialect.record_member(change_row.c.after, name).is_not(None) for name in names),
        )
        .join(change, change.c.id == change_row.c.change_id)
        .where(
            change_row.c.table_name == table.fullname,
            change_row.c.row_key == context.dialect.record_key(bound),
        )
        .order_by(change_row.c.id.desc())
        .limit(_LOOKED_AT)
    )
    found: dict[tuple[str, str], LastChange] = {}
    for person, at, redacted, *there in context.session.connection().execute(stmt):
        hidden = set(redacted.split(","))
        for name, is_said in zip(names, there, strict=True):
            if is_said or name in hidden:
                found.setdefault((table.fullname, name), LastChange(person, at))
    return found


def _columns(view: View, name: str) -> list[sa.Column[Any]]:
    relation = view.info.relations.get(name)
    own = relation.local if relation is not None and relation.many_to_one else (name,)
    return [view.info.columns[one].column for one in own if one in view.info.columns]
