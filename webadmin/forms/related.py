"""Rows on the other side of a relation, as forms name them: few at a time, never a whole table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.orm import load_only, with_parent

from webadmin.database import identity
from webadmin.database.inspection import ModelInfo, RelationInfo, inspect_model
from webadmin.errors import NotFound
from webadmin.options.context import Context
from webadmin.options.labels import model_label

Loader = Callable[[RelationInfo, Sequence[str]], Mapping[str, Any]]
"""The target rows of a relation by id, those that the person may choose; ids without one are left out."""

MEMBERS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Related:
    """A row on the other side; ``row`` is None when it is gone or not for this person to see."""

    id: str
    label: str
    deleted: bool = False
    row: Any = None


def canonical_id(target: type, text: str) -> str:
    """The id of a row of ``target`` in the one form that addresses have. Raises ValueError when it cannot be one."""
    info = inspect_model(target)
    try:
        values = identity.values(unquote(text.strip()), info.key_types)
    except NotFound:
        raise ValueError(text) from None
    if any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        raise ValueError(text)
    return identity.segment(values)


def current_target(context: Context, relation: RelationInfo, row: Any) -> Related | None:
    """The row that a to-one relation of ``row`` leads to, soft-deleted ones too."""
    values = [getattr(row, name) for name in relation.local]
    if relation.many_to_one and (not values or None in values):
        return None
    stmt = _select(context, relation.target).where(with_parent(row, relation.property.class_attribute))
    found = context.session.scalars(stmt.limit(1)).unique().first()
    if found is not None:
        return related(context, relation.target, found)
    keys = tuple(column.name for column in inspect_model(relation.target).key)
    if relation.many_to_one and set(relation.remote) == set(keys):
        by_name = dict(zip(relation.remote, values, strict=True))
        id = identity.segment([by_name[name] for name in keys])
        return Related(id, unquote(id))
    return None


def members(context: Context, relation: RelationInfo, row: Any) -> tuple[list[Related], bool]:
    """The first rows of a to-many relation of ``row``, and whether there are more."""
    stmt = _select(context, relation.target).where(with_parent(row, relation.property.class_attribute))
    keys = [column.column for column in inspect_model(relation.target).key]
    found = context.session.scalars(stmt.order_by(*keys).limit(MEMBERS_SHOWN + 1)).unique().all()
    return [related(context, relation.target, member) for member in found[:MEMBERS_SHOWN]], len(
        found
    ) > MEMBERS_SHOWN


def those_of(context: Context, relation: RelationInfo, row: Any, ids: Sequence[str]) -> dict[str, Any]:
    """Which of ``ids`` are members of ``row``'s to-many relation now, by id."""
    return _by_id(context, relation.target, ids, with_parent(row, relation.property.class_attribute))


def by_id(context: Context, relation: RelationInfo, ids: Sequence[str]) -> dict[str, Any]:
    """Rows of the relation's target by id, those that the view's own scope lets the person see."""
    return _by_id(context, relation.target, ids)


def _by_id(context: Context, target: type, ids: Sequence[str], *where: Any) -> dict[str, Any]:
    info = inspect_model(target)
    if not ids:
        return {}
    keys = [identity.values(unquote(id), info.key_types) for id in ids]
    columns = [column.column for column in info.key]
    if len(columns) == 1:
        inside: sa.ColumnElement[bool] = columns[0].in_([key[0] for key in keys])
    else:
        inside = sa.or_(*(sa.and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in keys))
    rows = context.session.scalars(_select(context, target).where(inside, *where)).unique()
    return {identity.segment(info.key_of(row)): row for row in rows}


def is_there(context: Context, target: type, values: Mapping[str, Any]) -> bool:
    """Whether ``target`` has a row with these values by attribute that the person may see."""
    where = (getattr(target, name) == value for name, value in values.items())
    return context.session.scalars(_select(context, target).where(*where).limit(1)).first() is not None


def related(context: Context, target: type, row: Any) -> Related:
    """A loaded row of ``target`` with its label."""
    info: ModelInfo = inspect_model(target)
    view = context.registry.for_model(target)
    label = view.row_label if view is not None else model_label(target)
    deleted = view.soft_delete if view is not None else info.soft_delete
    gone = deleted is not None and getattr(row, deleted) is not None
    return Related(identity.segment(info.key_of(row)), label(row), gone, row)


def _select(context: Context, target: type) -> sa.Select[Any]:
    view = context.registry.for_model(target)
    label = view.row_label if view is not None else model_label(target)
    names = {*label.columns, *((view.soft_delete,) if view is not None and view.soft_delete else ())}
    stmt: sa.Select[Any] = sa.select(target).options(
        load_only(*(getattr(target, name) for name in sorted(names)))
    )
    return view.options.scope(stmt, context.user) if view is not None else stmt
