"""Rows to choose from, by a part of their name: for comboboxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from webadmin.database import identity
from webadmin.database.inspection import ModelInfo, inspect_model
from webadmin.errors import BadRequest
from webadmin.listing.fits import sendable
from webadmin.listing.loading import label_of, label_plan
from webadmin.listing.parsing import MAX_QUERY
from webadmin.listing.prefix import begins_with, is_large
from webadmin.listing.scope import scope
from webadmin.listing.search import contains_words, has_words, key_condition_of, search_condition
from webadmin.options.attributes import Attribute, resolve
from webadmin.options.context import Context
from webadmin.options.defaults import searchable
from webadmin.options.labels import guess_columns
from webadmin.options.view import View
from webadmin.text import gettext as _

_GATHERED = 500
"""Rows of a large table that are gathered to be sorted."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A row that can be chosen."""

    id: str
    """Its key as a form or a filter takes it."""
    label: str
    deleted: bool
    hint: str = ""
    """What tells it from others of the same label: the other columns that were searched."""


def search_rows(
    context: Context,
    source: View | type,
    q: str,
    *,
    limit: int = 20,
    fields: Sequence[Any] = (),
    deleted: bool = False,
) -> tuple[list[Choice], bool]:
    """Rows whose label or search columns have every word of ``q``, or whose key it is.

    :param source: a view, or a model that a relation leads to; what its view hides from this person stays hidden.
    :param fields: attributes to look through instead, as options name them.
    :param deleted: offer soft-deleted rows too.
    :return: at most ``limit`` rows, and whether there are more.
    :raises BadRequest: when ``q`` cannot be searched for.
    """
    if not sendable(q):
        raise BadRequest(_("The search has a character that no row can have."))
    view = source if isinstance(source, View) else context.registry.for_model(source)
    info = view.info if view is not None else inspect_model(source)
    if info.keyless:
        return [], False
    return _Lookup(context, info, view).find(" ".join(q[:MAX_QUERY].split()), limit, fields, deleted)


def label_of_key(context: Context, source: View | type, id: str) -> str | None:
    """The label of the row with this ``Choice.id``; None when this person has no such row."""
    found = rows_by_id(context, source, [id])
    return found[0].label if found else None


def rows_by_id(context: Context, source: View | type, ids: Sequence[str]) -> list[Choice]:
    """The rows with these ``Choice.id``, deleted ones too, in one statement; those that do not exist are left out."""
    view = source if isinstance(source, View) else context.registry.for_model(source)
    info = view.info if view is not None else inspect_model(source)
    return [] if info.keyless else _Lookup(context, info, view).by_id(ids)


