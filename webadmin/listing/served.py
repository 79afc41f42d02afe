"""Which orders an index serves, by what the database says of its indexes; asked for with the size, or beside statements."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.database.inspection import Kind
from webadmin.dialects import Dialect
from webadmin.dialects.indexes import Index, IndexKey, TableStatistics, normalised, sql_of
from webadmin.listing.memo import per_view
from webadmin.listing.ordering import Order, OrderKey, order_for
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import Sort
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.expressions import tables_of
from webadmin.options.view import View
from webadmin.text import gettext as _

_KEPT_FOR = 60.0  # seconds
_FEW_VALUES = {Kind.BOOLEAN, Kind.ENUM}
"""Kinds of columns in which so many rows share a value that an index on it alone leaves most of the sorting."""

_kept: WeakKeyDictionary[Dialect, dict[str, _Kept]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    statistics: TableStatistics


def remember(dialect: Dialect, table: sa.Table, found: TableStatistics) -> None:
    """Keep what the database has just said of ``table``."""
    before = _kept.setdefault(dialect, {}).get(table.fullname)
    if before is not None and before.statistics == found:
        found = before.statistics  # what was worked out of it stays true
    _kept[dialect][table.fullname] = _Kept(time.monotonic(), found)


@caused_by("slow_sort_rows", label=lambda: _("Size of the table"))
def statistics_of(context: Context, view: View) -> TableStatistics | None:
    """What is known of the view's table; None where that is only learnt by a statement, and nobody has asked yet."""
    dialect, table = context.dialect, view.info.table
    kept = _kept.get(dialect, {}).get(table.fullname)
    if not dialect.supports_statistics and (kept is None or time.monotonic() - kept.at > _KEPT_FOR):
        remember(dialect, table, dialect.statistics(context.session.connection(), table))
        kept = _kept[dialect][table.fullname]
    return None if kept is None else kept.statistics


def served(context: Context, view: View, sort: Sort, params: ListParams) -> bool | None:
    """Whether an index gives the rows of a list in the order ``sort``, or nearly so that only ties are sorted.

    :param params: which rows are listed: what they have in common an index may begin with.
    :return: None where that cannot be told: of views, or before the database was asked.
    """
    known = statistics_of(context, view)
    if known is None or known.indexes is None:
        return None
    pinned = _pinned(view, params)
    live = view.soft_delete is not None and params.deleted == "hide"
    key = ("served", sort, live, pinned, id(known))
    # The statistics stand beside the answer, so that no other object takes their place in memory.
    found: tuple[bool | None, TableStatistics] = per_view(
        view, key, lambda: (_served(context, view, order_for(view, sort), known, live, pinned), known)
    )
    return found[0]


def key_texts(view: View, order: Order, connection: Connection) -> list[str | None]:
    """The keys of ``order`` as they stand in DDL; None for those that are not read from the view's own table."""
    return [_text(view, key, connection) for key in order.keys]


def _text(view: View, key: OrderKey, connection: Connection) -> str | None:
    expression: Any = key.expression
    if not isinstance(expression, sa.ColumnElement):  # an attribute
        expression = expression.__clause_element__()
    if isinstance(expression, sa.Column):
        return str(expression.name) if expression.table is view.info.table else None
    tables = tables_of(expression)
    if not tables or any(table is not view.info.table for table in tables):
        return None
    return sql_of(expression, connection.dialect) or None


def _pinned(view: View, params: ListParams) -> frozenset[str]:
    """The columns of which all rows of the list have one value, by their names in the database."""
    found: set[str] = set()
    for value in params.filters:
        attribute = view.filters[value.name].attribute if value.name in view.filters else None
        if attribute is None or attribute.path or value.operator != "eq" or len(value.values) != 1:
            continue
        relation = attribute.relation
        names = relation.local if relation is not None and relation.many_to_one else (value.name,)
        found.update(
            normalised(view.info.columns[name].column.name) for name in names if name in view.info.columns
        )
    return frozenset(found)


def _served(
    context: Context, view: View, order: Order, known: TableStatistics, live: bool, pinned: frozenset[str]
) -> bool | None:
    if not order.keys:
        return True
    if any(column.table is not view.info.table for column in view.info.mapper.columns):
        return None  # rows lie in several tables, of which each has indexes of its own
    texts = [
        None if text is None else normalised(text)
        for text in key_texts(view, order, context.session.connection())
    ]
    # What is not unique yet is made so by the key, which the index need not have.
    usable = [
        index
        for index in known.indexes or ()
        if not index.where or (live and index.where == live_condition(view))
    ]
    high = context.dialect.nulls_sort_high
    return any(_enough(order, _matched(index, order, texts, pinned, high)) for index in usable)


def live_condition(view: View) -> str:
    """The condition of an index that has the view's live rows alone."""
    assert view.soft_delete is not None
    return normalised(f"{view.info.columns[view.soft_delete].column.name} IS NULL")


def _enough(order: Order, matched: int) -> bool:
    return matched == len(order.keys) or any(key.kind not in _FEW_VALUES for key in order.keys[:matched])


def _matched(
    index: Index, order: Order, texts: Sequence[str | None], pinned: frozenset[str], high: bool
) -> int:
    """How many of the first keys of ``order`` the index has, all in one direction of its own."""
    return max(_along(index.keys, order, texts, pinned, high, turned=turned) for turned in (False, True))


def _along(
    keys: Sequence[IndexKey],
    order: Order,
    texts: Sequence[str | None],
    pinned: frozenset[str],
    high: bool,
    *,
    turned: bool,
) -> int:
    matched = 0
    for key in keys:
        if matched == len(texts):
            break
        wanted = order.keys[matched]
        # Where NULL stands in the list, and where it comes when the index is read this way.
        nulls_first = wanted.descending is high
        fits = (
            key.plain
            and key.text == texts[matched]
            and (key.descending is not turned) is wanted.descending
            and (key.nulls_first is not turned) is nulls_first
        )
        if fits:
            matched += 1
        elif key.text not in pinned:
            break
    return matched
