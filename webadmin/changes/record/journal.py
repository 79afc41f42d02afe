"""Writing the history down: one change with its rows, by statements that the database fills in by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import SessionTransaction

from webadmin.changes.record.columns import Recorded
from webadmin.changes.record.ending import Ending, write_ending
from webadmin.changes.record.occasion import occasion
from webadmin.database.own_tables.changes import DELETE, INSERT, REASON, TEXT, UPDATE, change, change_row
from webadmin.dialects import Dialect
from webadmin.mixins import uuid7
from webadmin.options.context import Context
from webadmin.saved.store import person_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a change; ``before`` and ``after`` are records as JSON text, ``step`` tells what came first."""

    step: int
    table_name: str
    row_key: str
    kind: str
    before: str | None
    after: str | None
    redacted: str = ""


_SAID = tuple(field.name for field in fields(Entry))
_OF_ROWS = "row_"
_TOGETHER: WeakKeyDictionary[Dialect, sa.Insert] = WeakKeyDictionary()


def _together(dialect: Dialect) -> sa.Insert:
    """A change and its rows, made once: it has so many parts that every save would feel it."""
    if dialect not in _TOGETHER:
        rows = dialect.rows_of([f"{_OF_ROWS}{name}" for name in _SAID])
        given: dict[str, Any] = {
            name: sa.cast(rows.c[f"{_OF_ROWS}{name}"], change_row.c[name].type) for name in _SAID
        }
        given["change_id"] = sa.bindparam("id", type_=sa.Uuid)
        entry = {
            column.name: sa.bindparam(column.name, type_=column.type)
            for column in change.columns
            if column.name != "at"
        }
        _TOGETHER[dialect] = (
            sa.insert(change_row)
            .from_select(list(given), sa.select(*given.values()).select_from(rows))
            .add_cte(sa.insert(change).values(entry).cte("entry"))
        )
    return _TOGETHER[dialect]


