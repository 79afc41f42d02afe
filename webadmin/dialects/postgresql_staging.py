"""Rows come in by ``COPY … FROM STDIN``: ten times as fast as INSERT, and the server says which line it does not take."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg.adapt import PyFormat, Transformer
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Connection

from webadmin.dialects.postgresql_session import run
from webadmin.dialects.records import Expression
from webadmin.dialects.staging import NotTaken, Staging
from webadmin.mixins import UtcDateTime

_LINE = re.compile(r"^COPY \w+, line (\d+)(?:, column (\w+))?", re.MULTILINE)
_SPECIAL = re.compile(r"[\\\n\r\t]")
_ESCAPED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NULL = "\\N"
_COUNTED = sa.text(
    """
    SELECT setval(sequence, CAST(:most AS bigint)) FROM (
        SELECT coalesce(
            CAST(pg_get_serial_sequence(:table, :column) AS regclass),
            (SELECT CAST(c.oid AS regclass)
               FROM pg_attribute a
               JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
               JOIN pg_depend d ON d.classid = CAST('pg_attrdef' AS regclass) AND d.objid = f.oid
               JOIN pg_class c ON d.refclassid = CAST('pg_class' AS regclass) AND c.oid = d.refobjid AND c.relkind = 'S'
              WHERE a.attrelid = CAST(:table AS regclass) AND a.attname = :column
              LIMIT 1)) AS sequence) AS counted
     WHERE sequence IS NOT NULL AND CAST(:most AS bigint) > coalesce(pg_sequence_last_value(sequence), 0)
    """
)
_DOMAINS = sa.text(
    """
    WITH RECURSIVE kinds AS (
        SELECT attname, atttypid AS kind FROM pg_attribute
         WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT k.attname, t.typbasetype FROM kinds k JOIN pg_type t ON t.oid = k.kind AND t.typtype = 'd')
    SELECT k.attname, pg_get_expr(c.conbin, 0) FROM kinds k JOIN pg_constraint c ON c.contypid = k.kind AND c.contype = 'c'
     WHERE k.kind <> 0 ORDER BY 1, c.conname
    """
)
_QUOTED = re.compile(r"('(?:[^']|'')*')")
_Text = Callable[[Any], str]


class PostgreSQLStaging(Staging):
    supports_sending = True
    staged_until = " ON COMMIT DROP"

    def staged_type(self, connection: Connection, type_: Any) -> str:
        return _type(type_, connection.dialect)

    def reads_texts(self, connection: Connection, type_: Any) -> bool:
        if isinstance(type_, sa.Uuid):
            return type_.native_uuid
        if isinstance(type_, sa.DateTime):
            return type_.timezone
        numbers = isinstance(type_, sa.Integer | sa.Numeric)
        if numbers and type_._cached_bind_processor(connection.dialect) is None:
            return True
        return isinstance(type_, UtcDateTime)

    def drop_staged(self, connection: Connection, tables: Sequence[sa.TableClause]) -> None:
        names = ", ".join(f"pg_temp.{table.name}" for table in tables)
        run(connection, f"SET LOCAL client_min_messages = warning; DROP TABLE IF EXISTS {names}")

    def pack_staged(
        self, connection: Connection, table: sa.TableClause, columns: Sequence[Sequence[Any]]
    ) -> Callable[[], None]:
        raw: Any = connection.connection.driver_connection
        if not isinstance(raw, psycopg.Connection) or any(c.type._has_bind_expression for c in table.columns):
            return super().pack_staged(connection, table, columns)
        if not columns[0]:
            return lambda: None
        texts = _Texts(connection, raw)
        columns = [
            texts.column(column.type, values) for column, values in zip(table.columns, columns, strict=True)
        ]
        data = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
        return partial(self._copy, connection, table.name, data.encode())

    def _copy(self, connection: Connection, table: str, data: bytes) -> None:
        raw: Any = connection.connection.driver_connection
        run(connection, "SAVEPOINT webadmin_staged")
        try:
            with raw.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(data)
        except psycopg.Error as error:
            lost: Any = error
            if connection.dialect.is_disconnect(lost, connection.connection, None):
                connection.invalidate(error)
                raise exc.DBAPIError.instance(
                    "COPY",
                    None,
                    error,
                    psycopg.Error,
                    connection_invalidated=True,
                    dialect=connection.dialect,
                ) from error
            run(connection, "ROLLBACK TO SAVEPOINT webadmin_staged")
            wrapped = exc.DBAPIError.instance("COPY", None, error, psycopg.Error, dialect=connection.dialect)
            place = _LINE.search(error.diag.context or "")
            if place is None or not isinstance(error, psycopg.DataError | psycopg.IntegrityError):
                raise wrapped from error
            raise NotTaken(int(place[1]) - 1, place[2] or "", wrapped) from error
        run(connection, "RELEASE SAVEPOINT webadmin_staged")

    def staged_ready(self, connection: Connection, table: sa.TableClause) -> None:
        run(connection, f"ANALYZE {table.name}")

    def digest(self, connection: Connection, values: Sequence[Expression]) -> Expression:
        parts = [sa.func.coalesce(sa.cast(value, sa.Text), "\x01") + "\x02" for value in values]
        while len(parts) > 1:  # a function takes a hundred arguments
            parts = [sa.func.concat(*parts[start : start + 50]) for start in range(0, len(parts), 50)]
        text = parts[0]
        return sa.func.hashtextextended(text, 0, type_=sa.BigInteger())

    def comparable_json(self, value: Expression) -> Expression:
        nothing = sa.cast(sa.literal("null", sa.Text), pg.JSONB)
        return sa.func.coalesce(sa.func.to_jsonb(value, type_=pg.JSONB()), nothing, type_=pg.JSONB())

    def column_rules(self, connection: Connection, table: sa.Table) -> list[str]:
        told = connection.execute(_DOMAINS, {"table": _name(connection, table)})
        return [_of_column(rule, _quoted(column)) for column, rule in told]

    def hold(self, connection: Connection, name: str) -> None:
        run(connection, "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))

    def count_on(self, connection: Connection, column: sa.Column[Any]) -> None:
        table = column.table
        most = connection.scalar(sa.select(sa.func.max(column)))
        if isinstance(most, int) and most > 0:
            given = {"table": _name(connection, table), "column": column.name, "most": most}
            connection.execute(_COUNTED, given)

    def index_condition(self, index: sa.Index) -> sa.ColumnElement[bool] | None:
        found: sa.ColumnElement[bool] | None = index.dialect_options["postgresql"]["where"]
        return found

    def record_of(
        self, columns: Mapping[str, Expression], kept: Mapping[str, sa.ColumnElement[bool]]
    ) -> Expression:
        whole = self.record_row(columns)  # type: ignore[attr-defined]
        if not kept:
            return whole  # type: ignore[no-any-return]
        names: Any = pg.array(
            [sa.case((keep, sa.null()), else_=sa.literal(name, sa.Text)) for name, keep in kept.items()],
            type_=sa.Text,
        )
        plain = sa.type_coerce(whole, pg.JSONB()).op("-", return_type=pg.JSONB())(
            sa.func.array_remove(names, sa.null())
        )
        return sa.type_coerce(plain, whole.type)


def _name(connection: Connection, table: sa.Table) -> str:
    """What the database calls ``table``."""
    schemas = connection.get_execution_options().get("schema_translate_map") or {}
    schema = schemas.get(table.schema, table.schema)
    return ".".join(_quoted(part) for part in (schema, table.name) if part)


def _quoted(name: str) -> str:
    """A name as the server reads it; what SQLAlchemy makes of it is for a driver that takes percent signs away."""
    return '"' + name.replace('"', '""') + '"'


def _of_column(rule: str, column: str) -> str:
    """The rule of a domain, of a column that has it."""
    parts = _QUOTED.split(rule)
    return "".join(
        part if place % 2 else re.sub(r"\bVALUE\b", column, part) for place, part in enumerate(parts)
    )


def _type(type_: Any, dialect: Any) -> str:
    if isinstance(type_, sa.CHAR):
        return "bpchar"  # blanks at its end are none, as in the table
    inner = type_.dialect_impl(dialect)
    if isinstance(inner, sa.TypeDecorator):
        return _type(inner.impl_instance, dialect)
    if type(inner).__visit_name__ == "DOMAIN":
        return _type(inner.data_type, dialect)
    if isinstance(inner, sa.Enum) and not inner.native_enum:
        return "text"
    if isinstance(inner, sa.String) and not isinstance(inner, sa.Enum | pg.CITEXT):
        return "text"
    return str(inner.compile(dialect=dialect))


_STAGED_AS_TEXTS = (sa.Uuid, sa.DateTime, UtcDateTime)
"""Types of which the program has no values that are texts."""


class _Texts:
    """Makes the texts of COPY out of Python values, a column at a time."""

    def __init__(self, connection: Connection, raw: psycopg.Connection[Any]) -> None:
        self.dialect = connection.dialect
        self._adapt = Transformer.from_context(raw)

    def column(self, type_: Any, values: Sequence[Any]) -> list[str]:
        process = type_._cached_bind_processor(self.dialect)
        kinds = set(map(type, values))
        if kinds <= {str, type(None)} and (process is None or isinstance(type_, _STAGED_AS_TEXTS)):
            return _escaped(values)
        # Equal values are often one object: what a file says again and again was read once.
        ids = list(map(id, values))
        known = dict(zip(ids, values, strict=True))
        if len(known) <= len(values) // 2:
            texts = dict(zip(known, self._texts(process, list(known.values())), strict=True))
            return [texts[id] for id in ids]
        return self._texts(process, values)

    def _texts(self, process: Any, values: Sequence[Any]) -> list[str]:
        if process is not None:
            values = [None if value is None else process(value) for value in values]
        kinds = set(map(type, values))
        empty = type(None) in kinds
        kinds.discard(type(None))
        one = _WRITERS.get(next(iter(kinds))) if len(kinds) == 1 else None
        if one is None:
            return [_NULL if value is None else self._any(value) for value in values]
        if one is _text:
            return _escaped(values)
        if not empty:
            return list(map(one, values))
        return [_NULL if value is None else one(value) for value in values]

    def _any(self, value: Any) -> str:
        writer = _WRITERS.get(type(value))
        if writer is not None:
            return writer(value)
        data = self._adapt.get_dumper(value, PyFormat.TEXT).dump(value)
        return _NULL if data is None else _text(bytes(data).decode())


def _escaped(values: Sequence[str | None]) -> list[str]:
    """Texts as COPY reads them."""
    joined = "".join(filter(None, values))
    # Four searches for one character are much faster than one for any of the four.
    if any(mark in joined for mark in _ESCAPED):
        return [_NULL if value is None else _text(value) for value in values]
    return [_NULL if value is None else value for value in values]


def _text(value: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], value)


def _span(value: dt.timedelta) -> str:
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"


_WRITERS: dict[type, _Text] = {
    str: _text,
    bool: lambda value: "t" if value else "f",
    int: str,
    float: repr,
    Decimal: str,
    dt.date: dt.date.isoformat,
    dt.datetime: dt.datetime.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _span,
    UUID: str,
    bytes: lambda value: "\\\\x" + value.hex(),
}
