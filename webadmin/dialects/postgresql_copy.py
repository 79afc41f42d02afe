"""CSV by ``COPY … TO STDOUT``: several times as fast as rows that pass through Python, and in no memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.copying import Copying, Writing
from webadmin.dialects.postgresql_session import run
from webadmin.dialects.raw import captured

_COMPUTED = "^'*[=+@\t\r-]"
_PIECE = 64 * 1024


class PostgreSQLCopying(Copying):
    def copies(self, connection: Connection) -> bool:
        return isinstance(connection.connection.driver_connection, psycopg.Connection)

    def copied(self, value: sa.ColumnElement[Any], writing: Writing) -> sa.ColumnElement[Any]:
        if writing == "truth":
            return sa.cast(value, sa.Text)
        if writing == "json":
            return sa.cast(sa.func.to_jsonb(value), sa.Text)
        if writing == "text":
            # The first character alone decides for nearly all texts; a pattern for each would take as long as the rest.
            first = sa.func.left(value, 1)
            begins = sa.and_(first.in_(["=", "+", "-", "@", "\t", "\r", "'"]), value.regexp_match(_COMPUTED))
            return sa.case((begins, sa.literal("'", sa.Text).concat(value)), else_=value)
        return value

    def copy_csv(
        self, connection: Connection, stmt: sa.Select[Any], delimiter: str, time_zone: str
    ) -> Iterator[bytes]:
        sql, parameters = captured(connection, stmt)
        raw: Any = connection.connection.driver_connection
        zone, mark = time_zone.replace("'", "''"), delimiter.replace("'", "''")
        run(connection, f"SET LOCAL timezone = '{zone}'; SET LOCAL datestyle = 'ISO'")
        command = f"COPY ({sql}) TO STDOUT (FORMAT csv, DELIMITER '{mark}', ENCODING 'UTF8')"
        with raw.cursor() as cursor, cursor.copy(command, parameters) as copy:
            pieces: list[bytes] = []
            size = 0
            for row in copy:
                pieces.append(bytes(row))
                size += len(row)
                if size >= _PIECE:
                    yield b"".join(pieces)
                    pieces, size = [], 0
            yield b"".join(pieces)
