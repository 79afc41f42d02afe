"""Columns that most models want, for host applications to take: timestamps, soft delete, keys, versions, search.

Nothing here needs the rest of webadmin, and webadmin needs none of it: an admin recognises ``deleted_at``, a version
column or a search vector in any model. The mixins are plain declarative mixins for SQLAlchemy 2::

    class Order(BigIntKeyMixin, TimestampMixin, SoftDeleteMixin, Base):
        __tablename__ = "orders"
        number: Mapped[str]
        note: Mapped[str | None]
        search: Mapped[str | None] = search_column("number", "note")
        __table_args__ = (unique_live("uq_orders_number", "number"), gin_index("ix_orders_search", "search"))
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, MappedColumn, declared_attr, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

# Time -------------------------------------------------------------------------------------------------------------


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment: always with a zone in Python, also where the database keeps none (there it is kept as UTC).

    A value without a zone is taken as UTC.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo:
            return value
        return value.replace(tzinfo=UTC)


class server_now(FunctionElement[datetime]):  # noqa: N801 - reads as a function in statements
    """The server's time now, in the same form as :class:`UtcDateTime` stores, so that both compare as text too."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(server_now)
def _now(element: server_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "CURRENT_TIMESTAMP"


@compiles(server_now, "sqlite")
def _now_as_text(element: server_now, compiler: SQLCompiler, **kw: Any) -> str:
    # CURRENT_TIMESTAMP has no fraction there: it would sort before every stored value of the same second.
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


class TimestampMixin:
    """``created_at`` and ``updated_at``, both set by the server; ``updated_at`` anew with every UPDATE that
    goes through SQLAlchemy, bulk ones too."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=server_now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime(), server_default=server_now(), onupdate=server_now(), sort_order=91
    )


# Soft delete ------------------------------------------------------------------------------------------------------


class SoftDeleteMixin:
    """``deleted_at``: when the row was deleted, null while it lives."""

    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), sort_order=92)


def live_index(
    name: str, *columns: Any, unique: bool = False, deleted: str = "deleted_at", **options: Any
) -> sa.Index:
    """An index over the live rows alone, for ``__table_args__``: lists that hide deleted rows read nothing else.

    :param name: the index's name.
    :param columns: names of columns, or expressions such as ``sa.text("lower(email)")``.
    :param deleted: the column that is null in live rows.
    :param options: anything else that :class:`sqlalchemy.Index` takes.
    """
    live = sa.column(deleted).is_(None)
    return sa.Index(name, *columns, unique=unique, postgresql_where=live, sqlite_where=live, **options)


def unique_live(name: str, *columns: Any, deleted: str = "deleted_at", **options: Any) -> sa.Index:
    """A unique rule for the live rows alone: a deleted row gives its value free. Parameters as in
    :func:`live_index`."""
    return live_index(name, *columns, unique=True, deleted=deleted, **options)


# Keys -------------------------------------------------------------------------------------------------------------


class _Clock:
    """The last time and counter given out, so that keys made by one process never go back."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.milliseconds = -1
        self.counter = 0

    def tick(self) -> tuple[int, int]:
        with self.lock:
            now = time.time_ns() // 1_000_000
            if now > self.milliseconds:
                # The top bit starts at 0, so that a busy millisecond has 2^41 steps before it overflows.
                self.milliseconds, self.counter = now, int.from_bytes(os.urandom(6)) & 0x1FF_FFFF_FFFF
            else:
                self.counter += 1
                if self.counter > 0x3FF_FFFF_FFFF:
                    self.milliseconds += 1
                    self.counter = int.from_bytes(os.urandom(6)) & 0x1FF_FFFF_FFFF
            return self.milliseconds, self.counter


_clock = _Clock()


def uuid7() -> UUID:
    """A new UUID of version 7 (RFC 9562): it begins with the time in milliseconds, so that new rows go to the end of
    an index. Keys made in one process always grow (a 42-bit counter, the RFC's method 1), whatever the clock does;
    the last 32 bits are random."""
    milliseconds, counter = _clock.tick()
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (counter >> 30) << 64
    value |= 0b10 << 62 | (counter & 0x3FFF_FFFF) << 32
    return UUID(int=value | int.from_bytes(os.urandom(4)))


class UUIDKeyMixin:
    """``id``: a UUID of version 7, made by this program, so that it is known before the row is written."""

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True, default=uuid7, sort_order=-10)


