"""The order of a list: safelisted sort keys, the primary key last, so that it is total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webadmin.database.inspection import UNSORTABLE, Kind, ModelInfo, inspect_model
from webadmin.listing.memo import per_view
from webadmin.listing.parsing import Sort
from webadmin.listing.scope import inside, restricted
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.expressions import as_key, leads_an_index, may_be_null
from webadmin.options.labels import guess_columns
from webadmin.options.view import View


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One expression that rows are ordered by."""

    expression: Any
    descending: bool
    nullable: bool
    kind: Kind | None = None
    """The kind of the column it is; None for an expression."""
    indexed: bool = False
    """It is a column or expression of the list's own table that leads an index."""

    def by(self, *, backwards: bool = False) -> Any:
        """For ORDER BY. Nulls stay where the database puts them: any other place would miss its indexes, and
        reading backwards then gives the exact reverse."""
        down = self.descending is not backwards
        return self.expression.desc() if down else self.expression.asc()


@dataclass(frozen=True, slots=True)
class Order:
    """A list's order with the joins that its keys need."""

    keys: tuple[OrderKey, ...]
    joins: tuple[tuple[type, Any, Any], ...] = ()
    """``(target, its alias, relation to it)``, in the order to join."""
    beside: tuple[Any, Any] | None = None
    """What else a key is read from, and the condition under which it belongs to a row."""

    def joined(self, context: Context, stmt: sa.Select[Any]) -> sa.Select[Any]:
        """``stmt`` with the rows that keys are read from. One that the person may not see has nothing to be sorted by: its
        values would come to light in cursors."""
        for model, target, relation in self.joins:
            seen = inside(context, model, target, hide_deleted=False)
            stmt = stmt.outerjoin(target, relation if seen is None else relation.and_(seen))
        return stmt if self.beside is None else stmt.outerjoin(*self.beside)

    def same_for_all(self, context: Context) -> bool:
        """Whether the rows are in the same order for everybody."""
        views = (context.registry.for_model(model) for model, _target, _relation in self.joins)
        return not any(view is not None and restricted(view) for view in views)

    def by(self, *, backwards: bool = False) -> list[Any]:
        return [key.by(backwards=backwards) for key in self.keys]


def order_for(view: View, sort: Sort) -> Order:
    """The order of ``view``'s rows by ``sort``, names of its safelist or of its default order."""
    return per_view(view, ("order", sort), lambda: _Builder(view).build(sort))


class _Builder:
    def __init__(self, view: View) -> None:
        self.view = view
        self.keys: list[OrderKey] = []
        self.joins: dict[tuple[str, ...], tuple[type, Any, Any]] = {}
        self.columns: set[str] = set()

    def build(self, sort: Sort) -> Order:
        for name, descending in sort:
            attribute = self.view.sortable.get(name) or self.view.default_sort_attributes[name]
            self._add(attribute, descending)
        last = self.keys[-1].descending if self.keys else False
        for name in self._last_names(bool(sort)):
            if name not in self.columns:
                self._column(self.view.info, self.view.model, name, last)
        return Order(tuple(self.keys), tuple(self.joins.values()))

    def _last_names(self, sorted_by_choice: bool) -> Sequence[str]:
        """What makes the order total: the key; without one everything that can be compared, unless that would sort
        a whole table which nobody asked to be sorted: its rows keep their places in the file."""
        info = self.view.info
        if not info.keyless:
            return [column.name for column in info.key]
        if not sorted_by_choice and info.kind == "table":
            return []
        return [name for name, column in info.columns.items() if column.kind not in {*UNSORTABLE, Kind.OTHER}]

    def _add(self, attribute: Attribute, descending: bool) -> None:
        if attribute.expression is not None and not attribute.path:
            self._expression(attribute, attribute.expression, descending)
            return
        path = [*attribute.path, *([attribute.relation] if attribute.relation is not None else [])]
        entity: Any = self.view.model
        walked: tuple[str, ...] = ()
        for relation in path:
            walked = (*walked, relation.name)
            if walked not in self.joins:
                target: Any = aliased(relation.target)
                joined = getattr(entity, relation.name).of_type(target)
                self.joins[walked] = (relation.target, target, joined)
            entity = self.joins[walked][1]
        if attribute.relation is not None:
            info = inspect_model(attribute.relation.target)
            for name in guess_columns(info) or tuple(column.name for column in info.key):
                self._column(info, entity, name, descending, outer=True)
        elif attribute.column is not None:
            owner = inspect_model(attribute.owner)
            self._column(owner, entity, attribute.column.name, descending, outer=bool(path))
        else:
            self._expression(attribute, attribute.of(entity), descending)

    def _expression(self, attribute: Attribute, expression: Any, descending: bool) -> None:
        if not attribute.written:
            self.keys.append(OrderKey(expression, descending, nullable=True))
            return
        info = inspect_model(attribute.owner)
        nullable = bool(attribute.path) or may_be_null(expression, lambda column: bool(column.nullable))
        indexed = not attribute.path and leads_an_index(info.table, expression)
        self.keys.append(OrderKey(as_key(expression), descending, nullable, indexed=indexed))

    def _column(
        self, info: ModelInfo, entity: Any, name: str, descending: bool, *, outer: bool = False
    ) -> None:
        column = info.columns[name]
        if not outer:
            self.columns.add(name)
        nullable, indexed = outer or column.nullable, column.indexed and not outer
        self.keys.append(OrderKey(getattr(entity, name), descending, nullable, column.kind, indexed))
