"""What is said over a connection besides a page's own statements: limits, savepoints, what moment it sees.

It goes through the driver's own cursor, so that it is not counted among the page's statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import generators, pq
from sqlalchemy import exc
from sqlalchemy.engine import Connection

# Which transactions are visible, and nothing where that does not tell what a table holds: from within a transaction that
# has written, for rows that lie elsewhere (foreign tables, shards) or depend on who asks, on systems that only speak alike.
# A standby leaves out those that are under way; it tells where there can be none.
_MOMENT = """
    SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL AND version() NOT LIKE '%%-YB-%%'
                 AND to_regclass('pg_catalog.pg_dist_partition') IS NULL
                 AND (NOT pg_is_in_recovery()
                      OR pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot()))
                 AND EXISTS (SELECT FROM pg_class c JOIN pg_am a ON a.oid = c.relam
                              WHERE c.oid = to_regclass(%s) AND c.relkind = 'r' AND a.amname = 'heap'
                                AND NOT c.relrowsecurity AND NOT c.relhassubclass)
                THEN pg_current_snapshot()::text END
"""

_MAY_USE = """
    SELECT COALESCE(bool_and(to_regclass(name) IS NOT NULL AND has_table_privilege(to_regclass(name)::oid, 'SELECT')
                             AND has_table_privilege(to_regclass(name)::oid, 'INSERT')
                             AND has_table_privilege(to_regclass(name)::oid, 'UPDATE')
                             AND has_table_privilege(to_regclass(name)::oid, 'DELETE')), false)
      FROM unnest(%s::text[]) AS name
"""


def begin(connection: Connection, commands: Sequence[str], first: str = "") -> Sequence[str | None]:
    """Begin a transaction with ``commands``. Raises what SQLAlchemy would.

    :param first: a question that is asked in a transaction before it, on the way, so that this one has seen nothing yet.
    :returns: the row that answers it; its columns are texts.
    """
    if _is_idle(connection):
        asked = [f"BEGIN; {first}; COMMIT"] if first else []
        return _sent(connection, "; ".join((*asked, "BEGIN", *commands)), first=bool(first))
    found: Sequence[str | None] = ()
    if first:
        found = run(connection, first)
        # What the host has set on the connection is part of the driver's own BEGIN.
        connection.connection.rollback()
    run(connection, "; ".join(commands))
    return found


def ask(connection: Connection, question: str) -> Sequence[str | None]:
    """The row that answers ``question``, of texts; outside of any transaction where there is none yet. Raises what
    SQLAlchemy would."""
    if _is_idle(connection):
        return _sent(connection, question)
    found: Sequence[str | None] = run(connection, question)
    return found


def _is_idle(connection: Connection) -> bool:
    """Whether a script of ours may go out as it is: the driver sends BEGIN by itself, in a round trip of its own, before
    the first command; unless one has begun. What the host has set on the connection is part of that BEGIN."""
    driver = connection.connection.driver_connection
    return (
        isinstance(driver, psycopg.Connection)
        and not driver.autocommit
        and (driver.isolation_level, driver.read_only, driver.deferrable) == (None, None, None)
        and driver.pgconn.transaction_status == pq.TransactionStatus.IDLE
    )


def _sent(connection: Connection, script: str, *, first: bool = False) -> Sequence[str | None]:
    """Send ``script`` in one round trip; the row that its last statement gave, or with ``first`` any of them."""
    driver: Any = connection.connection.driver_connection
    found: Sequence[str | None] = ()
    with _raising(connection, script):
        if first:
            driver.pgconn.send_query(script.encode())
            # As the driver itself waits, so that other threads go on: to ask for a result that has not come stops them all.
            results = driver.wait(generators.execute(driver.pgconn))
        else:
            results = [driver.pgconn.exec_(script.encode())]
        for result in results:
            if result.status not in {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK}:
                raise psycopg.errors.error_from_result(result, encoding=driver.info.encoding)
            if result.ntuples:
                row = [result.get_value(0, column) for column in range(result.nfields)]
                found = [None if value is None else value.decode() for value in row]
    return found


def run(connection: Connection, script: str, parameters: tuple[Any, ...] = ()) -> Any:
    """Send ``script``; several statements when there are no parameters. Returns the first row where there are rows.

    Raises what SQLAlchemy would.
    """
    with _raising(connection, script):
        cursor = connection.connection.cursor()
        try:
            cursor.execute(script, parameters or None)
            return cursor.fetchone() if cursor.description else None
        finally:
            cursor.close()


@contextmanager
def _raising(connection: Connection, script: str) -> Iterator[None]:
    proxied = connection.connection
    try:
        yield
    except Exception as error:
        dbapi = connection.dialect.dbapi
        if dbapi is not None and isinstance(error, dbapi.Error):
            lost = connection.dialect.is_disconnect(error, proxied, None)
            if lost:
                # As for any other statement: what broke this connection broke its elder sisters in the pool too.
                connection.engine.pool._invalidate(proxied, error)
                connection.invalidate(error)
            raise exc.DBAPIError.instance(
                script, None, error, dbapi.Error, connection_invalidated=lost, dialect=connection.dialect
            ) from error
        raise


def moment(connection: Connection, table: sa.Table) -> str | None:
    """The snapshot that the next statement would see ``table`` in; see ``Dialect.moment``."""
    if (connection.dialect.server_version_info or (0,)) < (13,):
        return None
    name = connection.dialect.identifier_preparer.format_table(table)
    found: str | None = run(connection, _MOMENT, (name,))[0]
    return found


def may_use(connection: Connection, tables: Sequence[str]) -> bool:
    """See ``Dialect.may_use``."""
    quoted = [connection.dialect.identifier_preparer.quote(name) for name in tables]
    return bool(run(connection, _MAY_USE, (quoted,))[0])
