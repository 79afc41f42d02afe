"""Whether anything was lost: what the database holds against what the clients were told, and against its own history."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from benchmarks.storm.app import Base, Sheet, sheet_labels
from benchmarks.storm.clients import Tally, Write
from webadmin.database.own_tables.changes import change, change_row


def lost(engine: Engine, tallies: Sequence[Tally]) -> list[str]:
    """What was lost, in sentences: of each field the values that were said to be saved have to be one chain, each put in the
    place of the one that its writer had seen, from what was there at first to what is there now. A lost update is a value that
    two writers have taken the place of."""
    faults: list[str] = []
    by_field: dict[tuple[int, str], list[Write]] = defaultdict(list)
    for write in (write for tally in tallies for write in tally.writes):
        by_field[write.row, write.field].append(write)
    with engine.connect() as connection:
        stored = {row.id: row._mapping for row in connection.execute(sa.select(Sheet.__table__))}
        links = {tuple(row) for row in connection.execute(sa.select(sheet_labels))}
    for (row, name), writes in by_field.items():
        now = str(stored[row]["keeper_id" if name == "keeper" else name])
        faults += _chain(f"{name} of row {row}", "" if name == "keeper" else "start", writes, now)
    for number, tally in enumerate(tallies):
        for row, there in tally.labels.items():
            if ((row, number + 1) in links) is not there:
                faults.append(f"label {number} of row {row} is {'not ' if there else ''}there")
    return faults


def _chain(what: str, first: str, writes: Iterable[Write], last: str) -> list[str]:
    # The same value can come again (a relation has few), so that a chain is a walk over every step exactly once.
    came: dict[str, int] = defaultdict(int)
    for write in writes:
        came[write.value] += 1
        came[write.seen] -= 1
    came[first] += 1
    came[last] -= 1
    broken = sorted(value for value, balance in came.items() if balance)
    return [f"{what}: {value!r} was put in its place twice, or never seen" for value in broken]


def unrecorded(engine: Engine, start: dict[int, dict[str, Any]], model: type[Base] = Sheet) -> list[str]:
    """Where the table of ``model`` and the history differ: the recorded changes, played one after the other on ``start``, have to meet what each of
    them says was there before, and to end at what the table holds. A change without its record, or a record without its
    change, would show in one or the other; a half-done change in its number of rows."""
    faults: list[str] = []
    rows = {id: dict(values) for id, values in start.items()}
    with engine.connect() as connection:
        steps = connection.execute(
            sa.select(sa.cast(change_row.c.before, sa.Text), sa.cast(change_row.c.after, sa.Text))
            .where(change_row.c.table_name == model.__tablename__)
            .order_by(change_row.c.id)
        ).all()
        by_change = sa.select(change_row.c.change_id, sa.func.count().label("rows")).group_by(
            change_row.c.change_id
        )
        counted = {found.change_id: found.rows for found in connection.execute(by_change)}
        entries = sa.select(change.c.id, change.c.row_count)
        promised = {found.id: found.row_count for found in connection.execute(entries)}
    for before, after in ((json.loads(one or "{}"), json.loads(other)) for one, other in steps):
        row = rows.setdefault(int(after["id"]), {})
        for name, value in before.items():
            if row[name] != value:
                faults.append(f"{name} of row {row['id']} was {row[name]!r}, and is recorded as {value!r}")
        row |= after
    stored = stored_in(engine, model)
    for id, values in stored.items():
        known = rows.get(id, {})
        faults += [
            f"{name} of row {id} is {value!r}, and {known.get(name)!r} by its history"
            for name, value in values.items()
            if known.get(name) != value
        ]
    faults += [f"row {id} is recorded, and not there" for id in rows.keys() - stored.keys()]
    for id, count in promised.items():
        if counted.get(id, 0) != count:
            faults.append(f"change {id} has {counted.get(id, 0)} of {count} rows")
    faults += [f"rows of no change: {id}" for id in counted.keys() - promised.keys()]
    return faults


def stored_in(engine: Engine, model: type[Base] = Sheet) -> dict[int, dict[str, Any]]:
    """What the table of ``model`` holds, by row."""
    with engine.connect() as connection:
        return {row.id: dict(row._mapping) for row in connection.execute(sa.select(model.__table__))}
