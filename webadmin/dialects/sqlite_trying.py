"""Indexes tried in SQLite: on an empty copy of the tables in memory. What SQLite plans depends on the structure and on the
statistics of ANALYZE alone, which are copied with it; the file is only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection

from webadmin.dialects.sqlite_explain import tree
from webadmin.dialects.trying import NAME, Trial, Tried, Trying

_OBJECTS = """
    SELECT sql FROM sqlite_master
     WHERE sql IS NOT NULL AND type IN ('table', 'index', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND name NOT IN (SELECT s.name FROM pragma_table_list s WHERE s.schema = 'main' AND s.type = 'shadow')
     ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 ELSE 2 END
"""
_STATISTICS = "SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'"


class SQLiteTrying(Trying):
    @contextmanager
    def trials(
        self, connection: Connection, tables: Sequence[sa.Table], *, building: bool
    ) -> Iterator[Iterator[Trial]]:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection) or any(table.schema is not None for table in tables):
            yield iter(())
            return
        with closing(sqlite3.connect(":memory:")) as copy, _raising(connection):
            _copy_structure(raw, copy)
            yield iter((_Copied(connection, copy),))


def _copy_structure(raw: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    for (sql,) in raw.execute(_OBJECTS).fetchall():
        try:
            copy.execute(sql)
        except sqlite3.Error:  # asks for a function or module of the host's: a plan that needs it will say so
            continue
    if raw.execute(_STATISTICS).fetchone() is None:
        return
    copy.execute("ANALYZE")
    copy.executemany(
        "INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", raw.execute("SELECT tbl, idx, stat FROM sqlite_stat1")
    )
    copy.execute("ANALYZE sqlite_master")  # reads them


@contextmanager
def _raising(connection: Connection) -> Iterator[None]:
    """Errors of the driver as those of SQLAlchemy."""
    try:
        yield
    except sqlite3.Error as error:
        raise exc.DBAPIError.instance("", None, error, sqlite3.Error, dialect=connection.dialect) from error


class _Copied(Trial):
    def __init__(self, connection: Connection, copy: sqlite3.Connection) -> None:
        self._connection, self._copy = connection, copy

    def place(self, table: sa.Table) -> str:
        return self._connection.dialect.identifier_preparer.quote(table.name)

    def explain(self, sql: str, parameters: Any) -> list[dict[str, Any]]:
        with _raising(self._connection):
            return tree(self._copy.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall())

    @contextmanager
    def index(self, ddl: str) -> Iterator[Tried]:
        with _raising(self._connection):
            self._copy.execute(ddl)
        try:
            yield Tried(NAME)
        finally:
            self._copy.execute(f"DROP INDEX {NAME}")
