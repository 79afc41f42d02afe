"""Single rows under watch: how they were when the transaction first touched them, and how they are at its end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.record.journal import DELETE, INSERT, UPDATE, Entry
from webadmin.database.keys import Key, among
from webadmin.dialects import Dialect
from webadmin.options.context import Context

_CHUNK = 500


@dataclass(slots=True)
class _Seen:
    """A row as it stands in the database: its values as JSON text by column."""

    row_key: str
    values: dict[str, str]


@dataclass(slots=True)
class _Watched:
    before: _Seen | None
    key: Key
    """Where the row is by now."""
    redacted: set[str] = field(default_factory=set)


class Watch:
    """Rows that the unit of work changes. Whatever happens in between, the two looks at a row decide what is written down:
    a savepoint that was rolled back leaves no trace, and triggers and defaults are seen as well."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._rows: dict[sa.Table, dict[Key, _Watched]] = {}

    def __bool__(self) -> bool:
        return any(self._rows.values())

    def keys(self, table: sa.Table) -> list[Key]:
        """The rows of ``table`` under watch."""
        return list(self._rows.get(table, ()))

    def begin(self, table: sa.Table, keys: Iterable[Key]) -> None:
        """Watch rows of ``table`` from now on; they are locked. Those that are not there are new ones."""
        known = self._rows.setdefault(table, {})
        new = [key for key in dict.fromkeys(keys) if key not in known and None not in key]
        found = self._look(recorded(table), new, lock=True)
        known |= {key: _Watched(found.get(key), key) for key in new}

    def add(self, table: sa.Table, key: Key) -> None:
        """Watch a row that has just come into being."""
        self._rows.setdefault(table, {}).setdefault(key, _Watched(None, key))

    def moved(self, table: sa.Table, old: Key, new: Key) -> None:
        """A row has another key by now."""
        if (watched := self._rows.get(table, {}).get(old)) is not None:
            watched.key = new

    def redact(self, table: sa.Table, key: Key, names: Iterable[str]) -> None:
        """Columns of a row change whose content is not kept."""
        if (watched := self._rows.get(table, {}).get(key)) is not None:
            watched.redacted.update(names)

    def tables(self) -> list[sa.Table]:
        """The tables that have rows under watch."""
        return [table for table, rows in self._rows.items() if rows]

    def end(self) -> list[Entry]:
        """What became of the rows; nothing is under watch any more."""
        rows, self._rows = self._rows, {}
        return [entry for table, watched in rows.items() for entry in self._entries(table, watched)]

    def _entries(self, table: sa.Table, rows: dict[Key, _Watched]) -> Iterable[Entry]:
        of = recorded(table)
        now = self._look(of, [watched.key for watched in rows.values()], lock=False)
        for watched in rows.values():
            before, after = watched.before, now.get(watched.key)
            if before is not None and after is not None:
                changed = [name for name, text in after.values.items() if before.values.get(name) != text]
                if changed or watched.redacted:
                    names = dict.fromkeys((*of.key_names, *changed))
                    yield Entry(
                        table.fullname,
                        after.row_key,
                        UPDATE,
                        _record(before, names),
                        _record(after, names),
                        ",".join(sorted(watched.redacted)),
                    )
            elif after is not None:
                redacted = ",".join(sorted(of.redacted))
                yield Entry(table.fullname, after.row_key, INSERT, None, _record(after), redacted)
            elif before is not None:
                redacted = ",".join(sorted(of.redacted))
                yield Entry(table.fullname, before.row_key, DELETE, _record(before), None, redacted)

    def _look(self, of: Recorded, keys: Sequence[Key], *, lock: bool) -> dict[Key, _Seen]:
        dialect, connection = self.context.dialect, self.context.session.connection()
        names = list(of.kept)
        found: dict[Key, _Seen] = {}
        for start in range(0, len(keys), _CHUNK):
            stmt = _looking(dialect, connection, of).where(among(of.key, keys[start : start + _CHUNK]))
            if lock and dialect.supports_row_locks:
                stmt = stmt.with_for_update(of=of.table)
            for row_key, *rest in connection.execute(stmt):
                key, texts = tuple(rest[: len(of.key)]), rest[len(of.key) :]
                values = {name: text or "null" for name, text in zip(names, texts, strict=True)}
                found[key] = _Seen(row_key, values)
        return found


_LOOKING: WeakKeyDictionary[Dialect, dict[sa.Table, sa.Select[Any]]] = WeakKeyDictionary()


def _looking(dialect: Dialect, connection: sa.Connection, of: Recorded) -> sa.Select[Any]:
    """A select of the rows' keys as text, their keys and the texts of what is kept. It is made once, of finished SQL: its parts
    are so many that every save would feel it."""
    known = _LOOKING.setdefault(dialect, {})
    if of.table not in known:

        def finished(expression: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
            text = expression.compile(
                dialect=connection.dialect,
                compile_kwargs={"literal_binds": True},
                schema_translate_map=connection.get_execution_options().get("schema_translate_map"),
            )
            return sa.literal_column(str(text), sa.Text)

        texts = [finished(dialect.record_value(column)) for column in of.kept.values()]
        key = finished(dialect.record_key(of.key))
        made: Any = sa.select(key, *of.key, *texts).select_from(of.table)
        known[of.table] = made
    return known[of.table]


def _record(seen: _Seen, names: Iterable[str] | None = None) -> str:
    """A record of these columns, put together of texts, so that no number goes through Python's own."""
    chosen = seen.values if names is None else {name: seen.values[name] for name in names}
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in chosen.items()) + "}"
