"""Which rows are tied to others, and what becomes of them when those are deleted.

Who acts is settled here, and ``changes.removal`` holds to it: a foreign key that says what is to happen (``ON DELETE …``)
has its way, else the relationship of the mapper acts, else the database refuses.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipProperty, registry
from sqlalchemy.orm.interfaces import MANYTOMANY, MANYTOONE

CASCADE = "cascade"
SET_NULL = "set null"
SET_DEFAULT = "set default"
RESTRICT = "restrict"
UNLINK = "unlink"
"""The rows of a link table go, and nothing else."""
_NOTHING = ""

Columns = tuple[Any, ...]
"""Columns of one table."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Rows of ``child`` are reached from deleted rows: ``child_columns`` are equal to the deleted rows' ``parent_columns``."""

    child: sa.Table
    child_columns: Columns
    parent_columns: Columns
    rule: str
    model: type | None
    """The mapped class of the child table, when it has one."""
    mapper: Mapper[Any] | None = None
    """Set where the mapper carries the rule out: the mapper of the rows that it reaches."""
    through: sa.Table | None = None
    """The link table that ``child_columns`` belong to, where the rows are reached through one."""
    onclause: Any = None
    """How ``child`` is joined to ``through``."""

    @property
    def source(self) -> Any:
        """What to select the rows from."""
        return self.child if self.through is None else self.through.join(self.child, self.onclause)


@dataclass(frozen=True, slots=True)
class Act:
    """What a relationship does when its owner is deleted through the mapper."""

    relation: RelationshipProperty[Any]
    rule: str
    by_mapper: bool


@functools.cache
def edges(mapper: Mapper[Any]) -> tuple[Edge, ...]:
    """What is reached from rows that are deleted through ``mapper``."""
    found: list[Edge] = []
    doing = {act.relation.key: act for act in acts(mapper)}
    models = _models(mapper.registry)
    links = _links(mapper.registry)
    covered: set[str] = set()
    for constraint in _pointing_at(mapper):
        edge = _edge(constraint, models, links)
        for act in sorted(doing.values(), key=lambda act: act.rule != CASCADE):
            if _covers(act.relation, constraint):
                covered.add(act.relation.key)
                edge = _edge(constraint, models, links, act)
                break
        found.append(edge)
    for act in doing.values():
        if act.relation.direction is MANYTOONE or (
            act.relation.direction is MANYTOMANY and act.rule == CASCADE
        ):
            found.append(_edge_of_relation(act, models))
        if (
            act.relation.key not in covered
            and act.relation.direction is not MANYTOONE
            and act.rule != _NOTHING
        ):
            found.append(_edge_without_key(act, models))
    return tuple(found)


@functools.cache
def database_edges(table: sa.Table, models_of: registry) -> tuple[Edge, ...]:
    """What is reached from rows of ``table`` that the database itself deletes: no mapper has a say in it."""
    models, links = _models(models_of), _links(models_of)
    return tuple(_edge(constraint, models, links) for constraint in _keys_to(table))


@functools.cache
def acts(mapper: Mapper[Any]) -> tuple[Act, ...]:
    """What the relationships of ``mapper`` do when a row is deleted through it."""
    return tuple(_act(relation) for relation in mapper.relationships if _takes_part(relation))


def key_columns(table: sa.Table, mapper: Mapper[Any] | None = None) -> Columns:
    """The columns that tell the rows of ``table`` apart; none for a table without a key."""
    own = tuple(table.primary_key.columns)
    if own or mapper is None:
        return own
    return tuple(column for column in mapper.primary_key if column.table is table)


def _takes_part(relation: RelationshipProperty[Any]) -> bool:
    if relation.viewonly:
        return False
    return relation.direction is not MANYTOONE or relation.cascade.delete


def _act(relation: RelationshipProperty[Any]) -> Act:
    if relation.direction is MANYTOONE:
        return Act(relation, CASCADE, True)
    constraint = next((key for key in _own_keys(relation) if _covers(relation, key)), None)
    rule = database_rule(constraint) if constraint is not None else _NOTHING
    on_demand = relation.lazy in {"dynamic", "write_only"}
    if relation.direction is MANYTOMANY:
        if relation.cascade.delete:
            return Act(relation, CASCADE, True)
        left_to_database = rule == CASCADE and (relation.passive_deletes or not on_demand)
        return Act(relation, UNLINK, not left_to_database)
    if relation.cascade.delete:
        return Act(relation, CASCADE, not (rule == CASCADE and relation.passive_deletes))
    says = constraint is not None and bool(constraint.ondelete)
    if relation.passive_deletes or (says and not on_demand):
        return Act(relation, rule, False)
    children = [child for _, child in relation.synchronize_pairs]
    if all(column.nullable and not column.primary_key for column in children):
        return Act(relation, SET_NULL, True)
    return Act(relation, RESTRICT, False)


