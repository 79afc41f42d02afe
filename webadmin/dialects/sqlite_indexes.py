"""What SQLite knows of a table without reading it: its indexes, and a bound on its size."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.indexes import Index, IndexKey, TableStatistics, normalised
from webadmin.dialects.sqlite_ddl import index_parts, is_virtual, without_rowid

_PARTS = """
    SELECT l.name AS name, i.name AS column, i."desc" AS descending, m.sql AS sql, i.coll AS collation
      FROM pragma_index_list(:table, :schema) l
      JOIN pragma_index_xinfo(l.name, :schema) i
      LEFT JOIN {schema}.sqlite_master m ON m.type = 'index' AND m.name = l.name
     WHERE i.key ORDER BY l.seq, i.seqno
"""


def statistics(connection: Connection, table: sa.Table) -> TableStatistics:
    """The indexes of ``table`` and a bound on its rows. It goes through the driver's own cursor: nothing leaves the
    process for it, so it is not one of a page's statements."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        return TableStatistics()
    schema = table.schema or "main"
    try:
        return _read(raw, schema, table.name)
    except sqlite3.Error:  # no such table: the list itself will say so
        return TableStatistics()


def _read(raw: sqlite3.Connection, schema: str, name: str) -> TableStatistics:
    place = _quoted(schema)
    asked = f"SELECT sql FROM {place}.sqlite_master WHERE type = 'table' AND name = ?"  # noqa: S608 - quoted
    found = raw.execute(asked, (name,)).fetchone()
    if found is None or is_virtual(found[0] or ""):
        return TableStatistics()
    numbered = not without_rowid(found[0])
    row_number = _row_number(raw, schema, name) if numbered else None
    at_most = None
    if numbered:
        first, last = raw.execute(
            f"SELECT (SELECT min(rowid) FROM {place}.{_quoted(name)}), (SELECT max(rowid) FROM {place}.{_quoted(name)})"  # noqa: S608
        ).fetchone()
        # A column may have taken that name for itself.
        at_most = (
            0
            if last is None
            else last - first + 1
            if isinstance(last, int) and isinstance(first, int)
            else None
        )
    by_name: dict[str, list[Any]] = defaultdict(list)
    for row in raw.execute(_PARTS.format(schema=place), {"table": name, "schema": schema}):
        by_name[row[0]].append(row)
    # Every index ends in the row's number, and the table is in its order.
    end = (_key(row_number),) if row_number else ()
    indexes = [Index(end)] if end else []
    indexes += [_index(parts, end) for parts in by_name.values()]
    return TableStatistics(at_most=at_most, indexes=tuple(indexes))


def _row_number(raw: sqlite3.Connection, schema: str, name: str) -> str | None:
    """The column that is another name of the row's number."""
    asked = "SELECT name, upper(type), pk FROM pragma_table_info(?, ?) WHERE pk > 0"
    key = raw.execute(asked, (name, schema)).fetchall()
    return key[0][0] if len(key) == 1 and key[0][1] == "INTEGER" else None


def _index(parts: list[Any], end: tuple[IndexKey, ...]) -> Index:
    written, where = index_parts(parts[0][3] or "")
    texts = written if len(written) == len(parts) else [""] * len(parts)
    keys = []
    for (_name, column, descending, _sql, _collation), text in zip(parts, texts, strict=True):
        collated = " collate " in f" {text.lower()} "
        keys.append(_key(column or _without_direction(text), bool(descending), plain=not collated))
    return Index((*keys, *end), normalised(where), parts[0][0])


def _key(text: str, descending: bool = False, *, plain: bool = True) -> IndexKey:
    return IndexKey(normalised(text), descending, not descending, plain)


def _without_direction(text: str) -> str:
    head, _space, last = text.rpartition(" ")
    return head if last.upper() in {"ASC", "DESC"} else text


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
