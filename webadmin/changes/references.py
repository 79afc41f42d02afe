"""Which rows are tied to others, and what becomes of them when those are deleted.

Who acts is settled here, and ``changes.removal`` holds to it: a foreign key that says what is to happen (``ON DELETE …``)
has its way, else the relationship of the mapper acts, else the database refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipProperty, registry
from sqlalchemy.orm.interfaces import MANYTOMANY, MANYTOONE

from webadmin.changes.catalog import Catalog, Reference, keys_to
from webadmin.database.keys import among

CASCADE = "cascade"
SET_NULL = "set null"
SET_DEFAULT = "set default"
RESTRICT = "restrict"
UNLINK = "unlink"
"""The rows of a link table go, and nothing else."""
SOFT = "soft"
"""The rows are marked as deleted too."""
_NOTHING = ""

_T = TypeVar("_T")

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
    readable: bool = True
    """This account may read the child table."""
    lockable: bool = True
    """It may lock rows of the child table."""

    def rows(self, values: Sequence[Any]) -> sa.ColumnElement[bool]:
        """The condition that a row of ``child`` is reached from rows with these ``values`` of ``parent_columns``."""
        where = among(self.child_columns, values)
        if self.through is None:
            return where
        return sa.exists().where(self.onclause, where).correlate(self.child)


@dataclass(frozen=True, slots=True)
class Act:
    """What a relationship does when its owner is deleted through the mapper."""

    relation: RelationshipProperty[Any]
    rule: str
    by_mapper: bool


def edges(mapper: Mapper[Any], catalog: Catalog | None = None) -> tuple[Edge, ...]:
    """What is reached from rows that are deleted through ``mapper``.

    :param catalog: the foreign keys of the database; without it the models have the only word.
    """
    return _remembered(catalog, ("edges", mapper), lambda: tuple(_edges(mapper, catalog)))


def database_edges(table: sa.Table, models_of: registry, catalog: Catalog | None = None) -> tuple[Edge, ...]:
    """What is reached from rows of ``table`` that the database itself deletes: no mapper has a say in it.

    :param catalog: the foreign keys of the database, which are followed then; without it those of the models.
    """

    def make() -> tuple[Edge, ...]:
        models, links = _models(models_of, catalog), _links(models_of)
        return tuple(_edge(key, models, links) for key in keys_to(table, catalog))

    return _remembered(catalog, ("database edges", table, models_of), make)


def acts(mapper: Mapper[Any], catalog: Catalog | None = None) -> tuple[Act, ...]:
    """What the relationships of ``mapper`` do when a row is deleted through it."""

    def make() -> tuple[Act, ...]:
        return tuple(_act(relation, catalog) for relation in mapper.relationships if _takes_part(relation))

    return _remembered(catalog, ("acts", mapper), make)


def _edges(mapper: Mapper[Any], catalog: Catalog | None) -> Iterator[Edge]:
    doing = {act.relation.key: act for act in acts(mapper, catalog)}
    models, links = _models(mapper.registry, catalog), _links(mapper.registry)
    covered: set[str] = set()
    for key in _pointing_at(mapper, catalog):
        found = None
        for act in sorted(doing.values(), key=lambda act: act.rule != CASCADE):
            if _covers(act.relation, key):
                covered.add(act.relation.key)
                found = act
                break
        yield _edge(key, models, links, found)
    for act in doing.values():
        many_to_many = act.relation.direction is MANYTOMANY
        to_one = act.relation.direction is MANYTOONE
        if to_one or (many_to_many and act.rule == CASCADE):
            yield _edge_of_relation(act, models)
        if act.relation.key not in covered and not to_one and act.rule != _NOTHING:
            yield _edge_without_key(act, models)


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


def _act(relation: RelationshipProperty[Any], catalog: Catalog | None) -> Act:
    if relation.direction is MANYTOONE:
        return Act(relation, CASCADE, True)
    key = next((key for key in _own_keys(relation, catalog) if _covers(relation, key)), None)
    rule = rule_of(key) if key is not None else _NOTHING
    on_demand = relation.lazy in {"dynamic", "write_only"}
    if relation.direction is MANYTOMANY:
        if relation.cascade.delete:
            return Act(relation, CASCADE, True)
        left_to_database = rule == CASCADE and (relation.passive_deletes or not on_demand)
        return Act(relation, UNLINK, not left_to_database)
    if relation.cascade.delete:
        return Act(relation, CASCADE, not (rule == CASCADE and relation.passive_deletes))
    says = key is not None and bool(key.on_delete)
    if relation.passive_deletes or (says and not on_demand):
        return Act(relation, rule, False)
    children = [child for _, child in relation.synchronize_pairs]
    if all(column.nullable and not column.primary_key for column in children):
        return Act(relation, SET_NULL, True)
    return Act(relation, RESTRICT, False)


def database_rule(constraint: sa.ForeignKeyConstraint) -> str:
    """What the database does with the rows of a foreign key of the models when the row that they point at goes."""
    return rule_of(Reference.of(constraint))


def rule_of(key: Reference) -> str:
    """What the database does with the rows of a foreign key when the row that they point at goes."""
    action = key.on_delete.upper()
    if action.startswith("CASCADE"):
        return CASCADE
    if action.startswith("SET NULL"):
        named = action.partition("(")[2]
        emptied = zip(key.columns, key.nullable, strict=True)
        nullable = [empty for column, empty in emptied if not named or column.name.upper() in named]
        return SET_NULL if all(nullable) else RESTRICT
    return SET_DEFAULT if action.startswith("SET DEFAULT") else RESTRICT


def _covers(relation: RelationshipProperty[Any], key: Reference) -> bool:
    """Whether the relationship runs along this foreign key, from the row that it points at."""
    if relation.direction is MANYTOONE:
        return False
    columns = set(key.columns)
    children = {child for _, child in relation.synchronize_pairs}
    if relation.direction is MANYTOMANY:
        return columns == children
    return bool(children) and (children <= columns or columns <= children)


def _own_keys(relation: RelationshipProperty[Any], catalog: Catalog | None) -> Iterator[Reference]:
    children = {child.table for _, child in relation.synchronize_pairs}
    for table in relation.parent.tables:
        if isinstance(table, sa.Table):
            yield from (key for key in keys_to(table, catalog) if key.table in children)


def _edge(key: Reference, models: Mapping[Any, type], links: frozenset[Any], act: Act | None = None) -> Edge:
    rule = act.rule if act is not None else rule_of(key)
    if act is not None and act.relation.direction is MANYTOMANY:
        rule = UNLINK
    if rule == CASCADE and key.table in links and key.table not in models:
        rule = UNLINK
    return Edge(
        child=key.table,
        child_columns=key.columns,
        parent_columns=key.referred,
        rule=rule,
        model=models.get(key.table),
        mapper=act.relation.mapper if act is not None and act.by_mapper and rule == CASCADE else None,
        readable=key.readable,
        lockable=key.lockable,
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


def _pointing_at(mapper: Mapper[Any], catalog: Catalog | None) -> Iterator[Reference]:
    own = [table for table in mapper.tables if isinstance(table, sa.Table)]
    for table in own:
        for key in keys_to(table, catalog):
            # The key that joins the tables of one and the same row is no reference to another row.
            joins = key.table in own and key.table is not table
            if not (joins and set(key.columns) <= set(key.table.primary_key.columns)):
                yield key


def _models(models_of: registry, catalog: Catalog | None) -> Mapping[Any, type]:
    if catalog is not None:
        return catalog.models
    return {mapper.local_table: mapper.class_ for mapper in models_of.mappers if not mapper.single}


def _links(models_of: registry) -> frozenset[Any]:
    """The tables that are nothing but the link of a many-to-many relationship."""
    return frozenset(
        relation.secondary
        for mapper in models_of.mappers
        for relation in mapper.relationships
        if relation.secondary is not None
    )


_WITHOUT: dict[Any, Any] = {}


def _remembered(catalog: Catalog | None, name: Any, make: Callable[[], _T]) -> _T:
    if catalog is not None:
        return catalog.remembered(name, make)
    if name not in _WITHOUT:
        _WITHOUT[name] = make()
    found: _T = _WITHOUT[name]
    return found
