"""What else a person may not read or write, given the fields that a view keeps from them: what stands for these fields, and
what is made of them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from webadmin.database.inspection import Kind, ModelInfo, RelationInfo, inspect_model
from webadmin.options.attributes import Attribute
from webadmin.options.reads import columns_read
from webadmin.options.view import View

_WORD = re.compile(r"\w+")
_SEARCHED = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.JSON, Kind.ARRAY, Kind.ENUM, Kind.OTHER})
"""Kinds of which a search column may be made."""


class HiddenFields:
    """The hidden attributes of all views, for one person.

    :param views: all views by key.
    :param by_model: the first view of each model: what relations lead to is looked at through it.
    :param named: what the views keep from the person, by key.
    """

    def __init__(
        self,
        views: Mapping[str, View],
        by_model: Mapping[type, View],
        named: Mapping[str, Iterable[str]],
        *,
        derived: bool = True,
    ) -> None:
        self.views, self._by_model = views, by_model
        self._of = {key: set(named.get(key, ())) for key in views}
        self._named = {key: frozenset(names) for key, names in self._of.items()}
        self._derived = derived
        while any(self._grown(view) for view in views.values()):  # one after the other, until nothing follows
            self.__dict__.pop("_columns", None)
        told = frozenset((key, frozenset(names)) for key, names in self._of.items() if names)
        self.veil: Hashable = told or None
        """What stands for all of it."""

    def of(self, view: View) -> frozenset[str]:
        """What is hidden of a view's own attributes."""
        return frozenset(self._of[view.key])

    def names(self, view: View, name: str) -> bool:
        """Whether the view itself keeps ``name`` from the person, and not only what stands behind it."""
        return name in self._named[view.key]

    def of_model(self, model: type) -> frozenset[str]:
        """What is hidden of rows that a relation leads to."""
        view = self._by_model.get(model)
        return frozenset(self._of[view.key]) if view is not None else frozenset()

    def hides(self, view: View, attribute: Attribute) -> bool:
        """Whether the person may not read what ``attribute``, a path of ``view``'s, leads to."""
        hidden, model = self.of(view), view.model
        for relation in attribute.path:
            if relation.name in hidden:
                return True
            hidden, model = self.of_model(relation.target), relation.target
        own = attribute.column or attribute.relation
        if attribute.last in hidden or (not attribute.path and attribute.name in hidden):
            return True
        if own is not None:
            return own.name in hidden
        if attribute.expression is not None:
            return bool(self._made_of(attribute.expression))
        read = _read_by_property(model, attribute.last)
        return read is not None and not hidden.isdisjoint(read)

    def reaches(self, view: View) -> bool:
        """Whether a function that gets rows of ``view`` could come by something hidden, there or in a row next to it."""
        relations = inspect_model(view.model).relations.values()
        return bool(self._of[view.key]) or any(self.of_model(relation.target) for relation in relations)

    @property
    def column_names(self) -> frozenset[str]:
        """The hidden columns by their names in the database, in lower case."""
        return frozenset(str(table.c[key].name).lower() for table, key in self._columns)

    def has(self, column: Any) -> bool:
        """Whether a column of a table is hidden."""
        return (column.table, column.key) in self._columns

    # -- what follows from what is hidden --------------------------------------------------------------------

    def _grown(self, view: View) -> bool:
        hidden = self._of[view.key]
        before = len(hidden)
        hidden.update(self._with_relations(view, hidden))
        if self._derived:
            hidden.update(self._computed(view, hidden))
        return len(hidden) > before

    def _with_relations(self, view: View, hidden: set[str]) -> Iterator[str]:
        """A relation and its foreign key are one, from either side of it."""
        info = inspect_model(view.model)
        fixed = {column.name for column in info.key}
        free = [one for name, one in info.relations.items() if one.many_to_one and name not in hidden]
        shared = {local for relation in free for local in relation.local}
        for name, relation in info.relations.items():
            if name in hidden:
                if relation.many_to_one:
                    yield from (local for local in relation.local if local not in fixed | shared)
                continue
            theirs = self.of_model(relation.target)
            back = _back(relation)
            if not (
                hidden.isdisjoint(relation.local)
                and theirs.isdisjoint(relation.remote)
                and (back is None or back not in theirs)
            ):
                yield name

    def _computed(self, view: View, hidden: set[str]) -> Iterator[str]:
        """What the database, or the mapper, makes of a hidden column."""
        info = inspect_model(view.model)
        names = {info.columns[name].column.name.casefold() for name in hidden if name in info.columns}
        texts = any(name in info.columns and info.columns[name].kind in _SEARCHED for name in hidden)
        for name, column in info.columns.items():
            computed = column.column.computed
            if computed is not None:
                if not names.isdisjoint(_words(computed)):
                    yield name
            elif column.kind is Kind.SEARCH_VECTOR and texts:
                yield name  # kept up by somebody else: what it is made of, nobody can tell
        for prop in info.mapper.column_attrs:
            if prop.key not in info.columns and self._made_of(prop.expression):
                yield prop.key

    @cached_property
    def _columns(self) -> frozenset[tuple[Any, str]]:
        """The hidden columns of all models, each by its table and key: in an expression they are copies of themselves."""
        found = set()
        for view in self._by_model.values():
            columns = inspect_model(view.model).columns
            for name in self._of[view.key] & columns.keys():
                found.add((columns[name].column.table, columns[name].column.key))
        return frozenset(found)

    def _made_of(self, expression: Any) -> bool:
        element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
        return any(isinstance(part, sa.Column) and self.has(part) for part in visitors.iterate(element))


def _back(relation: RelationInfo) -> str | None:
    """What the relation is called from its other side."""
    back = relation.property.back_populates
    return back if isinstance(back, str) else None


def _words(computed: sa.Computed) -> set[str]:
    """The words that stand in the expression of a generated column, in texts too: rather one too many."""
    return {word.casefold() for word in _WORD.findall(str(computed.sqltext))}


def _read_by_property(model: type, name: str) -> tuple[str, ...] | None:
    """The columns that a property of ``model`` reads, as far as its code says so; None where that cannot be told."""
    info: ModelInfo = inspect_model(model)
    found = next((vars(cls)[name] for cls in model.__mro__ if name in vars(cls)), None)
    function = getattr(found, "fget", None) or getattr(found, "func", None)
    return columns_read(function, info.columns) if function is not None else None
