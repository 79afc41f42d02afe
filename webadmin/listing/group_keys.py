"""The expressions that make rows members of one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webadmin.database.inspection import inspect_model
from webadmin.listing.scope import inside
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the rows of a group have in common."""

    attribute: Attribute
    expressions: tuple[Any, ...]
    """A column; for a relation those of its foreign key."""
    joins: tuple[tuple[Any, Any], ...]
    """``(target, condition)``, in the order to join."""
    hides: bool
    """A row that points to what this person may not see is a member of the group of those that point nowhere."""

    def joined(self, stmt: sa.Select[Any]) -> sa.Select[Any]:
        """``stmt`` with the rows that the group is read from."""
        for target, condition in self.joins:
            stmt = stmt.outerjoin(target, condition)
        return stmt


def group_key(context: Context, attribute: Attribute) -> GroupKey:
    """The key of groups by ``attribute``. What stands in a row that the person may not see makes no group."""
    entity: Any = attribute.model
    joins: list[tuple[Any, Any]] = []
    hides = False
    for relation in attribute.path:
        entity, hidden = _step(context, entity, relation.name, relation.target, joins)
        hides = hides or hidden
    if attribute.relation is None:
        own = attribute.expression is not None and not attribute.path
        expression = attribute.expression if own else attribute.of(entity)
        return GroupKey(attribute, (expression,), tuple(joins), hides)
    relation = attribute.relation
    target: Any = aliased(relation.target)
    if inside(context, relation.target, target, hide_deleted=False) is None:
        expressions = tuple(getattr(entity, name) for name in relation.local)
        return GroupKey(attribute, expressions, tuple(joins), hides)
    target, _hidden = _step(context, entity, relation.name, relation.target, joins)
    names = relation.remote or tuple(column.name for column in inspect_model(relation.target).key)
    return GroupKey(attribute, tuple(getattr(target, name) for name in names), tuple(joins), True)


def _step(
    context: Context, entity: Any, name: str, model: type, joins: list[tuple[Any, Any]]
) -> tuple[Any, bool]:
    target: Any = aliased(model)
    seen = inside(context, model, target, hide_deleted=False)
    related = getattr(entity, name).of_type(target)
    joins.append((target, related if seen is None else related.and_(seen)))
    return target, seen is not None
