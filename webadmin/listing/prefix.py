"""Rows whose text begins with what is typed, found along an index: for tables that are too large to be looked through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.dialects.indexes import Index, TableStatistics, normalised
from webadmin.listing.served import live_condition, remember, statistics_of
from webadmin.options.attributes import Attribute
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

LARGE = 20_000
"""So many rows and more are not looked through for each letter that is typed."""
_LAST = "\uffff"
"""Sorts behind every character that a text can go on with: by bytes, and as Unicode's collation has it."""


def is_large(context: Context, view: View) -> bool:
    """Whether the view's table has too many rows to be looked through, as far as the database knows without counting."""
    known = _known(context, view)
    size = known.rows if known.rows is not None else known.at_most
    return size is not None and size >= LARGE


def begins_with(
    context: Context, view: View, attributes: Sequence[Attribute], text: str, *, live: bool
) -> list[sa.ColumnElement[bool]]:
    """Conditions under which one of the columns begins with ``text``, each served by an index; none where no index does.

    :param live: only live rows are looked for, so that indexes of these alone do too.
    """
    indexes = [
        index
        for index in _known(context, view).indexes or ()
        if not index.where or (live and view.soft_delete is not None and index.where == live_condition(view))
    ]
    found: list[sa.ColumnElement[bool]] = []
    for attribute in attributes:
        column = attribute.column
        if column is None or attribute.path or not isinstance(column.column.type, sa.String):
            continue
        own = getattr(view.model, column.name)
        if _leads(indexes, f"lower({column.column.name})"):
            found.append(_between(sa.func.lower(own), text.lower()))
        elif _leads(indexes, column.column.name):
            # Also where the index tells capitals apart; where it does not, these are one place of it.
            written = dict.fromkeys((text, text.lower(), text.capitalize(), text.title(), text.upper()))
            same = context.dialect.contains(own, text)
            found += [sa.and_(_between(own, each), same) for each in written]
    return found


def _between(expression: Any, text: str) -> sa.ColumnElement[bool]:
    return sa.and_(expression >= text, expression < text + _LAST)


def _leads(indexes: Sequence[Index], text: str) -> bool:
    wanted = normalised(text)
    return any(index.keys and index.keys[0].text == wanted and index.keys[0].plain for index in indexes)


@caused_by("search", label=lambda: _("Size of the table"))
def _known(context: Context, view: View) -> TableStatistics:
    known = statistics_of(context, view)
    if known is None:
        table = view.info.table
        known = context.dialect.statistics(context.session.connection(), table)
        remember(context.dialect, table, known)
    return known
