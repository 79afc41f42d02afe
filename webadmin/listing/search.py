"""What is typed into the search box, as a condition."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from webadmin.database import identity
from webadmin.database.inspection import Kind, ModelInfo, inspect_model
from webadmin.dialects import Dialect
from webadmin.dialects.search import TextIndex, TextQuery
from webadmin.errors import NotFound
from webadmin.listing.fits import fits
from webadmin.listing.scope import through
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.view import View

_MAX_WORDS = 16
_KEPT_FOR = 60.0
"""Seconds that the database's answer to what a search means is kept: the number of rows in it grows old."""
_MOST = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search means in one view."""

    text: str
    query: TextQuery | None = None
    """As the index of words takes it; None where the texts themselves are looked through."""
    index: TextIndex | None = None
    """The table of words that is searched; without one, the view's search column is."""

    @property
    def common(self) -> bool:
        """Nothing is left to search for: the words are too common to be indexed, or are no words."""
        return self.query is not None and not self.query.text


_asked: WeakKeyDictionary[Dialect, dict[tuple[Hashable, str], tuple[float, Asked]]] = WeakKeyDictionary()


def searchable(view: View) -> bool:
    """Whether there is anything to search in."""
    return view.search_vector is not None or bool(view.searchable) or _key_kind(view) is not None


def asked(context: Context, view: View, text: str) -> Asked:
    """What ``text`` means in ``view``. Asks the database the first time, which reads no rows for it."""
    kept = _asked.setdefault(context.dialect, {})
    now = time.monotonic()
    found = kept.get((view.seen_as, text))
    if found is None or now - found[0] > _KEPT_FOR:
        if len(kept) >= _MOST:  # what is searched for is not ours to decide
            kept.clear()
        found = kept[view.seen_as, text] = (now, _ask(context, view, text))
    return found[1]


def _ask(context: Context, view: View, text: str) -> Asked:
    dialect, table = context.dialect, view.info.table
    connection = context.session.connection()
    named = view.options.search_index
    if dialect.supports_text_index and (named or not view.options.column_searchable_list):
        index = dialect.text_index(connection, table, named or None)
        if index is not None:
            return Asked(text, dialect.index_query(text, index, open_columns(view, index)), index)
    if view.search_vector is not None and dialect.supports_search_vector:
        return Asked(text, dialect.search_query(connection, table, vector(view), text))
    return Asked(text)


def open_columns(view: View, index: TextIndex) -> list[str]:
    """The columns of ``index`` that this view may look in: those of columns that no page shows only if the view names the
    index, those of fields that the person may not read never."""
    if view.options.search_index:
        every = inspect_model(view.model).columns
        closed = {every[name].column.name.casefold() for name in view.hidden & every.keys()}
        return [name for name in index.columns if name.casefold() not in closed]
    shown = {
        column.attribute.column.column.name.casefold()
        for column in view.all_columns.values()
        if column.attribute.column is not None and not column.attribute.path
    }
    return [name for name in index.columns if name.casefold() in shown]


def has_words(context: Context, view: View) -> bool:
    """Whether an index of words serves the view's search, as far as is known without searching."""
    if view.search_vector is not None and context.dialect.supports_search_vector:
        return True
    return asked(context, view, "a").index is not None


def vector(view: View) -> Any:
    """The view's search column."""
    assert view.search_vector is not None
    return getattr(view.model, view.search_vector.name)


def search_condition(context: Context, view: View, text: str) -> sa.ColumnElement[bool]:
    """The rows in which ``text`` is found: every word of it; or whose key it is."""
    found: list[sa.ColumnElement[bool]] = []
    meant = asked(context, view, text)
    if meant.query is not None:
        if meant.query.text:
            found.append(_indexed(context, view, meant, meant.query))
    elif attributes := looked_in(view):
        found.append(contains_words(context, attributes, text))
    key = key_condition(context, view, text)
    if key is not None:
        found.append(key)
    return sa.or_(*found) if found else sa.false()


def looked_in(view: View) -> tuple[Attribute, ...]:
    """What is looked through where no index of words is."""
    if view.search_vector is not None:
        return (view.search_vector,)
    return view.searchable


def _indexed(context: Context, view: View, meant: Asked, query: TextQuery) -> sa.ColumnElement[bool]:
    if meant.index is None:
        return context.dialect.search_found(vector(view), query)
    hits = context.dialect.index_hits(meant.index, query, view.info.table)
    return row_number(view, meant.index).in_(sa.select(hits.c.row))  # type: ignore[no-any-return]


def row_number(view: View, index: TextIndex) -> Any:
    """What the row numbers of ``index`` are in the view's own table."""
    return row_number_of(view.info, index)


def row_number_of(info: ModelInfo, index: TextIndex) -> Any:
    """What the row numbers of ``index`` are in the model's table."""
    named = index.row_column
    for name, column in info.columns.items():
        if named is not None and column.column.name.casefold() == named.casefold():
            return getattr(info.model, name)
    table = info.table.name.replace('"', '""')
    return sa.literal_column(f'"{table}".rowid', sa.Integer)


def contains_words(context: Context, attributes: Sequence[Attribute], text: str) -> sa.ColumnElement[bool]:
    """Every word of ``text`` stands in one of the columns, whatever its case."""
    return sa.and_(
        *(
            sa.or_(*(_contains(context, attribute, word) for attribute in attributes))
            for word in text.split()[:_MAX_WORDS]
        )
    )


def _contains(context: Context, attribute: Attribute, word: str) -> sa.ColumnElement[bool]:
    if attribute.expression is not None and not attribute.path:
        return context.dialect.contains(attribute.expression, word)
    return through(
        context,
        attribute.model,
        attribute.path,
        lambda entity: context.dialect.contains(getattr(entity, attribute.last), word),
    )


def key_condition(context: Context, view: View, text: str) -> sa.ColumnElement[bool] | None:
    """The row whose key is the number or UUID ``text``; None when no row can have such a key."""
    return key_condition_of(context, view.info, text) if _key_kind(view) is not None else None


def key_condition_of(context: Context, info: ModelInfo, text: str) -> sa.ColumnElement[bool] | None:
    """The row of any model whose key is ``text``, written as in an address; None when no row can have such a key."""
    if any(column.kind is Kind.OTHER for column in info.key):
        return None
    try:
        values = identity.values(text, info.key_types)
    except NotFound:
        return None
    if not all(fits(context.dialect, column, value) for column, value in zip(info.key, values, strict=True)):
        return None
    model: Any = info.model
    return sa.and_(
        *(getattr(model, column.name) == value for column, value in zip(info.key, values, strict=True))
    )


def _key_kind(view: View) -> Kind | None:
    key = view.info.key
    if view.keyless or len(key) != 1 or key[0].kind not in {Kind.INTEGER, Kind.UUID}:
        return None
    return key[0].kind
