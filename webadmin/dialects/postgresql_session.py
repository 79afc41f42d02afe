"""What is said over a connection besides a page's own statements: limits, savepoints, what moment it sees.

It goes through the driver's own cursor, so that it is not counted among the page's statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection

# Which transactions are visible, and nothing where that does not tell what a table holds: from within a transaction that
# has written, for rows that lie elsewhere (foreign tables, shards) or depend on who asks, on systems that only speak alike.
_MOMENT = """
    SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL AND version() NOT LIKE '%%-YB-%%'
                 AND to_regclass('pg_catalog.pg_dist_partition') IS NULL
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


def run(connection: Connection, script: str, parameters: tuple[Any, ...] = ()) -> Any:
    """Send ``script``; several statements when there are no parameters. Returns the first row where there are rows.

    Raises what SQLAlchemy would.
    """
    proxied = connection.connection
    try:
        cursor = proxied.cursor()
        try:
            cursor.execute(script, parameters or None)
            return cursor.fetchone() if cursor.description else None
        finally:
            cursor.close()
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
