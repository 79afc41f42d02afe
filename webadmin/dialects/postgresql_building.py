"""Indexes made by PostgreSQL while a table is in use, and what is left of one that could not be made."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from webadmin.dialects.building import Building, BuildStep
from webadmin.dialects.postgresql_session import run

_STATEMENT_MS, _LOCK_MS = 60 * 60 * 1000, 5 * 60 * 1000
"""For reading the table twice; for each transaction that began before it and has to end."""
# One that is being made by somebody else just now is not valid yet, and no leftover.
_LEFTOVER = """
    SELECT i.indexrelid::regclass::text
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = to_regclass(%s) AND c.relname = %s AND NOT i.indisvalid
       AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = i.indrelid)
"""
_PROGRESS = sa.text(
    """
    SELECT coalesce(c.relname, ''), p.phase,
           CASE WHEN p.blocks_total > 0 THEN p.blocks_done::float / p.blocks_total
                WHEN p.tuples_total > 0 THEN p.tuples_done::float / p.tuples_total END
      FROM pg_stat_progress_create_index p LEFT JOIN pg_class c ON c.oid = p.index_relid
     WHERE p.datname = current_database() ORDER BY 1
    """
)


class PostgreSQLBuilding(Building):
    makes_indexes = True

    def make_index(self, connection: Connection, name: str, table: str, ddl: str, *, shared: bool) -> None:
        if not shared:  # there settings would stay with a session that others get
            run(connection, f"SET statement_timeout = {_STATEMENT_MS}")
            run(connection, f"SET lock_timeout = {_LOCK_MS}")
        self._drop_leftover(connection, name, table)
        try:
            run(connection, ddl)
        except DBAPIError:
            if not connection.invalidated:
                self._drop_leftover(connection, name, table)
            raise

    def _drop_leftover(self, connection: Connection, name: str, table: str) -> None:
        found = run(connection, _LEFTOVER, (table, name))
        if found is not None:
            run(connection, f"DROP INDEX CONCURRENTLY IF EXISTS {found[0]}")

    def index_builds(self, connection: Connection) -> list[BuildStep]:
        return [BuildStep(*row) for row in connection.execute(_PROGRESS)]
