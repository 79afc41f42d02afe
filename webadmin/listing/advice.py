"""The index that would serve a sort, as a statement to run."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.functions import FunctionElement

from webadmin.dialects.indexes import sql_of
from webadmin.listing.ordering import OrderKey, order_for
from webadmin.listing.parsing import Sort
from webadmin.listing.served import statistics_of
from webadmin.options.context import Context
from webadmin.options.expressions import plain, tables_of
from webadmin.options.view import View

_LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    """As it stands in the statement."""
    word: str
    """As it stands in the index's name."""


def index_for(context: Context, view: View, sort: Sort) -> str | None:
    """The statement that makes the index by which ``view``'s list is read in the order ``sort``, in both directions; of
    the rows that are not deleted, where the list hides the others. Nulls stand in it where the list has them.

    :return: None where no index can: for a sort by what stands in related rows.
    """
    connection = context.session.connection()
    prepared = connection.dialect.identifier_preparer
    order = order_for(view, sort)
    parts = [_part(view, key, connection.dialect) for key in order.keys]
    if not parts or any(part is None for part in parts):
        return None
    # All in one direction, it is read from either end; else only the mix itself and its reverse are served.
    mixed = len({key.descending for key in order.keys}) > 1
    keys = [
        f"{part.text} DESC" if mixed and key.descending else part.text
        for part, key in zip(parts, order.keys, strict=True)
        if part is not None
    ]
    known = statistics_of(context, view)
    taken = {index.name for index in known.indexes or ()} if known is not None else set()
    words = [part.word for part in parts[:-1] or parts if part is not None]
    name = prepared.quote(index_name(view.info.table.name, words, taken))
    make = "CREATE INDEX" if known is not None and known.partitioned else context.dialect.create_index
    where = ""
    if view.soft_delete is not None:
        where = f" WHERE {prepared.quote(view.info.columns[view.soft_delete].column.name)} IS NULL"
    return f"{make} {name} ON {prepared.format_table(view.info.table)} ({', '.join(keys)}){where};"


def index_name(table: str, words: Sequence[str], taken: Collection[str]) -> str:
    """A name for an index of ``table`` over what ``words`` say, other than those ``taken``."""
    plain = re.sub(r"\W+", "_", "_".join(["ix", table, *words]).lower())
    return free_name(plain[:_LONGEST_NAME].strip("_"), taken)


def free_name(name: str, taken: Collection[str]) -> str:
    """``name``, or it with a number: a name that no index of the table has, such as one that lacks the key or holds other rows."""
    return next(
        tried
        for tried in (name, *(f"{name[: _LONGEST_NAME - 4]}_{n}" for n in range(2, 1000)))
        if tried not in taken
    )


def _part(view: View, key: OrderKey, dialect: Any) -> _Part | None:
    expression: Any = key.expression
    if not isinstance(expression, sa.ColumnElement):  # an attribute
        expression = expression.__clause_element__()
    table = view.info.table
    if isinstance(expression, sa.Column):
        if expression.table is not table:
            return None
        return _Part(dialect.identifier_preparer.quote(expression.name), expression.name)
    tables = tables_of(expression)
    if not tables or any(other is not table for other in tables):
        return None
    text = sql_of(expression, dialect)
    inner = plain(expression)
    called = isinstance(inner, FunctionElement)
    return _Part(text if called else f"({text})", text) if text else None
