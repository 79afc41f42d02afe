"""Rows as they stand in the database just now, each as the record that the database makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from webadmin.changes.record.columns import Recorded
from webadmin.database.keys import Key, among
from webadmin.dialects import Dialect
from webadmin.options.context import Context

_CHUNK = 500
_TOGETHER = 12
"""So many rows of several tables are read in one statement."""


@dataclass(slots=True)
class Seen:
    """A row: its values as JSON text by column."""

    row_key: str
    record: str
    """As the database wrote it."""

    @property
    def values(self) -> dict[str, str]:
        return dict(members(self.record))


def look(context: Context, of: Recorded, keys: Sequence[Key], *, lock: bool) -> dict[Key, Seen]:
    """The rows with these keys, of which those that are there are found; ``lock`` holds them until the end."""
    connection = context.session.connection()
    if len(keys) == 1:
        given = {f"key_{number}": value for number, value in enumerate(keys[0])}
        row = connection.execute(_of_one(context.dialect, connection, of, lock=lock), given).one_or_none()
        return {} if row is None else {keys[0]: seen(row[0], row[1])}
    found: dict[Key, Seen] = {}
    for start in range(0, len(keys), _CHUNK):
        key, record = _finished(context.dialect, connection, of)
        stmt: sa.Select[Any] = sa.select(key, record, *of.key).select_from(of.table)
        stmt = stmt.where(among(of.key, keys[start : start + _CHUNK]))
        if lock and context.dialect.supports_row_locks:
            stmt = stmt.with_for_update(of=of.table)
        for row_key, text, *own in connection.execute(stmt):
            found[tuple(own)] = seen(row_key, text)
    return found


def look_at_all(context: Context, places: Sequence[tuple[Recorded, Key]]) -> list[Seen | None]:
    """The row of each place, in their order; None where there is none. One statement for some rows of whichever tables."""
    tables = dict.fromkeys(of for of, _key in places)
    if len(tables) == 1 or len(places) > _TOGETHER:
        by_table = {
            of: look(context, of, [key for other, key in places if other is of], lock=False) for of in tables
        }
        return [by_table[of].get(key) for of, key in places]
    connection = context.session.connection()
    arms = []
    for number, (of, own) in enumerate(places):
        key, record = _finished(context.dialect, connection, of)
        same = [column == value for column, value in zip(of.key, own, strict=True)]
        arms.append(
            sa.select(sa.literal_column(str(number), sa.Integer), key, record)
            .select_from(of.table)
            .where(*same)
        )
    found: list[Seen | None] = [None] * len(places)
    if arms:
        for number, row_key, text in connection.execute(sa.union_all(*arms)):
            found[number] = seen(row_key, text)
    return found


def told(context: Context, of: Recorded) -> tuple[Any, Any]:
    """What a statement that reads rows of a table anyway has to select for :func:`seen`: a row's key and its record."""
    return _finished(context.dialect, context.session.connection(), of)


def seen(row_key: str, record: str) -> Seen:
    """A row, of what :func:`told` has brought."""
    return Seen(row_key, record)


def members(record: str) -> Iterator[tuple[str, str]]:
    """The columns of a record with their values as they are written there: no number goes through Python's own."""
    decoder, at = json.JSONDecoder(), 1
    while True:
        while record[at] in " ,\n":
            at += 1
        if record[at] == "}":
            return
        name, at = decoder.raw_decode(record, at)
        while record[at] in " :":
            at += 1
        _value, end = decoder.raw_decode(record, at)
        yield name, record[at:end]
        at = end


_OF_ONE: WeakKeyDictionary[Dialect, dict[tuple[sa.Table, bool], Any]] = WeakKeyDictionary()


def _of_one(dialect: Dialect, connection: sa.Connection, of: Recorded, *, lock: bool) -> Any:
    """The statement for one row, which is most of them, made once."""
    known = _OF_ONE.setdefault(dialect, {})
    if (of.table, lock) not in known:
        same = [
            column == sa.bindparam(f"key_{number}", type_=column.type) for number, column in enumerate(of.key)
        ]
        stmt = sa.select(*_finished(dialect, connection, of)).select_from(of.table).where(*same)
        if lock and dialect.supports_row_locks:
            stmt = stmt.with_for_update(of=of.table)
        known[of.table, lock] = stmt
    return known[of.table, lock]


_FINISHED: WeakKeyDictionary[Dialect, dict[sa.Table, tuple[Any, Any]]] = WeakKeyDictionary()


def _finished(dialect: Dialect, connection: sa.Connection, of: Recorded) -> tuple[Any, Any]:
    """A row's key and its record as text, as finished SQL that is made once: its parts are so many that every save would feel
    it."""
    known = _FINISHED.setdefault(dialect, {})
    if of.table not in known:

        def finished(expression: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
            text = expression.compile(
                dialect=connection.dialect,
                compile_kwargs={"literal_binds": True},
                schema_translate_map=connection.get_execution_options().get("schema_translate_map"),
            )
            return sa.literal_column(str(text), sa.Text)

        known[of.table] = (
            finished(dialect.record_key(of.key)),
            finished(dialect.record_text(dialect.record_row(of.kept))),
        )
    return known[of.table]