class _Lookup:
    def __init__(self, context: Context, info: ModelInfo, view: View | None) -> None:
        self.context, self.info, self.view = context, info, view
        self.model: Any = info.model

    def find(self, q: str, limit: int, fields: Sequence[Any], deleted: bool) -> tuple[list[Choice], bool]:
        beside = [name for name in map(str, fields) if name in self.info.columns]
        stmt = self._select(deleted, beside)
        if q:
            named = [resolve(self.info, name) for name in fields]
            seen = [one for one in named if self.view is None or self.context.registry.shows(self.view, one)]
            stmt = stmt.where(self._found(q, seen, deleted))
        stmt = stmt.order_by(*self._order(bool(q))).limit(limit + 1)
        rows = self._rows(stmt)
        return [self._choice(row, beside) for row in rows[:limit]], len(rows) > limit

    def by_id(self, ids: Sequence[str]) -> list[Choice]:
        conditions = [
            found for id in ids if (found := key_condition_of(self.context, self.info, id)) is not None
        ]
        if not conditions:
            return []
        rows = self._rows(self._select(deleted=True).where(sa.or_(*conditions)))
        return [self._choice(row) for row in rows]

    def _rows(self, stmt: sa.Select[Any]) -> Sequence[Any]:
        rows = self.context.session.scalars(stmt).all()
        label_plan(self.context, self.model).load_collections(self.context, self.view, rows)
        return rows

    def _seen(self, deleted: bool) -> sa.Select[Any]:
        """All that the person may see."""
        stmt = sa.select(self.model)
        if self.view is not None:
            return scope(self.context, self.view, stmt, "show" if deleted else "hide")
        if self.info.soft_delete is not None and not deleted:
            stmt = stmt.where(getattr(self.model, self.info.soft_delete).is_(None))
        return stmt

    def _select(self, deleted: bool, beside: Sequence[str] = ()) -> sa.Select[Any]:
        stmt = self._seen(deleted)
        options = label_plan(self.context, self.model, beside).options(self.context)
        return stmt.options(*options).execution_options(webadmin_label=_("Rows to choose from"))

    def _found(self, q: str, fields: Sequence[Attribute], deleted: bool) -> sa.ColumnElement[bool]:
        """What the rows have in common. Of a large table only so many are gathered, along its indexes, before they are
        sorted; one that has no index for it is looked through."""
        view = self.view
        if view is None or not is_large(self.context, view):
            return self._matches(q, fields)
        found = begins_with(self.context, view, fields or self._texts(), q, live=not deleted)
        if not found or self._has_words():
            found.append(
                search_condition(self.context, view, q) if self._has_words() else self._matches(q, fields)
            )
        elif (key := key_condition_of(self.context, self.info, q)) is not None:
            found.append(key)
        keys = [getattr(self.model, column.name) for column in self.info.key]
        # One by one: not every planner finds the indexes behind an OR.
        some = [
            self._seen(deleted).with_only_columns(*keys).where(one).limit(_GATHERED).subquery()
            for one in found
        ]
        gathered = sa.union_all(*(sa.select(*one.c) for one in some))
        return (keys[0] if len(keys) == 1 else sa.tuple_(*keys)).in_(gathered)

    def _has_words(self) -> bool:
        """Whether an index of words stands behind the table's search."""
        view = self.view
        return view is not None and has_words(self.context, view)

    def _texts(self) -> list[Attribute]:
        """The columns that are looked through, where nobody says which."""
        names = dict.fromkeys((*guess_columns(self.info), *searchable(self.info)))
        attributes = {name: resolve(self.info, name) for name in names}
        if self.view is not None:
            attributes |= {attribute.name: attribute for attribute in self.view.searchable}
        return list(attributes.values())

    def _matches(self, q: str, fields: Sequence[Attribute]) -> sa.ColumnElement[bool]:
        found: list[sa.ColumnElement[bool]] = []
        if fields:
            found.append(contains_words(self.context, fields, q))
        elif self.view is not None and self.view.search_vector is not None:
            return search_condition(self.context, self.view, q)
        else:
            attributes = self._texts()
            if attributes:
                found.append(contains_words(self.context, attributes, q))
        key = key_condition_of(self.context, self.info, q)
        found += [key] if key is not None else []
        return sa.or_(*found) if found else sa.false()

    def _order(self, searched: bool) -> list[Any]:
        """By name where an index has that order, or few rows are left to sort; else by key."""
        names = guess_columns(self.info)
        by_name = bool(names) and (searched or self.info.columns[names[0]].indexed)
        order = [getattr(self.model, name) for name in names] if by_name else []
        return [*order, *(getattr(self.model, column.name) for column in self.info.key)]

    def _choice(self, row: Any, beside: Sequence[str] = ()) -> Choice:
        view = self.view
        label = label_of(self.context, self.model)(row)
        others = [str(value) for name in beside if (value := getattr(row, name)) is not None]
        mark = view.soft_delete if view is not None else self.info.soft_delete
        return Choice(
            unquote(identity.segment(self.info.key_of(row))),
            label,
            mark is not None and getattr(row, mark) is not None,
            ", ".join(text for text in others if text not in label),
        )