class Journal:
    """The change that one transaction makes, as far as it is written down.

    Statements go past the session, so that they are neither recorded themselves nor seen by a host's listeners.
    """

    def __init__(self, context: Context) -> None:
        self.context, self.dialect = context, context.dialect
        self.id: UUID = uuid7()
        self.steps = 0
        self._begun = False
        self._begun_in: SessionTransaction | None = None
        """The savepoint in which it was begun."""

    @property
    def connection(self) -> sa.Connection:
        return self.context.session.connection()

    def step(self) -> int:
        """A new step: what is written next lies after everything written so far."""
        self._begin()
        self.steps += 1
        return self.steps

    def rolled_back(self, transaction: SessionTransaction) -> None:
        """Begin anew where the change was begun in ``transaction``, or in a savepoint within it, which is undone now."""
        inner = self._begun_in
        while inner is not None and inner is not transaction:
            inner = inner.parent
        self._begun, self._begun_in = self._begun and inner is None, None if inner else self._begun_in

    def write(self, entries: Sequence[Entry], step: int = 0) -> None:
        """Write ``entries`` down, as steps of their own unless one is named."""
        if entries:
            steps = dict.fromkeys(sorted({entry.step for entry in entries}), step)
            if not step:
                steps = {number: self.step() for number in steps}
            rows = [{"change_id": self.id, **asdict(entry), "step": steps[entry.step]} for entry in entries]
            self.connection.execute(sa.insert(change_row), rows)

    def add(self, entries: Sequence[Entry], step: int) -> None:
        """Write ``entries`` down in ``step``, without rows that it has as deleted already."""
        gone = [entry.row_key for entry in entries if entry.kind == DELETE]
        known: set[tuple[str, str]] = set()
        if gone:
            stmt = sa.select(change_row.c.table_name, change_row.c.row_key).where(
                change_row.c.change_id == self.id, change_row.c.step == step, change_row.c.row_key.in_(gone)
            )
            known = {(name, key) for name, key in self.connection.execute(stmt)}
        self.write([entry for entry in entries if (entry.table_name, entry.row_key) not in known], step)

    def write_before(
        self,
        step: int,
        kind: str,
        rows: Recorded,
        where: sa.ColumnElement[bool],
        *,
        names: Sequence[str] | None = None,
        redacted: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
    ) -> int:
        """Write down how the rows of a table are for which ``where`` holds; they are locked. Returns how many.

        :param names: the columns of an update, besides the key; by default all.
        :param parameters: values for parameters of ``where``.
        """
        kept = rows.kept if names is None else {n: rows.kept[n] for n in (*rows.key_names, *names)}
        found: sa.Select[Any] = sa.select(
            sa.literal(self.id, sa.Uuid),
            sa.literal(step, sa.Integer),
            sa.literal(rows.table.fullname, sa.Text),
            self.dialect.record_key(rows.key),
            sa.literal(kind, sa.Text),
            self.dialect.record_row(kept),
            sa.literal(",".join(sorted(redacted)), sa.Text),
        ).where(where)
        if self.dialect.supports_row_locks:
            found = found.with_for_update(of=rows.table)
        stmt = sa.insert(change_row).from_select(
            ["change_id", "step", "table_name", "row_key", "kind", "before", "redacted"], found
        )
        counted = {"preserve_rowcount": True}
        return self.connection.execute(stmt, dict(parameters or {}), execution_options=counted).rowcount

    def write_after(self, step: int, rows: Recorded, names: Sequence[str]) -> None:
        """Write down what became of the rows of a step's updates, and forget those that are as they were."""
        own = self._updates(step, rows)
        told = self.dialect.recorded_key(change_row.c.before, rows.table, rows.key)
        kept = {n: rows.kept[n] for n in (*rows.key_names, *names)}
        now = (
            sa.select(change_row.c.id, self.dialect.record_row(kept).label("after"))
            .where(
                own,
                *(column == told[column.name] for column in rows.key),
                change_row.c.row_key == self.dialect.record_key(rows.key),
            )
            .subquery("now")
        )
        stmt = sa.update(change_row).where(change_row.c.id == now.c.id).values(after=now.c.after)
        self.connection.execute(stmt)
        self._forget_same(step, rows)

    def _updates(self, step: int, rows: Recorded) -> sa.ColumnElement[bool]:
        return sa.and_(
            change_row.c.change_id == self.id,
            change_row.c.step == step,
            change_row.c.table_name == rows.table.fullname,
            change_row.c.kind == UPDATE,
        )

    def _forget_same(self, step: int, rows: Recorded) -> None:
        same = change_row.c.before == change_row.c.after
        self.connection.execute(
            sa.delete(change_row).where(self._updates(step, rows), change_row.c.redacted == "", same)
        )

    def write_update(
        self, rows: Recorded, stmt: sa.Update, names: Sequence[str], redacted: Sequence[str]
    ) -> int:
        """Run an UPDATE and write down what it does, in one statement; returns how many rows it was about. For systems that
        write within a WITH.

        :param names: the columns that it sets and that are kept; ``redacted``: the others.
        """
        step = self.step()
        kept = {n: rows.kept[n] for n in (*rows.key_names, *names)}
        record, old = self.dialect.record_row, self.dialect.row_before(self.connection, rows.table)
        if old is not None:
            before: Any = record({name: old.c[column.key] for name, column in kept.items()}).label("before")
        else:  # read before and locked, so that nobody changes them in between
            keys = [column.label(f"key_{number}") for number, column in enumerate(rows.key)]
            found = sa.select(*keys, record(kept).label("before")).where(*stmt._where_criteria)
            told = found.with_for_update(of=rows.table).cte("told")
            stmt = stmt.where(
                *(column == told.c[key.name] for column, key in zip(rows.key, keys, strict=True))
            )
            before = told.c.before
        written = stmt.returning(
            self.dialect.record_key(rows.key).label("row_key"), before, record(kept).label("after")
        ).cte("written")
        entries = sa.select(
            sa.literal(self.id, sa.Uuid),
            sa.literal(step, sa.Integer),
            sa.literal(rows.table.fullname, sa.Text),
            sa.literal(UPDATE, sa.Text),
            sa.literal(",".join(sorted(redacted)), sa.Text),
            written.c.row_key,
            written.c.before,
            written.c.after,
        )
        columns = ["change_id", "step", "table_name", "kind", "redacted", "row_key", "before", "after"]
        done = sa.insert(change_row).from_select(columns, entries)
        count: int = self.connection.execute(done, execution_options={"preserve_rowcount": True}).rowcount
        self._forget_same(step, rows)
        return count

    def write_made(self, rows: Recorded, back: sa.ColumnElement[bool]) -> None:
        """Write down, as a step of its own, the rows that have been made anew from the records ``back``."""
        step = self.step()
        told = self.dialect.recorded_key(change_row.c.before, rows.table, rows.key)
        keys = [told[column.name].label(f"key_{number}") for number, column in enumerate(rows.key)]
        source = sa.select(*keys).select_from(change_row).where(back).subquery("source")
        found = sa.select(
            sa.literal(self.id, sa.Uuid),
            sa.literal(step, sa.Integer),
            sa.literal(rows.table.fullname, sa.Text),
            self.dialect.record_key(rows.key),
            sa.literal(INSERT, sa.Text),
            self.dialect.record_row(rows.kept),
            sa.literal(",".join(sorted(rows.redacted)), sa.Text),
        ).where(*(column == source.c[f"key_{number}"] for number, column in enumerate(rows.key)))
        columns = ["change_id", "step", "table_name", "row_key", "kind", "after", "redacted"]
        self.connection.execute(sa.insert(change_row).from_select(columns, found))

    @property
    def in_one(self) -> bool:
        """Whether :meth:`finish_in_one` can be."""
        return not self._begun and self.dialect.supports_writing_ctes

    def finish_in_one(self, rows: Sequence[Ending]) -> bool:
        """Look at ``rows`` once more and write the whole change down, where nothing of it is yet; False when nothing was changed."""
        return bool(rows) and write_ending(self.context, rows, self._entry())

    def finish(self, entries: Sequence[Entry]) -> bool:
        """Write ``entries`` down as the last step and complete the change; False when nothing was changed, and nothing is
        written down then."""
        if not self._begun:
            if entries and self.dialect.supports_writing_ctes:
                self._write_together(entries)
            elif entries:
                self._begin(len(entries))
                self.write(entries)
            return bool(entries)
        self.write(entries)
        own = change_row.c.change_id == self.id
        count = self.connection.scalar(sa.select(sa.func.count()).select_from(change_row).where(own)) or 0
        if not count:
            self.connection.execute(sa.delete(change).where(change.c.id == self.id))
            return False
        stmt = sa.update(change).where(change.c.id == self.id)
        self.connection.execute(stmt.values(row_count=count, **self._described()))
        return True

    def _write_together(self, entries: Sequence[Entry]) -> None:
        """Write a whole change down in one statement: the common one, of a few rows."""
        given = {f"{_OF_ROWS}{name}": [getattr(entry, name) for entry in entries] for name in _SAID}
        given[f"{_OF_ROWS}step"] = [str(1 + entry.step) for entry in entries]
        self.connection.execute(_together(self.dialect), given | self._entry() | {"row_count": len(entries)})

    def _begin(self, count: int = 0) -> None:
        if self._begun:
            return
        self._begun, self._begun_in = True, self.context.session.get_nested_transaction()
        self.connection.execute(sa.insert(change), self._entry() | {"row_count": count})

    def _entry(self) -> dict[str, Any]:
        user, request = self.context.user, self.context.hook_request
        client = getattr(getattr(request, "connection", None), "client", None)
        return {
            "id": self.id,
            "person": person_of(user),
            "person_name": user.name[:TEXT],
            "request_id": str(getattr(request, "request_id", ""))[:40],
            "address": str(getattr(client, "host", None) or "")[:60],
            **self._described(),
        }

    def _described(self) -> dict[str, Any]:
        said = occasion(self.context)
        return {
            "kind": said.kind,
            "list_key": said.list_key[:TEXT],
            "label": said.label[:TEXT],
            "action": said.action[:TEXT],
            "reason": said.reason[:REASON],
            "undoes": UUID(said.undoes) if said.undoes else None,
        }
