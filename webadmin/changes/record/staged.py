"""Rows that come from another table, written and written down by the database itself, however many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.record.journal import Journal
from webadmin.database.own_tables.changes import INSERT, UPDATE, change_row

_ENTRY = ["change_id", "step", "table_name", "kind", "redacted", "row_key", "before", "after"]
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows of a table that get values from ``source``, a table that names each of them once."""

    table: sa.Table
    source: sa.TableClause
    same: sa.ColumnElement[bool]
    """Ties a row of ``table`` to one of ``source``."""
    where: sa.ColumnElement[bool]
    """Which rows of ``source`` are meant."""
    changed: Mapping[str, sa.ColumnElement[bool]]
    """Whether a row gets another value of a column than it has, by the column's name, as ``source`` knows it. Columns that are not
    named here are written down in any case."""
    also: sa.ColumnElement[bool]
    """Ties other tables that the values come from to ``source``."""
    room: sa.ColumnClause[Any]
    """A column of ``source`` for what a row was, where the system cannot write that down in the same statement."""


def write_inserts(journal: Journal, table: sa.Table, stmt: sa.Insert) -> int:
    """Run an ``INSERT … SELECT`` and write the new rows down; returns how many they are. All of them are in one step."""
    rows, dialect, step = recorded(table), journal.dialect, journal.step()
    made = stmt.returning(
        dialect.record_key(rows.key).label("row_key"), dialect.record_row(rows.kept).label("after")
    )
    redacted = ",".join(sorted(rows.redacted))
    if not dialect.supports_writing_ctes:
        return _by_hand(journal, rows, made, step, redacted)
    written = made.cte("written")
    entries = sa.select(
        *_same_of_all(journal, step, rows, INSERT),
        sa.literal(redacted, sa.Text),
        written.c.row_key,
        sa.cast(sa.null(), change_row.c.before.type),
        written.c.after,
    )
    return _run(journal, sa.insert(change_row).from_select(_ENTRY, entries))


def write_updates(
    journal: Journal, staged: Staged, stmt: sa.Update, names: Sequence[str], hidden: Sequence[str]
) -> int:
    """Run an UPDATE of rows that are locked and write down what it changes in each; returns how many rows it was about.

    :param names: the columns that it sets and that are kept; ``hidden``: the others.
    """
    rows, dialect, step = recorded(staged.table), journal.dialect, journal.step()
    columns = {name: rows.kept[name] for name in (*rows.key_names, *names)}
    kept = {name: condition for name, condition in staged.changed.items() if name in names}
    after = dialect.record_of(columns, kept)
    redacted = _redacted(staged, hidden)
    stmt = stmt.where(staged.same, staged.where, staged.also)
    head = _same_of_all(journal, step, rows, UPDATE)
    if not dialect.supports_writing_ctes:
        before = sa.select(dialect.record_text(dialect.record_of(columns, kept))).where(staged.same)
        note = (
            sa.update(staged.source).where(staged.where).values({staged.room.name: before.scalar_subquery()})
        )
        journal.connection.execute(note)
        count = _run(journal, stmt)
        entries = sa.select(*head, redacted, dialect.record_key(rows.key), staged.room, after)
        entries = entries.select_from(staged.source.join(staged.table, staged.same)).where(staged.where)
        journal.connection.execute(sa.insert(change_row).from_select(_ENTRY, entries))
        return count
    old: Any = dialect.row_before(journal.connection, staged.table)
    if old is None:  # the rows are locked, so that the statement sees in the table what they were
        old = staged.table.alias("was")
        stmt = stmt.where(*(column == old.c[column.key] for column in rows.key))
    was = dialect.record_of({name: old.c[column.key] for name, column in columns.items()}, kept)
    written = stmt.returning(
        dialect.record_key(rows.key).label("row_key"),
        was.label("before"),
        after.label("after"),
        redacted.label("redacted"),
    ).cte("written")
    entries = sa.select(*head, written.c.redacted, written.c.row_key, written.c.before, written.c.after)
    return _run(journal, sa.insert(change_row).from_select(_ENTRY, entries))


def _same_of_all(journal: Journal, step: int, rows: Recorded, kind: str) -> list[sa.ColumnElement[Any]]:
    return [
        sa.literal(journal.id, sa.Uuid),
        sa.literal(step, sa.Integer),
        sa.literal(rows.table.fullname, sa.Text),
        sa.literal(kind, sa.Text),
    ]


def _redacted(staged: Staged, hidden: Sequence[str]) -> sa.ColumnElement[str]:
    """The names, parted by commas, of columns that change and whose content is not kept."""
    text: Any = sa.literal("", sa.Text)
    for name in sorted(hidden):
        said: Any = sa.literal(f"{name},", sa.Text)
        text = text + (sa.case((staged.changed[name], said), else_="") if name in staged.changed else said)
    return sa.func.rtrim(text, ",", type_=sa.Text()) if hidden else text


def _run(journal: Journal, stmt: Any) -> int:
    return int(journal.connection.execute(stmt, execution_options={"preserve_rowcount": True}).rowcount)


def _by_hand(journal: Journal, rows: Recorded, made: Any, step: int, redacted: str) -> int:
    count = 0
    result = journal.connection.execute(made)
    for part in result.partitions(_AT_ONCE):
        entries = [
            {
                "change_id": journal.id,
                "step": step,
                "table_name": rows.table.fullname,
                "kind": INSERT,
                "redacted": redacted,
                "row_key": row_key,
                "before": None,
                "after": after,
            }
            for row_key, after in part
        ]
        journal.connection.execute(sa.insert(change_row), entries)
        count += len(entries)
    return count
