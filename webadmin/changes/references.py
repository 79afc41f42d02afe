"""Which rows point at others, and what becomes of them when what they point at is deleted.

The rule of an edge is what really happens: the foreign key's own ``ON DELETE`` where the database acts, else what the
mapper does with the relationship, else the database refuses.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipProperty

from webadmin.database.inspection import inspect_model

CASCADE = "cascade"
SET_NULL = "set null"
RESTRICT = "restrict"
UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class Edge:
    """Rows of ``child`` point at rows of a parent table."""

    child: sa.Table
    child_columns: tuple[sa.Column[Any], ...]
    parent_columns: tuple[sa.Column[Any], ...]
    rule: str
    model: type | None
    """The mapped class of the child table, when it has one."""

    @property
    def own_table(self) -> bool:
        return self.child is self.parent_columns[0].table


@functools.cache
def edges(model: type) -> tuple[Edge, ...]:
    """Every foreign key, known to the model's metadata, that points at the model's table."""
    info = inspect_model(model)
    models = {
        mapper.local_table: mapper.class_ for mapper in info.mapper.registry.mappers if mapper.single is False
    }
    return tuple(
        Edge(
            child=constraint.table,
            child_columns=tuple(element.parent for element in constraint.elements),
            parent_columns=tuple(element.column for element in constraint.elements),
            rule=_rule(constraint, info.mapper),
            model=models.get(constraint.table),
        )
        for constraint in _pointing_at(info.table)
    )


def _pointing_at(table: sa.Table) -> Iterator[sa.ForeignKeyConstraint]:
    for other in table.metadata.tables.values():
        for constraint in sorted(other.foreign_key_constraints, key=lambda item: str(item.name)):
            try:
                if constraint.referred_table is table:
                    yield constraint
            except sa.exc.NoReferencedTableError:
                continue


def _rule(constraint: sa.ForeignKeyConstraint, parent: Mapper[Any]) -> str:
    action = (constraint.ondelete or "").upper()
    if action == "CASCADE":
        return CASCADE
    if action in {"SET NULL", "SET DEFAULT"}:
        return SET_NULL
    columns = {element.parent for element in constraint.elements}
    for relation in parent.relationships:
        if relation.secondary is constraint.table:
            return RESTRICT if relation.viewonly else UNLINK
        if _covers(relation, columns):
            if relation.cascade.delete or relation.cascade.delete_orphan:
                return CASCADE
            if relation.passive_deletes != "all" and all(column.nullable for column in columns):
                return SET_NULL
    for mapper in parent.registry.mappers:
        for relation in mapper.relationships:
            if (
                relation.secondary is constraint.table
                and relation.mapper is parent
                and relation.back_populates
            ):
                return UNLINK
    return RESTRICT


def _covers(relation: RelationshipProperty[Any], columns: set[Any]) -> bool:
    if relation.viewonly or relation.secondary is not None or not relation.remote_side:
        return False
    return columns <= set(relation.remote_side) and not columns & set(
        relation.local_columns - relation.remote_side
    )
