"""SQLite through the standard library's driver."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import SingletonThreadPool, StaticPool

from webadmin.dialects import sqlite_catalog
from webadmin.dialects.base import Dialect
from webadmin.dialects.catalog import Listing, Relation, TableFacts
from webadmin.dialects.failure import Failure
from webadmin.dialects.indexes import TableStatistics
from webadmin.dialects.sqlite_explain import explain
from webadmin.dialects.sqlite_foreign_keys import SQLiteForeignKeys
from webadmin.dialects.sqlite_groups import SQLiteGrouping
from webadmin.dialects.sqlite_indexes import statistics
from webadmin.dialects.sqlite_overview import SQLiteOverview
from webadmin.dialects.sqlite_records import SQLiteRecording
from webadmin.dialects.sqlite_search import SQLiteSearching
from webadmin.dialects.sqlite_staging import SQLiteStaging
from webadmin.dialects.sqlite_trying import SQLiteTrying
from webadmin.dialects.timeouts import Timeouts
from webadmin.dialects.watcher import Watcher

_STEPS_BETWEEN_CHECKS = 20_000
"""Virtual machine steps between two looks at the clock: well under a millisecond."""

_DEADLINE = "webadmin_deadline"
_BEFORE = "webadmin_before"
"""What the connection's settings were: it may be shared with the host's own code."""
_BEGUN = "webadmin_begun"

_KINDS = (
    (re.compile(r"^UNIQUE constraint failed: index '(?P<constraint>.+)'$"), "unique"),
    (re.compile(r"^UNIQUE constraint failed: (?P<columns>.+)$"), "unique"),
    (re.compile(r"^FOREIGN KEY constraint failed"), "foreign_key"),
    (re.compile(r"^NOT NULL constraint failed: (?P<columns>.+)$"), "not_null"),
    (re.compile(r"^CHECK constraint failed: (?P<constraint>.+)$"), "check"),
    (re.compile(r"^interrupted$"), "statement_timeout"),
    (re.compile(r"^database (table )?is locked|^database schema is locked"), "lock_timeout"),
    (re.compile(r"^attempt to write a readonly database"), "read_only"),
    (re.compile(r"^database or disk is full"), "disk_full"),
    (re.compile(r"^no such (table|column)"), "missing_object"),
    (re.compile(r"^cannot store .+ value in .+ column (?P<columns>.+)$"), "invalid_value"),
    (re.compile(r"^integer overflow"), "out_of_range"),
    (re.compile(r"^datatype mismatch|string or blob too big"), "invalid_value"),
    (re.compile(r"^unable to open database file|^disk I/O error"), "connection_lost"),
)


class SQLite(
    SQLiteSearching,
    SQLiteGrouping,
    SQLiteRecording,
    SQLiteForeignKeys,
    SQLiteOverview,
    SQLiteStaging,
    SQLiteTrying,
    Dialect,
):
    title = "SQLite"
    integers_are_wide = True
    names_shared_values = False

    def begin(self, connection: Connection, *, read_only: bool, timeouts: Timeouts) -> None:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return
        deadline = time.monotonic() + timeouts.statement_ms / 1000
        connection.info[_DEADLINE] = deadline
        connection.info.pop(_BEGUN, None)
        self._stop_at(raw, deadline)
        if raw.in_transaction:
            return
        connection.info[_BEGUN] = time.monotonic()
        try:
            connection.info[_BEFORE] = {
                name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("busy_timeout", "foreign_keys")
            }
            raw.execute(f"PRAGMA busy_timeout = {int(timeouts.lock_ms)}")
            raw.execute("PRAGMA foreign_keys = ON")
            raw.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
            # A transaction that will write takes its lock at once: two that read first and write later
            # would otherwise block each other for good. A host that begins by itself (SQLAlchemy's recipe for
            # savepoints: no isolation level, a listener that says BEGIN) is left to it.
            if not (raw.isolation_level is None and connection.dispatch.begin):
                raw.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise exc.DBAPIError.instance(
                "BEGIN", None, error, sqlite3.Error, dialect=connection.dialect
            ) from error

    def finish(self, connection: Connection) -> None:
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.set_progress_handler(None, 0)
            connection.info.pop(_DEADLINE, None)
            connection.info.pop(_BEGUN, None)
            if raw.in_transaction:
                raw.rollback()  # begun here and never used, so nobody else knows of it
            raw.execute("PRAGMA query_only = OFF")
            for name, value in connection.info.pop(_BEFORE, {}).items():
                raw.execute(f"PRAGMA {name} = {value}")

    @staticmethod
    def _stop_at(raw: sqlite3.Connection, deadline: float) -> None:
        raw.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_CHECKS)

    @contextmanager
    def limited(self, connection: Connection, milliseconds: int) -> Iterator[None]:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            yield
            return
        last = connection.info.get(_DEADLINE)
        soon = time.monotonic() + milliseconds / 1000
        self._stop_at(raw, soon if last is None else min(soon, last))
        try:
            yield  # a SELECT that is stopped leaves the transaction as it was
        finally:
            if last is None:
                raw.set_progress_handler(None, 0)
            else:
                self._stop_at(raw, last)

    def cancel(self, connection: Connection) -> None:
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.interrupt()

    def may_use(self, connection: Connection, tables: Sequence[str]) -> bool:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return super().may_use(connection, tables)
        asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
        try:
            found = raw.execute(asked).fetchall()
        except sqlite3.Error as error:
            raise exc.DBAPIError.instance(
                asked, None, error, sqlite3.Error, dialect=connection.dialect
            ) from error
        return {name for (name,) in found}.issuperset(tables)

    def statistics(self, connection: Connection, table: sa.Table) -> TableStatistics:
        return statistics(connection, table)

    def begun(self, connection: Connection) -> float | None:
        begun = connection.info.get(_BEGUN)
        return begun if isinstance(begun, float) else None

    def watcher(self, engine: Engine) -> Watcher | None:
        if isinstance(engine.pool, StaticPool | SingletonThreadPool):
            return None  # a database in memory has no second connection
        return Watcher(engine, _data_version)

    def integer_bytes(self, type_: sa.types.TypeEngine[Any]) -> int:
        return 8

    def failure(self, error: BaseException) -> Failure:
        original = getattr(error, "orig", None) or error
        message = str(original)
        for pattern, kind in _KINDS:
            if found := pattern.search(message):
                groups = found.groupdict()
                names = [part.strip() for part in (groups.get("columns") or "").split(",") if part.strip()]
                table = names[0].rpartition(".")[0] if names else None
                columns = tuple(name.rpartition(".")[2] for name in names if not name.startswith("index "))
                constraint = groups.get("constraint")
                return Failure(kind, table=table or None, columns=columns, constraint=constraint)
        if isinstance(original, OverflowError):
            return Failure("out_of_range")
        if isinstance(original, sqlite3.InterfaceError | sqlite3.ProgrammingError) and "bind" in message:
            return Failure("invalid_value")
        return super().failure(error)

    def version(self, connection: Connection) -> str:
        return f"{self.title} {sqlite3.sqlite_version}"

    def array_contains(self, column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
        member = sa.func.json_each(column).table_valued("value")
        return sa.and_(
            *(sa.exists(sa.select(1).select_from(member).where(member.c.value == value)) for value in values)
        )

    def array_empty(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.func.json_array_length(column) == 0

    def explain(
        self, connection: Connection, sql: str, parameters: Any, *, analyze: bool
    ) -> list[dict[str, Any]]:
        return explain(connection, sql, parameters)

    def list_relations(self, connection: Connection, schemas: Sequence[str]) -> Listing:
        return sqlite_catalog.list_relations(connection, schemas)

    def read_facts(
        self, connection: Connection, relations: Sequence[Relation]
    ) -> dict[tuple[str | None, str], TableFacts]:
        return sqlite_catalog.read_facts(connection, relations)

    def obstacle(self, url: URL, error: BaseException | None = None) -> str | None:
        return super().obstacle(url, error) if error else sqlite_catalog.missing_file(url)


def _data_version(raw: sqlite3.Connection) -> int:
    raw.execute("PRAGMA busy_timeout = 0")
    return int(raw.execute("PRAGMA data_version").fetchone()[0])
