"""Indexes tried in PostgreSQL: as hypothetical ones of the extension HypoPG, or on a copy of some rows.

The copy is a temporary table of the same name, which stands before the real one on the search path: the statement runs as it
is and finds the copy. No lock of the real table's is taken that would keep anybody from writing, as building the index on it
would, and no right to it is needed but to read it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection

from webadmin.dialects.postgresql_explain import explain
from webadmin.dialects.postgresql_session import run
from webadmin.dialects.trying import NAME, SAMPLE, Trial, Tried, Trying

_EXTENSION = """
    SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = %s
"""
_FACTS = """
    SELECT format('%%I.%%I', n.nspname, c.relname), quote_ident(c.relname),
           (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
           CASE WHEN c.relkind = 'p'
                THEN (SELECT coalesce(sum(leaf.reltuples), 0) FROM pg_partition_tree(c.oid) tree
                        JOIN pg_class leaf ON leaf.oid = tree.relid WHERE tree.isleaf AND leaf.reltuples > 0)
                ELSE c.reltuples END
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = to_regclass(%s) AND c.relkind IN ('r', 'p')
"""
_STATEMENT_MS = 5_000
_LOCK_MS = 500
_MARGIN = 1.2
"""How many more rows are asked for than wanted: pages are drawn, which are not equally full."""


class PostgreSQLTrying(Trying):
    supports_include = True
    tries_on_copies = True
    drop_index = "DROP INDEX CONCURRENTLY IF EXISTS"
    pattern_operators = "gin_trgm_ops"

    def pattern_indexes(self, connection: Connection) -> bool:
        return run(connection, _EXTENSION, ("pg_trgm",)) is not None

    @contextmanager
    def trials(
        self, connection: Connection, tables: Sequence[sa.Table], *, copies: bool
    ) -> Iterator[Iterator[Trial]]:
        found = _trials(connection, tables, copies=copies)
        try:
            yield found
        finally:
            found.close()


def _trials(connection: Connection, tables: Sequence[sa.Table], *, copies: bool) -> Generator[Trial]:
    found = run(connection, _EXTENSION, ("hypopg",))
    if found is not None:
        yield _Hypothetical(connection, found[0])
    if copies:
        with _undone(connection):
            run(
                connection,
                f"SET LOCAL statement_timeout = {_STATEMENT_MS}; SET LOCAL lock_timeout = {_LOCK_MS}",
            )
            yield _Copied(connection, tables)


@contextmanager
def _undone(connection: Connection) -> Iterator[None]:
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        if savepoint.is_active and not connection.invalidated:
            savepoint.rollback()


class _Hypothetical(Trial):
    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection, self._schema = connection, schema

    def place(self, table: sa.Table) -> str:
        return self._connection.dialect.identifier_preparer.format_table(table)

    def explain(self, sql: str, parameters: Any) -> list[dict[str, Any]]:
        with _undone(self._connection):
            return explain(self._connection, sql, parameters, analyze=False)

    @contextmanager
    def index(self, ddl: str) -> Iterator[Tried]:
        # What it makes is the connection's, not the transaction's: the next to use it must not find it.
        with _undone(self._connection):
            make = f"SELECT indexrelid, indexname FROM {self._schema}.hypopg_create_index(%s)"  # noqa: S608 - quoted
            made = run(self._connection, make, (ddl,))
        try:
            with _undone(self._connection):
                size = run(self._connection, f"SELECT {self._schema}.hypopg_relation_size(%s)", (made[0],))
            yield Tried(made[1], size[0])
        finally:
            if not self._connection.invalidated:
                run(self._connection, f"SELECT {self._schema}.hypopg_drop_index(%s)", (made[0],))


class _Copied(Trial):
    hypothetical = False

    def __init__(self, connection: Connection, tables: Sequence[sa.Table]) -> None:
        self._connection = connection
        self._places: dict[str, str] = {}
        for table in tables:
            self._copy(self._written(table))

    def place(self, table: sa.Table) -> str:
        return self._places[self._written(table)]

    def _written(self, table: sa.Table) -> str:
        return self._connection.dialect.identifier_preparer.format_table(table)

    def _copy(self, written: str) -> None:
        facts = run(self._connection, _FACTS, (written,))
        if facts is None:
            raise exc.NoSuchTableError(written)
        place, name, columns, rows = facts
        share = min(1.0, SAMPLE * _MARGIN / rows) if rows > 0 else 1.0
        drawn = f" TABLESAMPLE SYSTEM ({share * 100:f}) REPEATABLE (1)" if share < 1 else ""
        with_all = "INCLUDING GENERATED INCLUDING INDEXES INCLUDING STATISTICS"
        run(self._connection, f"CREATE TEMPORARY TABLE {name} (LIKE {place} {with_all})")
        copied = run(
            self._connection,
            f"WITH copied AS (INSERT INTO pg_temp.{name} ({columns}) SELECT {columns} FROM {place}{drawn}"  # noqa: S608
            f" LIMIT {SAMPLE} RETURNING 1) SELECT count(*) FROM copied",
        )[0]
        run(self._connection, f"ANALYZE pg_temp.{name}")
        self.share = min(self.share, copied / rows if rows > 0 else 1.0)
        self._places[written] = f"pg_temp.{name}"

    def explain(self, sql: str, parameters: Any) -> list[dict[str, Any]]:
        for written, place in self._places.items():
            if "." in written:
                sql = re.sub(rf"(?<![\w\".]){re.escape(written)}(?![\w\"])", place, sql)
        with _undone(self._connection):
            found = explain(self._connection, sql, parameters, analyze=False)
        # The search path may have the copies last: then this is a plan of the tables themselves.
        places = {str(node.get("Schema", "")).startswith("pg_temp") for node in _nodes(found[0]["Plan"])}
        return found if True in places else []

    @contextmanager
    def index(self, ddl: str) -> Iterator[Tried]:
        with _undone(self._connection):
            run(self._connection, ddl)
            size = run(self._connection, "SELECT pg_relation_size(%s::regclass)", (f"pg_temp.{NAME}",))[0]
            yield Tried(NAME, round(size / self.share))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans") or ():
        yield from _nodes(child)
