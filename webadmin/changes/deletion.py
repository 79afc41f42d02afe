"""The plan of a deletion: what goes with the rows, what loses its link, what stands in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from webadmin.changes.references import CASCADE, RESTRICT, Edge, edges
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import format_count, humanize, plural

CAP = 10_000
"""Counting of one relation stops here."""
_DEPTH = 8
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Reached:
    """Rows of one table that the deletion reaches through one foreign key."""

    edge: Edge
    label: str
    rule: str
    count: int
    depth: int
    examples: tuple[tuple[str, str], ...] = ()
    """``(label, id)`` of the first few, for models that the person may look at."""
    view: View | None = None

    @property
    def count_text(self) -> str:
        return format_count(CAP) + "+" if self.count > CAP else format_count(self.count)


@dataclass(slots=True)
class DeletionPlan:
    """What deleting ``rows`` does. ``soft`` rows are only marked."""

    view: View
    rows: Sequence[Any]
    soft: bool
    blocked: list[Reached] = field(default_factory=list)
    deleted: list[Reached] = field(default_factory=list)
    unlinked: list[Reached] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """Changes when what would happen changes."""
        lines = [
            f"{item.label}:{item.rule}:{item.count}"
            for item in (*self.blocked, *self.deleted, *self.unlinked)
        ]
        ids = [self.view.id_of(row) for row in self.rows]
        return hashlib.sha256("\n".join([str(self.soft), *ids, *lines]).encode()).hexdigest()[:24]

    @property
    def total(self) -> int:
        return len(self.rows) + sum(item.count for item in self.deleted)

    @property
    def capped(self) -> bool:
        return any(item.count > CAP for item in self.deleted)


def plan_deletion(context: Context, view: View, rows: Sequence[Any], *, purge: bool = False) -> DeletionPlan:
    """The plan for ``rows``, loaded rows of ``view``. A model with soft deletion is only marked unless ``purge``."""
    soft = view.soft_delete is not None and not purge
    plan = DeletionPlan(view, rows, soft)
    if not soft and rows:
        _Walk(context, plan).run()
    return plan


class _Walk:
    """Goes along the foreign keys, breadth first; every step is one capped count."""

    def __init__(self, context: Context, plan: DeletionPlan) -> None:
        self.context = context
        self.plan = plan
        self.going: list[tuple[sa.Table, sa.Select[Any]]] = []
        self.pending: list[tuple[Edge, sa.Select[Any], int]] = []

    def run(self) -> None:
        info = self.plan.view.info
        keys = [info.key_of(row) for row in self.plan.rows]
        chosen = sa.select(info.table).where(_among([column.column for column in info.key], keys))
        self.going.append((info.table, chosen))
        level: list[tuple[type, sa.Select[Any]]] = [(info.model, chosen)]
        for depth in range(_DEPTH):
            following: list[tuple[type, sa.Select[Any]]] = []
            for model, parents in level:
                for edge in edges(model):
                    following.extend(self._step(edge, parents, depth))
            if not following:
                break
            level = following
        for edge, rows, depth in self.pending:
            self._block(edge, rows, depth)

    def _step(self, edge: Edge, parents: sa.Select[Any], depth: int) -> list[tuple[type, sa.Select[Any]]]:
        rows = sa.select(edge.child).where(_points_at(edge, parents))
        if edge.rule == RESTRICT:
            self.pending.append((edge, rows, depth))
            return []
        if edge.own_table:
            rows = self._without_going(edge, rows)
        reached = self._reached(edge, rows, depth)
        if reached is None:
            return []
        if edge.rule != CASCADE:
            self.plan.unlinked.append(reached)
            return []
        self.plan.deleted.append(reached)
        self.going.append((edge.child, rows))
        return [(edge.model, rows)] if edge.model is not None else []

    def _block(self, edge: Edge, rows: sa.Select[Any], depth: int) -> None:
        reached = self._reached(edge, self._without_going(edge, rows), depth)
        if reached is not None:
            self.plan.blocked.append(reached)

    def _without_going(self, edge: Edge, rows: sa.Select[Any]) -> sa.Select[Any]:
        """Rows that are deleted themselves stand in nobody's way."""
        for table, going in self.going:
            keys = list(table.primary_key.columns)
            if table is edge.child and keys:
                rows = rows.where(sa.not_(_inside(keys, going.with_only_columns(*keys))))
        return rows

    def _reached(self, edge: Edge, rows: sa.Select[Any], depth: int) -> Reached | None:
        inner = rows.with_only_columns(sa.literal(1).label("one")).limit(CAP + 1).subquery()
        count = int(self.context.session.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())
        if count == 0:
            return None
        view = self.context.view_of(edge.model) if edge.model is not None else None
        label = view.name_plural if view is not None else _table_label(edge)
        columns = ", ".join(humanize(column.name).lower() for column in edge.child_columns)
        return Reached(
            edge, f"{label} ({columns})", edge.rule, count, depth, self._examples(edge, rows, view), view
        )

    def _examples(self, edge: Edge, rows: sa.Select[Any], view: View | None) -> tuple[tuple[str, str], ...]:
        if view is None or view.keyless or edge.model is None:
            return ()
        keys = list(edge.child.primary_key.columns)
        stmt: sa.Select[Any] = sa.select(edge.model).where(_inside(keys, rows.with_only_columns(*keys)))
        stmt = view.options.scope(stmt, self.context.user).limit(_EXAMPLES)
        return tuple((view.row_label(row), view.id_of(row)) for row in self.context.session.scalars(stmt))


def _table_label(edge: Edge) -> str:
    return plural(humanize(edge.model.__name__)) if edge.model is not None else humanize(edge.child.name)


def _among(
    columns: Sequence[sa.ColumnElement[Any]], keys: Sequence[tuple[Any, ...]]
) -> sa.ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return sa.or_(*(sa.and_(*(c == value for c, value in zip(columns, key, strict=True))) for key in keys))


def _inside(columns: Sequence[sa.ColumnElement[Any]], rows: sa.Select[Any]) -> sa.ColumnElement[bool]:
    return columns[0].in_(rows) if len(columns) == 1 else sa.tuple_(*columns).in_(rows)


def _points_at(edge: Edge, parents: sa.Select[Any]) -> sa.ColumnElement[bool]:
    # A self-reference needs a second name for the parents, or the two would be the same rows.
    parent = parents.with_only_columns(*edge.parent_columns).subquery()
    return _inside(edge.child_columns, sa.select(*parent.c))
