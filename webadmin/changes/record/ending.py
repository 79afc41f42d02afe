"""What became of a few rows and the change that it is, in one statement: the database looks at the rows once more, compares, and
writes down what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from webadmin.changes.record.columns import Recorded
from webadmin.changes.record.looks import Seen, told
from webadmin.database.keys import Key
from webadmin.database.own_tables.changes import DELETE, INSERT, UPDATE, change, change_row
from webadmin.dialects import Dialect
from webadmin.options.context import Context

MOST = 12
"""Rows that are written down so: each has a part of its own in the statement."""

Ending = tuple[Recorded, Key, Seen | None, int, Sequence[str]]
"""A row: where it stands by now, how it was, the step that it is in, and which of its columns changed whose content is not kept."""

_SAID = ("place", "step", "table_name", "row_key", "before", "keys", "redacted", "hidden")
_OF_ROWS = "row_"
_MADE: WeakKeyDictionary[Dialect, dict[tuple[Recorded, ...], sa.Insert]] = WeakKeyDictionary()
_KEPT = 200
"""Statements that are kept, by the tables of their rows."""


def write_ending(context: Context, rows: Sequence[Ending], entry: Mapping[str, Any]) -> bool:
    """Write a whole change of a few rows down; False where none of them has changed, and nothing is written down then. For systems that
    write within a WITH.

    :param entry: the change itself, without its number of rows.
    """
    said: dict[str, list[str | None]] = {name: [] for name in _SAID}
    given: dict[str, Any] = dict(entry)
    for place, (of, key, before, step, redacted) in enumerate(rows):
        values = (
            str(place),
            str(1 + step),
            of.table.fullname,
            before.row_key if before is not None else None,
            before.record if before is not None else None,
            json.dumps(of.key_names),
            ",".join(sorted(redacted)),
            ",".join(sorted(of.redacted)),
        )
        for name, value in zip(_SAID, values, strict=True):
            said[name].append(value)
        given |= {f"key_{place}_{number}": value for number, value in enumerate(key)}
    given |= {f"{_OF_ROWS}{name}": value for name, value in said.items()}
    stmt = _statement(context, tuple(of for of, *_rest in rows))
    counted = {"preserve_rowcount": True}
    return context.session.connection().execute(stmt, given, execution_options=counted).rowcount > 0


def _statement(context: Context, tables: tuple[Recorded, ...]) -> sa.Insert:
    """The statement for rows of these tables, made once: it has so many parts that every save would feel it."""
    known = _MADE.setdefault(context.dialect, {})
    if tables not in known:
        if len(known) >= _KEPT:
            known.clear()
        known[tables] = _made(context, tables)
    return known[tables]


def _made(context: Context, tables: Sequence[Recorded]) -> sa.Insert:
    dialect, types = context.dialect, change_row.c
    was = dialect.rows_of([f"{_OF_ROWS}{name}" for name in _SAID])
    was_of = {name: was.c[f"{_OF_ROWS}{name}"] for name in _SAID}
    now = sa.union_all(*(_row(context, place, of) for place, of in enumerate(tables))).subquery("now")
    before, after = (sa.cast(text, types.before.type) for text in (was_of["before"], now.c.after))
    whole = sa.or_(was_of["before"].is_(None), now.c.after.is_(None))
    rows = (
        sa.select(
            sa.cast(was_of["step"], sa.Integer).label("step"),
            was_of["table_name"].label("table_name"),
            sa.func.coalesce(now.c.row_key, was_of["row_key"]).label("row_key"),
            sa.case(
                (was_of["before"].is_(None), INSERT), (now.c.after.is_(None), DELETE), else_=UPDATE
            ).label("kind"),
            sa.case((whole, before), else_=dialect.record_difference(before, after, was_of["keys"])).label(
                "before"
            ),
            sa.case((whole, after), else_=dialect.record_difference(after, before, was_of["keys"])).label(
                "after"
            ),
            sa.case((whole, was_of["hidden"]), else_=was_of["redacted"]).label("redacted"),
        )
        .select_from(was.outerjoin(now, now.c.place == sa.cast(was_of["place"], sa.Integer)))
        .where(
            sa.or_(
                was_of["before"].is_distinct_from(now.c.after),
                sa.and_(sa.not_(whole), was_of["redacted"] != ""),
            )
        )
        .cte("rows")
    )
    count = sa.select(sa.func.count()).select_from(rows).scalar_subquery()
    made = {
        column.name: sa.bindparam(column.name, type_=column.type)
        for column in change.columns
        if column.name not in ("at", "row_count")
    }
    entry = sa.insert(change).from_select(
        [*made, "row_count"], sa.select(*made.values(), count).where(sa.exists(sa.select(rows.c.step)))
    )
    written = sa.select(sa.bindparam("id", type_=change_row.c.change_id.type), *rows.c)
    names = ["change_id", *(column.name for column in rows.c)]
    return sa.insert(change_row).from_select(names, written).add_cte(entry.cte("entry"))


def _row(context: Context, place: int, of: Recorded) -> sa.Select[Any]:
    """The row at a place as it is now, if there is one."""
    row_key, record = told(context, of)
    same = [
        column == sa.bindparam(f"key_{place}_{number}", type_=column.type)
        for number, column in enumerate(of.key)
    ]
    return (
        sa.select(
            sa.literal_column(str(place), sa.Integer).label("place"),
            row_key.label("row_key"),
            record.label("after"),
        )
        .select_from(of.table)
        .where(*same)
    )
