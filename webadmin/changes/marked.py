"""Rows that are marked as deleted with their parents, at the same moment, and come back with them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import aliased

from webadmin.changes.references import SOFT, Edge, key_columns
from webadmin.changes.statements import update_rows
from webadmin.changes.walk import MOST, SECONDS, Found, key_in
from webadmin.database.inspection import ColumnInfo, ModelInfo, RelationInfo, inspect_model
from webadmin.database.keys import Key, among
from webadmin.options.context import Context
from webadmin.options.view import View

_CHUNK = 500
_DEPTH = 50


class Marking:
    """The rows that ``soft_delete_cascade`` leads to, step by step: by keys, one statement for some hundred of them.

    :param back: those that went with their parents and are to come back, instead of those that are to go.
    :param lock: hold them until the transaction ends.
    """

    def __init__(self, context: Context, *, back: bool = False, lock: bool = False) -> None:
        self.context, self.session, self.back = context, context.session, back
        self.locks = lock and context.dialect.supports_row_locks
        self.found: list[Found] = []
        self.unfinished = False
        """There are more rows than could be looked at."""
        self._seen: dict[type, set[Key]] = {}
        self._until = time.monotonic() + SECONDS

    def run(self, view: View, rows: Sequence[Any]) -> None:
        """Look from ``rows``, loaded rows of ``view``."""
        if not view.soft_delete_cascade:
            return
        keys = [view.info.key_of(row) for row in rows]
        self._seen[view.model] = set(keys)
        connection = self.session.connection()
        # What is locked within a limit would be free again after it.
        limit = nullcontext() if self.locks else self.context.dialect.limited(connection, int(1000 * SECONDS))
        try:
            with limit:
                level = [(view, keys)]
                for depth in range(_DEPTH):
                    level = [step for view, keys in level for step in self._from(view, keys, depth)]
        except exc.DBAPIError as error:
            if self.locks or self.context.dialect.failure(error).kind != "statement_timeout":
                raise
            self.unfinished = True

    def _from(self, view: View, keys: Sequence[Key], depth: int) -> Iterator[tuple[View, list[Key]]]:
        for name in view.soft_delete_cascade:
            relation = inspect_model(view.model).relations[name]
            info, target_view = (
                inspect_model(relation.target),
                self.context.registry.for_model(relation.target),
            )
            new = self._reached(view, relation, info, keys)
            if not new:
                continue
            table = _mark(self.context, relation.target).column.table
            own = [key_in(table, info.mapper, key) for key in new]
            self.found.append(Found(_edge(view, relation, table), depth, len(own), own))
            if target_view is not None:
                yield target_view, new

    def _reached(self, view: View, relation: RelationInfo, info: ModelInfo, keys: Sequence[Key]) -> list[Key]:
        model: Any = view.model
        target: Any = aliased(relation.target)
        mark = getattr(target, _mark(self.context, relation.target).name)
        columns = [getattr(target, column.name) for column in info.key]
        own = [getattr(model, column.name) for column in view.info.key]
        base = (
            sa.select(*columns)
            .select_from(model)
            .join(target, getattr(model, relation.name).of_type(target))
            .where(mark == getattr(model, view.soft_delete or "") if self.back else mark.is_(None))
        )
        if self.locks:
            base = base.with_for_update(of=target)
        seen = self._seen.setdefault(relation.target, set())
        new: dict[Key, None] = {}
        for start in range(0, len(keys), _CHUNK):
            if len(new) > MOST or time.monotonic() > self._until:
                self.unfinished = True
                break
            stmt = base.where(among(own, keys[start : start + _CHUNK])).limit(MOST + 1)
            found = (tuple(row) for row in self.session.execute(stmt))
            new |= dict.fromkeys(key for key in found if key not in seen)
        seen.update(new)
        return list(new)

    def write(self, moment: Any, steps: Sequence[Found] | None = None) -> None:
        """Set the mark of the rows found, or of those of some ``steps``; None takes it off."""
        for found in self.found if steps is None else steps:
            assert found.edge.model is not None
            info = inspect_model(found.edge.model)
            mark = _mark(self.context, found.edge.model)
            columns = key_columns(found.edge.child, info.mapper)
            for start in range(0, len(found.keys), _CHUNK):
                where = among(columns, found.keys[start : start + _CHUNK])
                update_rows(self.context, found.edge.child, {str(mark.column.key): moment}, where)
            for row in list(self.session.identity_map.values()):
                if isinstance(row, info.model):
                    self.session.expire(row, [mark.name])


def _mark(context: Context, model: type) -> ColumnInfo:
    """The column that marks a deleted row of ``model``."""
    info, view = inspect_model(model), context.registry.for_model(model)
    name = view.soft_delete if view is not None else info.soft_delete
    assert name is not None  # looked at when the program starts
    return info.columns[name]


def _edge(view: View, relation: RelationInfo, table: sa.Table) -> Edge:
    info = inspect_model(relation.target)
    return Edge(
        child=table,
        child_columns=tuple(info.columns[name].column for name in relation.remote),
        parent_columns=tuple(inspect_model(view.model).columns[name].column for name in relation.local),
        rule=SOFT,
        model=relation.target,
    )
