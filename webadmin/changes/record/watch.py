"""Single rows under watch: how they were when the transaction first touched them, and how they are at its end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.record.ending import Ending
from webadmin.changes.record.journal import Entry
from webadmin.changes.record.looks import Seen, look, look_at_all, seen
from webadmin.database.keys import Key
from webadmin.database.own_tables.changes import DELETE, INSERT, UPDATE
from webadmin.options.context import Context

_MOST = 1000
"""So many rows are remembered before they are watched."""


@dataclass(slots=True)
class _Watched:
    before: Seen | None
    step: int
    key: Key
    """Where the row is by now."""
    redacted: set[str] = field(default_factory=set)


class Watch:
    """Rows that the unit of work changes. Whatever happens in between, the two looks at a row decide what is written down:
    a savepoint that was rolled back leaves no trace, and triggers and defaults are seen as well."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._rows: dict[sa.Table, dict[Key, _Watched]] = {}
        self._step = 0
        self._noticed: dict[tuple[sa.Table, Key], tuple[str, str]] = {}

    def __bool__(self) -> bool:
        return any(self._rows.values())

    def keys(self, table: sa.Table) -> list[Key]:
        """The rows of ``table`` under watch."""
        return list(self._rows.get(table, ()))

    def notice(self, table: sa.Table, key: Key, said: tuple[str, str]) -> None:
        """A row that was read and locked just now, with what ``looks.told`` asks for: it is not looked at again when it is watched."""
        if len(self._noticed) < _MOST:
            self._noticed[table, key] = said

    def forget(self) -> None:
        """What was noticed of rows may not be true any more."""
        self._noticed.clear()

    def begin(self, table: sa.Table, keys: Iterable[Key]) -> None:
        """Watch rows of ``table`` from now on; they are locked. Those that are not there are new ones. None of them may be
        watched in an earlier step (:meth:`is_behind`)."""
        known = self._rows.setdefault(table, {})
        new = [key for key in dict.fromkeys(keys) if key not in known and None not in key]
        said = {key: seen(*one) for key in new if (one := self._noticed.pop((table, key), None)) is not None}
        others = [key for key in new if key not in said]
        found = said | look(self.context, recorded(table), others, lock=True)
        known |= {key: _Watched(found.get(key), self._step, key) for key in new}

    def add(self, table: sa.Table, key: Key) -> None:
        """Watch a row that has just come into being."""
        self._rows.setdefault(table, {}).setdefault(key, _Watched(None, self._step, key))

    def part(self) -> None:
        """What is watched from now on is a step of its own, that can be taken back before what was watched so far."""
        self._step += 1

    def is_behind(self, table: sa.Table, key: Key) -> bool:
        """Whether a row is watched in an earlier step: that has to be written down before the row changes again."""
        watched = self._rows.get(table, {}).get(key) if self._step else None
        return watched is not None and watched.step < self._step

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

    def rest(self, most: int) -> list[Ending] | None:
        """The rows under watch, to be written down by one statement, if there are no more than so many; nothing is under watch any
        more then."""
        if sum(map(len, self._rows.values())) > most:
            return None
        found: list[Ending] = [
            (recorded(table), one.key, one.before, one.step, tuple(one.redacted))
            for table, own in self._rows.items()
            for one in own.values()
        ]
        self._rows, self._step = {}, 0
        self.forget()
        return found

    def end(self) -> list[Entry]:
        """What became of the rows; nothing is under watch any more."""
        rows, self._rows, self._step = self._rows, {}, 0
        self.forget()
        watched = [(recorded(table), one) for table, own in rows.items() for one in own.values()]
        now = look_at_all(self.context, [(of, one.key) for of, one in watched])
        entries = [_entry(of, one, after) for (of, one), after in zip(watched, now, strict=True)]
        return [entry for entry in entries if entry is not None]


def _entry(of: Recorded, watched: _Watched, after: Seen | None) -> Entry | None:
    """What is written down of a row; None when it is as it was."""
    before, name, step = watched.before, of.table.fullname, watched.step
    if before is not None and after is not None:
        then = before.values
        changed = [column for column, text in after.values.items() if then.get(column) != text]
        if not changed and not watched.redacted:
            return None
        said = dict.fromkeys((*of.key_names, *changed))
        redacted = ",".join(sorted(watched.redacted))
        return Entry(step, name, after.row_key, UPDATE, _record(before, said), _record(after, said), redacted)
    redacted = ",".join(sorted(of.redacted))
    if after is not None:
        return Entry(step, name, after.row_key, INSERT, None, _record(after), redacted)
    return (
        Entry(step, name, before.row_key, DELETE, _record(before), None, redacted)
        if before is not None
        else None
    )


def _record(seen: Seen, names: Iterable[str] | None = None) -> str:
    """A record of these columns, put together of texts, so that no number goes through Python's own."""
    values = seen.values
    chosen = values if names is None else {name: values[name] for name in names}
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in chosen.items()) + "}"
