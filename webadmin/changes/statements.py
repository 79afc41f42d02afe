"""Statements that write many rows at once: what becomes of them is the same as if each were written by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.changes.record.columns import recorded
from webadmin.changes.record.looks import told
from webadmin.changes.record.recorder import recorder
from webadmin.changes.record.staged import Staged
from webadmin.database.inspection import inspect_model
from webadmin.options.context import Context


def update_rows(
    context: Context, table: sa.Table, values: Mapping[str, Any], where: sa.ColumnElement[bool]
) -> int:
    """Set ``values``, by the columns' names and also SQL expressions, in the rows of ``table`` for which ``where`` holds.

    Both may name what else is selected from: such a row of another table has to belong to one row at most. Returns how many. A column that the model counts versions in goes up, and what a column sets on every update
    (``onupdate``) is set.
    """
    stmt = sa.update(table).where(where).values({**versions(context, table), **values})
    mine = recorder(context)
    if mine and context.dialect.supports_writing_ctes and recorded(table).key:
        return mine.update(table, stmt)
    return _run(context, stmt)


def update_staged(context: Context, staged: Staged, values: Mapping[str, Any]) -> int:
    """Set ``values``, by the columns' names and expressions of other tables, in the rows that ``staged`` names, which are locked; returns in
    how many. Versions go up, and what a column sets on every update is set."""
    stmt = sa.update(staged.table).values({**versions(context, staged.table), **values})
    mine = recorder(context)
    if mine and recorded(staged.table).key:
        return mine.update_staged(staged, stmt)
    return _count(context, stmt.where(staged.same, staged.where, staged.also))


def insert_selected(context: Context, table: sa.Table, names: Sequence[str], rows: sa.Select[Any]) -> int:
    """Add the rows that ``rows`` selects, values of the columns ``names``, to ``table``; returns how many. What Python makes for new rows has to
    be among them, unless it is the same for all."""
    stmt = context.dialect.insert_keyed(table, names, rows)
    mine = recorder(context)
    return mine.insert_selected(table, stmt) if mine and recorded(table).key else _count(context, stmt)


def insert_rows(context: Context, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add ``rows``, values by the columns' names, to ``table``."""
    if rows:
        context.session.execute(sa.insert(table), [dict(row) for row in rows])


def delete_rows(context: Context, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    """Delete the rows of ``table`` for which ``where`` holds; returns how many."""
    return _run(context, sa.delete(table).where(where))


def insert_links(context: Context, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add ``rows``, values by the columns' names, to a link table, which does not have them yet."""
    mine, names = recorder(context), [column.key for column in recorded(table).key]
    if mine is None or set(names) - set(rows[0]):
        insert_rows(context, table, rows)
        return
    keys = [tuple(row[name] for name in names) for row in rows]
    mine.catch_up(table, keys)
    context.session.connection().execute(sa.insert(table), [dict(row) for row in rows])
    for key in keys:
        mine.watch.add(table, key)


def delete_links(context: Context, table: sa.Table, rows: Sequence[Mapping[Any, Any]]) -> None:
    """Delete rows of a link table, each named by its columns' values; nothing else may point at them."""
    mine, of = recorder(context), recorded(table)
    stmt = sa.delete(table).where(
        sa.or_(*(sa.and_(*(column == value for column, value in row.items())) for row in rows))
    )
    if mine is None or set(of.key) - set(rows[0]):
        _run(context, stmt)
        return
    connection, keys = context.session.connection(), [tuple(row[column] for column in of.key) for row in rows]
    if not connection.dialect.delete_returning:
        mine.begin(table, keys)
        connection.execute(stmt)
        return
    mine.catch_up(table, keys)
    gone = []
    for row_key, record, *key in connection.execute(stmt.returning(*told(context, of), *of.key)):
        gone.append(tuple(key))
        mine.watch.notice(table, tuple(key), (row_key, record))
    mine.watch.begin(table, gone)


def versions(context: Context, table: sa.Table) -> dict[str, Any]:
    """The next version of rows of ``table`` by the name of the column that counts it; nothing where none does."""
    for view in context.registry.views.values():
        mapper = inspect_model(view.model).mapper
        column = mapper.version_id_col
        if column is not None and column.table is table and isinstance(column.type, sa.Integer):
            return {str(column.key): column + 1}
    return {}


def _run(context: Context, stmt: sa.Update | sa.Delete) -> int:
    result = context.session.execute(stmt, execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]


def _count(context: Context, stmt: sa.Insert | sa.Update) -> int:
    options = {"preserve_rowcount": True}
    return int(context.session.connection().execute(stmt, execution_options=options).rowcount)