# SQLite counts INTEGER keys alone.
COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""The type of a 64-bit key that the database counts."""


class BigIntKeyMixin:
    """``id``: a 64-bit integer counted by the database (``GENERATED BY DEFAULT AS IDENTITY`` where there is such)."""

    id: Mapped[int] = mapped_column(COUNTED, sa.Identity(), primary_key=True, sort_order=-10)


# Versions ---------------------------------------------------------------------------------------------------------


class VersionMixin:
    """``version``: counted up by the mapper with each UPDATE; an UPDATE of a row that has changed meanwhile raises
    :class:`sqlalchemy.orm.exc.StaleDataError`.

    A model with its own ``__mapper_args__`` repeats ``"version_id_col"`` in them.
    """

    version: Mapped[int] = mapped_column(sa.Integer(), server_default="1", sort_order=93)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


# Search -----------------------------------------------------------------------------------------------------------


class _SearchDocument(FunctionElement[str]):
    """What a search column is computed from: a text search vector, or the texts themselves in lower case."""

    name = "search_document"
    inherit_cache = False

    def __init__(self, parts: tuple[str | sa.TextClause, ...], config: str) -> None:
        super().__init__()
        self.parts, self.config = parts, config

    def texts(self, compiler: SQLCompiler) -> list[str]:
        quote = compiler.preparer.quote
        return [f"coalesce({quote(part) if isinstance(part, str) else part.text}, '')" for part in self.parts]


@compiles(_SearchDocument)
def _vector(element: _SearchDocument, compiler: SQLCompiler, **kw: Any) -> str:
    config = compiler.render_literal_value(element.config, sa.String())
    vectors = [f"to_tsvector({config}::regconfig, {text})" for text in element.texts(compiler)]
    if len(vectors) == 1:
        return vectors[0]
    return " || ".join(f"setweight({vector}, '{'ABCD'[min(at, 3)]}')" for at, vector in enumerate(vectors))


@compiles(_SearchDocument, "sqlite")
def _plain(element: _SearchDocument, compiler: SQLCompiler, **kw: Any) -> str:
    return "lower(" + " || ' ' || ".join(element.texts(compiler)) + ")"


def search_column(*columns: str | sa.TextClause, config: str = "simple") -> MappedColumn[Any]:
    """A stored generated column to search in: a text search vector, plain text in SQLite. Loaded only when asked for.

    :param columns: names of the table's own text columns, the weightiest first (weights A, B, C, then D); or SQL of
        them, ``sa.text("replace(number, '-', ' ')")``.
    :param config: the text search configuration, ``english`` say; ``simple`` leaves words as they are.
    """
    if not columns:
        raise ValueError("search_column() needs the name of at least one column")
    return mapped_column(
        TSVECTOR().with_variant(sa.Text(), "sqlite"),
        sa.Computed(_SearchDocument(columns, config), persisted=True),
        deferred=True,
        sort_order=99,
    )


def gin_index(name: str, *columns: Any, **options: Any) -> sa.Index:
    """A GIN index, for search vectors, arrays and JSON; left out where the database has none.

    :param options: anything else that :class:`sqlalchemy.Index` takes, such as ``postgresql_ops``.
    """
    return sa.Index(name, *columns, postgresql_using="gin", **options).ddl_if(dialect="postgresql")


class _Fts5Index(sa.schema.SchemaItem):
    """What :func:`fts5_index` adds to a table."""

    def __init__(self, name: str, columns: tuple[str, ...]) -> None:
        self.name, self.columns = name, columns

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        sa.event.listen(parent, "after_create", self._create)
        sa.event.listen(parent, "before_drop", self._drop)

    def _create(self, table: sa.Table, connection: sa.Connection, **kw: Any) -> None:
        if connection.dialect.name != "sqlite":
            return
        quote = connection.dialect.identifier_preparer.quote_identifier
        name, owner, columns = quote(self.name), quote(table.name), [quote(column) for column in self.columns]
        key = _row_number(table)
        numbered = [f"content={owner}", *([f"content_rowid={quote(key)}"] if key != "rowid" else [])]
        row = quote(key) if key != "rowid" else key
        fields = ", ".join(columns)
        new, old = (", ".join(f"{side}.{part}" for part in (row, *columns)) for side in ("new", "old"))
        put = f"INSERT INTO {name} (rowid, {fields}) VALUES ({new});"  # noqa: S608 - quoted
        take = f"INSERT INTO {name} ({name}, rowid, {fields}) VALUES ('delete', {old});"  # noqa: S608 - quoted
        for sql in (
            f"CREATE VIRTUAL TABLE {name} USING fts5({', '.join([*columns, *numbered])})",
            f"CREATE TRIGGER {quote(self.name + '_insert')} AFTER INSERT ON {owner} BEGIN {put} END",
            f"CREATE TRIGGER {quote(self.name + '_delete')} AFTER DELETE ON {owner} BEGIN {take} END",
            f"CREATE TRIGGER {quote(self.name + '_update')} AFTER UPDATE OF {fields} ON {owner} BEGIN {take} {put} END",
        ):
            connection.exec_driver_sql(sql)

    def _drop(self, table: sa.Table, connection: sa.Connection, **kw: Any) -> None:
        if connection.dialect.name == "sqlite":
            quote = connection.dialect.identifier_preparer.quote_identifier
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quote(self.name)}")


def _row_number(table: sa.Table) -> str:
    """The column that is the row's number: the key, if it is one integer; else the hidden one."""
    key = list(table.primary_key.columns)
    counted = len(key) == 1 and key[0].type.compile(sqlite.dialect()) == "INTEGER"
    return key[0].name if counted else "rowid"


def fts5_index(name: str, *columns: str) -> Any:
    """A table of words over text columns in SQLite, kept by triggers; nothing on other databases. It goes into
    ``__table_args__``, and an admin searches in it by itself.

    :param name: of the table of words.
    :param columns: names of the table's own text columns.
    """
    if not columns:
        raise ValueError("fts5_index() needs the name of at least one column")
    return _Fts5Index(name, columns)
