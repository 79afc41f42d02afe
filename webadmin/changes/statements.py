"""Statements that write many rows at once: what becomes of them is the same as if each were written by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.changes.record.columns import recorded
from webadmin.changes.record.recorder import Recorder, recorder
from webadmin.database.inspection import inspect_model
from webadmin.options.context import Context


def update_rows(
    context: Context, table: sa.Table, values: Mapping[str, Any], where: sa.ColumnElement[bool]
) -> int:
    """Set ``values``, by the columns' names and also SQL expressions, in the rows of ``table`` for which ``where`` holds.

    Returns how many. A column that the model counts versions in goes up, and what a column sets on every update
    (``onupdate``) is set.
    """
    if _in_one(context, table) is None:
        return _run(context, sa.update(table).where(where).values({**versions(context, table), **values}))
    return update_from(context, table, sa.select(*keys_of(table)).where(where), lambda _source: values)


def update_from(
    context: Context,
    table: sa.Table,
    source: sa.Select[Any],
    values: Callable[[sa.FromClause], Mapping[str, Any]],
) -> int:
    """Set in the rows of ``table`` that ``source`` selects what ``values`` makes of it, as :func:`update_rows` does.

    :param source: a select from ``table`` of :func:`keys_of` and of whatever ``values`` takes.
    """

    def stmt(told: sa.FromClause) -> sa.Update:
        key = recorded(table).key
        same = [column == told.c[f"key_{number}"] for number, column in enumerate(key)]
        return sa.update(table).where(*same).values({**versions(context, table), **values(told)})

    mine = _in_one(context, table)
    return mine.update(table, source, stmt) if mine else _run(context, stmt(source.subquery("told")))


def keys_of(table: sa.Table) -> list[sa.Label[Any]]:
    """What tells the rows of ``table`` apart, to be selected as a source."""
    return [column.label(f"key_{number}") for number, column in enumerate(recorded(table).key)]


def insert_rows(context: Context, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add ``rows``, values by the columns' names, to ``table``."""
    if rows:
        context.session.execute(sa.insert(table), [dict(row) for row in rows])


def delete_rows(context: Context, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    """Delete the rows of ``table`` for which ``where`` holds; returns how many."""
    return _run(context, sa.delete(table).where(where))


def delete_links(context: Context, table: sa.Table, rows: Sequence[Mapping[Any, Any]]) -> None:
    """Delete rows of a link table, each named by its columns' values; nothing else may point at them."""
    mine, key = recorder(context), recorded(table).key
    where = sa.or_(*(sa.and_(*(column == value for column, value in row.items())) for row in rows))
    if mine is None or set(key) - set(rows[0]):
        delete_rows(context, table, where)
        return
    mine.watch.begin(table, [tuple(row[column] for column in key) for row in rows])
    context.session.connection().execute(sa.delete(table).where(where))


def versions(context: Context, table: sa.Table) -> dict[str, Any]:
    """The next version of rows of ``table`` by the name of the column that counts it; nothing where none does."""
    for view in context.registry.views.values():
        mapper = inspect_model(view.model).mapper
        column = mapper.version_id_col
        if column is not None and column.table is table and isinstance(column.type, sa.Integer):
            return {str(column.key): column + 1}
    return {}


def _in_one(context: Context, table: sa.Table) -> Recorder | None:
    """The recorder that takes an UPDATE and what is written down of it in one statement, where that can be."""
    mine = recorder(context)
    return mine if mine and context.dialect.supports_writing_ctes and recorded(table).key else None


def _run(context: Context, stmt: sa.Update | sa.Delete) -> int:
    result = context.session.execute(stmt, execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]