def database_rule(constraint: sa.ForeignKeyConstraint) -> str:
    """What the database does with the rows of a foreign key when the row that they point at goes."""
    action = (constraint.ondelete or "").upper()
    if action.startswith("CASCADE"):
        return CASCADE
    if action.startswith("SET NULL"):
        named = action.partition("(")[2]
        columns = [c for c in constraint.columns if not named or c.name.upper() in named]
        return SET_NULL if all(column.nullable for column in columns) else RESTRICT
    return SET_DEFAULT if action.startswith("SET DEFAULT") else RESTRICT


def _covers(relation: RelationshipProperty[Any], constraint: sa.ForeignKeyConstraint) -> bool:
    """Whether the relationship runs along this foreign key, from the row that it points at."""
    if relation.direction is MANYTOONE:
        return False
    columns = {element.parent for element in constraint.elements}
    children = {child for _, child in relation.synchronize_pairs}
    if relation.direction is MANYTOMANY:
        return columns == children
    return bool(children) and (children <= columns or columns <= children)


def _own_keys(relation: RelationshipProperty[Any]) -> Iterator[sa.ForeignKeyConstraint]:
    for table in {child.table for _, child in relation.synchronize_pairs}:
        if isinstance(table, sa.Table):
            yield from table.foreign_key_constraints


def _edge(
    constraint: sa.ForeignKeyConstraint,
    models: Mapping[Any, type],
    links: frozenset[Any],
    act: Act | None = None,
) -> Edge:
    table = constraint.table
    rule = act.rule if act is not None else database_rule(constraint)
    if act is not None and act.relation.direction is MANYTOMANY:
        rule = UNLINK
    if rule == CASCADE and table in links and table not in models:
        rule = UNLINK
    return Edge(
        child=table,
        child_columns=tuple(element.parent for element in constraint.elements),
        parent_columns=tuple(element.column for element in constraint.elements),
        rule=rule,
        model=models.get(table),
        mapper=act.relation.mapper if act is not None and act.by_mapper and rule == CASCADE else None,
    )


def _edge_of_relation(act: Act, models: Mapping[Any, type]) -> Edge:
    """Rows at the other end that the mapper deletes as well, though they point at nothing that goes."""
    relation = act.relation
    if relation.direction is MANYTOONE:
        pairs: Any = list(relation.local_remote_pairs or ())
        return Edge(
            child=pairs[0][1].table, child_columns=tuple(remote for _, remote in pairs),
            parent_columns=tuple(local for local, _ in pairs), rule=CASCADE, model=relation.mapper.class_,
            mapper=relation.mapper,
        )  # fmt: skip
    far: Any = relation.secondary_synchronize_pairs
    link: Any = relation.secondary
    target = far[0][0].table
    return Edge(
        child=target, child_columns=tuple(child for _, child in relation.synchronize_pairs),
        parent_columns=tuple(parent for parent, _ in relation.synchronize_pairs), rule=CASCADE,
        model=models.get(target), mapper=relation.mapper, through=link,
        onclause=sa.and_(*(there == here for there, here in far)),
    )  # fmt: skip


def _edge_without_key(act: Act, models: Mapping[Any, type]) -> Edge:
    """A relationship that no foreign key of the database stands behind."""
    pairs = act.relation.synchronize_pairs
    table: Any = pairs[0][1].table
    return Edge(
        child=table, child_columns=tuple(child for _, child in pairs), parent_columns=tuple(p for p, _ in pairs),
        rule=UNLINK if act.relation.direction is MANYTOMANY else act.rule, model=models.get(table),
        mapper=act.relation.mapper if act.rule == CASCADE else None,
    )  # fmt: skip


def _pointing_at(mapper: Mapper[Any]) -> Iterator[sa.ForeignKeyConstraint]:
    own = [table for table in mapper.tables if isinstance(table, sa.Table)]
    for table in own:
        for constraint in _keys_to(table):
            # The key that joins the tables of one and the same row is no reference to another row.
            joins = constraint.table in own and constraint.table is not table
            if not (joins and set(constraint.columns) <= set(constraint.table.primary_key.columns)):
                yield constraint


def _keys_to(table: sa.Table) -> Iterator[sa.ForeignKeyConstraint]:
    for other in table.metadata.tables.values():
        for constraint in sorted(other.foreign_key_constraints, key=lambda item: str(item.name)):
            try:
                if constraint.referred_table is table:
                    yield constraint
            except sa.exc.NoReferencedTableError:
                continue


def _models(models_of: registry) -> Mapping[Any, type]:
    return {mapper.local_table: mapper.class_ for mapper in models_of.mappers if not mapper.single}


def _links(models_of: registry) -> frozenset[Any]:
    """The tables that are nothing but the link of a many-to-many relationship."""
    return frozenset(
        relation.secondary
        for mapper in models_of.mappers
        for relation in mapper.relationships
        if relation.secondary is not None
    )
