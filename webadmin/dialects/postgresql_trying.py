"""Indexes tried in PostgreSQL: as hypothetical ones of the extension HypoPG, built on a small table and rolled back, or on a
copy of some rows.

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

from webadmin.dialects.postgresql_building import PostgreSQLBuilding
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
                ELSE c.reltuples END,
           c.relallvisible::float / greatest(c.relpages, 1)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = to_regclass(%s) AND c.relkind IN ('r', 'p')
"""
_SIZE = """
    SELECT coalesce(pg_table_size(c.oid) + (SELECT coalesce(sum(pg_table_size(part.relid)), 0)
                                              FROM pg_partition_tree(c.oid) part WHERE part.relid <> c.oid), 0)::bigint
      FROM (SELECT to_regclass(%s)::oid AS oid) c
"""
_USABLE = (
    "SELECT NOT indcheckxmin, pg_relation_size(indexrelid) FROM pg_index WHERE indexrelid = to_regclass(%s)"
)
_SMALL = 32 * 1024 * 1024
"""Bytes of a table up to which an index is built on it for a trial: writers wait for a fraction of a second."""
_BUILDING_MS, _COPYING_MS = 500, 5_000
_WAITING_MS = 100
"""For a lock: whoever waits for one keeps all others waiting who come later."""
_VISIBLE = """
    SELECT pg_restore_relation_stats('schemaname', n.nspname::text, 'relname', c.relname::text,
                                     'relallvisible', floor(c.relpages * %s)::integer)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(%s)
"""


class PostgreSQLTrying(PostgreSQLBuilding, Trying):
    supports_include = True
    tries_by_building = True
    drop_index = "DROP INDEX CONCURRENTLY IF EXISTS"
    pattern_operators = "gin_trgm_ops"

    def pattern_indexes(self, connection: Connection) -> bool:
        return run(connection, _EXTENSION, ("pg_trgm",)) is not None

    @contextmanager
    def trials(
        self, connection: Connection, tables: Sequence[sa.Table], *, building: bool
    ) -> Iterator[Iterator[Trial]]:
        found = _trials(connection, tables, building=building)
        try:
            yield found
        finally:
            found.close()


def _trials(connection: Connection, tables: Sequence[sa.Table], *, building: bool) -> Generator[Trial]:
    found = run(connection, _EXTENSION, ("hypopg",))
    if found is not None:
        yield _Hypothetical(connection, found[0])
    if not building:
        return
    written = [connection.dialect.identifier_preparer.format_table(table) for table in tables]
    if all(run(connection, _SIZE, (name,))[0] <= _SMALL for name in written):
        with _undone(connection), _limited(connection, _BUILDING_MS, _WAITING_MS):
            yield _Built(connection)
    with _undone(connection), _limited(connection, _COPYING_MS, _WAITING_MS):
        yield _Copied(connection, written)


@contextmanager
def _limited(connection: Connection, statement_ms: int, lock_ms: int) -> Iterator[None]:
    """Until the savepoint around it is rolled back."""
    run(connection, f"SET LOCAL statement_timeout = {statement_ms}; SET LOCAL lock_timeout = {lock_ms}")
    yield


@contextmanager
def _undone(connection: Connection) -> Iterator[None]:
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        if savepoint.is_active and not connection.invalidated:
            savepoint.rollback()


class _OfTheTable(Trial):
    """With the statistics of the table itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place(self, table: sa.Table) -> str:
        return self._connection.dialect.identifier_preparer.format_table(table)

    def explain(self, sql: str, parameters: Any) -> list[dict[str, Any]]:
        with _undone(self._connection):
            return explain(self._connection, sql, parameters, analyze=False)


class _Hypothetical(_OfTheTable):
    def __init__(self, connection: Connection, schema: str) -> None:
        super().__init__(connection)
        self._schema = schema

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


class _Built(_OfTheTable):
    kind = "built"

    @contextmanager
    def index(self, ddl: str) -> Iterator[Tried]:
        with _undone(self._connection):
            run(self._connection, ddl)
            usable, size = run(self._connection, _USABLE, (NAME,)) or (False, 0)
            if not usable:  # for whoever still sees rows as they were before some changes
                raise exc.InvalidRequestError("this transaction may not read the index that it built")
            yield Tried(NAME, size)


class _Copied(Trial):
    kind = "copy"

    def __init__(self, connection: Connection, tables: Sequence[str]) -> None:
        self._connection = connection
        self._places: dict[str, str] = {}
        self._visible: dict[str, float] = {}
        for written in tables:
            self._copy(written)

    def place(self, table: sa.Table) -> str:
        return self._places[self._connection.dialect.identifier_preparer.format_table(table)]

    def _copy(self, written: str) -> None:
        facts = run(self._connection, _FACTS, (written,))
        if facts is None:
            raise exc.NoSuchTableError(written)
        place, name, columns, rows, visible = facts
        share = min(1.0, SAMPLE / rows) if rows > 0 else 1.0
        drawn = f" TABLESAMPLE SYSTEM ({share * 100:f}) REPEATABLE (1)" if share < 1 else ""
        with_all = "INCLUDING GENERATED INCLUDING INDEXES INCLUDING STATISTICS"
        run(self._connection, f"CREATE TEMPORARY TABLE {name} (LIKE {place} {with_all})")
        copied = run(
            self._connection,
            f"WITH copied AS (INSERT INTO pg_temp.{name} ({columns}) SELECT {columns} FROM {place}{drawn}"  # noqa: S608
            f" LIMIT {2 * SAMPLE} RETURNING 1) SELECT count(*) FROM copied",
        )[0]
        run(self._connection, f"ANALYZE pg_temp.{name}")
        self._visible[f"pg_temp.{name}"] = visible
        self._let_see()
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
            self._let_see()  # which the building has counted anew
            size = run(self._connection, "SELECT pg_relation_size(%s::regclass)", (f"pg_temp.{NAME}",))[0]
            yield Tried(NAME, round(size / self.share))

    def _let_see(self) -> None:
        """Rows that were just written are not known to be visible to all, so that no index alone would do: say that as many
        are as in the table."""
        if (self._connection.dialect.server_version_info or (0,)) >= (18,):
            for place, share in self._visible.items():
                run(self._connection, _VISIBLE, (share, place))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans") or ():
        yield from _nodes(child)
