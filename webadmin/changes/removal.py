"""Deleting rows for good through the mapper, just as the plan of a deletion says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import InstanceState, Mapper, RelationshipProperty, Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import MANYTOONE

from webadmin.changes.catalog import Catalog, catalog_of, keys_to
from webadmin.changes.references import CASCADE, Act, Edge, acts, edges, key_columns, rule_of
from webadmin.changes.statements import update_rows
from webadmin.changes.walk import key_in
from webadmin.database.keys import among
from webadmin.errors import Conflict
from webadmin.options.context import Context
from webadmin.text import gettext as _

_CHUNK = 500


def remove(context: Context, rows: Sequence[Any]) -> None:
    """Delete ``rows`` and flush.

    Children that the database deals with are not loaded; those that the mapper deals with are loaded by the hundred.
    """
    session, catalog = context.session, catalog_of(context)
    with session.no_autoflush:
        going = _all_that_go(session, rows, catalog)
        _untie(context, going, catalog)
        for row in going:
            session.delete(row)
    try:
        session.flush()
    except exc.CircularDependencyError as error:
        raise Conflict(
            _(
                "The rows point at each other in a circle, so neither can go first. Cut one of the links, then delete them."
            ),
            title=_("Not deleted"),
        ) from error


def _all_that_go(session: Session, rows: Sequence[Any], catalog: Catalog | None) -> list[Any]:
    """``rows`` and all that the mappers delete with them, with their relationships made ready for it."""
    seen: dict[int, Any] = {}
    level: list[Any] = list(rows)
    while level:
        new = {id(row): row for row in level if id(row) not in seen}
        seen |= new
        by_mapper: dict[Mapper[Any], list[Any]] = defaultdict(list)
        for row in new.values():
            by_mapper[_state(row).mapper].append(row)
        level = [
            child
            for mapper, group in by_mapper.items()
            for child in _make_ready(session, group, acts(mapper, catalog))
        ]
    return list(seen.values())


def _make_ready(session: Session, rows: Sequence[Any], own: Sequence[Act]) -> Iterable[Any]:
    """Empty what the database deals with, load what the mapper does; gives the rows that go with ``rows``."""
    mapper = _state(rows[0]).mapper
    for act in own:
        if not act.by_mapper and act.relation.lazy not in {"dynamic", "write_only"}:
            for row in rows:
                set_committed_value(row, act.relation.key, () if act.relation.uselist else None)
    loaded = [act for act in own if act.by_mapper and act.relation.lazy not in {"dynamic", "write_only"}]
    if loaded and len(rows) > 1:
        options = [selectinload(getattr(mapper.class_, act.relation.key)) for act in loaded]
        for start in range(0, len(rows), _CHUNK):
            keys = [mapper.primary_key_from_instance(row) for row in rows[start : start + _CHUNK]]
            stmt = sa.select(mapper.class_).where(among(mapper.primary_key, [tuple(key) for key in keys]))
            session.scalars(stmt.options(*options)).unique().all()
    for act in loaded:
        if act.rule == CASCADE:
            for row in rows:
                value = getattr(row, act.relation.key)
                yield from _members(value) if act.relation.uselist else [] if value is None else [value]


def _members(collection: Any) -> Iterable[Any]:
    return list(collection.values() if isinstance(collection, dict) else collection)


@dataclass(frozen=True, slots=True)
class _Tie:
    """Rows that go and point at others that go, along one foreign key."""

    edge: Edge
    child: Mapper[Any]
    parent: Mapper[Any]

    @property
    def own(self) -> bool:
        """The rows point at others of their own table."""
        return self.edge.child is self.edge.parent_columns[0].table

    @property
    def can_be_cut(self) -> bool:
        edge, mapped = self.edge, set(self.child.columns)
        if not set(edge.parent_columns) <= set(self.parent.columns):
            return False
        return all(c.nullable and not c.primary_key and c in mapped for c in edge.child_columns)


def _untie(context: Context, rows: Sequence[Any], catalog: Catalog | None) -> None:
    """Let rows that go together point no longer at each other, within a table and where tables point at each other.

    They are deleted one after the other: a row that another still points at could not go first, one in a circle never,
    and a row that the database takes along could not be deleted any more.
    """
    groups: dict[Mapper[Any], list[Any]] = defaultdict(list)
    for row in rows:
        groups[_state(row).mapper.base_mapper].append(row)
    tables = {
        table: base for base in groups for mapper in base.self_and_descendants for table in mapper.tables
    }
    ties = [
        _Tie(edge, tables[edge.child], base)
        for base in groups
        for edge in edges(base, catalog)
        if edge.child in tables and edge.through is None
    ]
    for tie in ties:
        circular = len(groups[tie.child]) > 1 if tie.own else _leads(ties, tie.parent, tie.child)
        if circular and tie.can_be_cut:
            _cut(context, tie, groups[tie.child], groups[tie.parent], catalog)


def _leads(ties: Sequence[_Tie], start: Mapper[Any], end: Mapper[Any]) -> bool:
    """Whether rows of ``start`` point at rows of ``end``, by way of others or not."""
    seen, left = {start}, [start]
    while left:
        here = left.pop()
        ahead = {tie.parent for tie in ties if tie.child is here and not tie.own}
        if end in ahead:
            return True
        left += ahead - seen
        seen |= ahead
    return False


def _cut(
    context: Context, tie: _Tie, children: Sequence[Any], parents: Sequence[Any], catalog: Catalog | None
) -> None:
    edge, mapper = tie.edge, tie.child
    names = [mapper.get_property_by_column(column).key for column in edge.child_columns]
    ends = [tie.parent.get_property_by_column(column).key for column in edge.parent_columns]
    pointed_at = {tuple(getattr(row, name) for name in ends) for row in parents}
    along = [key for key in keys_to(edge.child, catalog) if set(key.columns) == set(edge.child_columns)]
    anywhere = tie.own and any(rule_of(key) == CASCADE for key in along)
    tied = [
        row
        for row in children
        if (values := tuple(getattr(row, name) for name in names)) in pointed_at
        or (anywhere and None not in values)
    ]
    if not tied:
        return
    empty: dict[str, Any] = {column.key: None for column in edge.child_columns}
    version = mapper.version_id_col
    if version is not None and version.table is edge.child:
        empty[str(version.key)] = version  # the rows are deleted by the version that was read
    keys = [key_in(edge.child, mapper, tuple(mapper.primary_key_from_instance(row))) for row in tied]
    for start in range(0, len(keys), _CHUNK):
        where = among(key_columns(edge.child, mapper), keys[start : start + _CHUNK])
        update_rows(context, edge.child, empty, where)
    gone = {id(row) for row in tied}
    for owner, target, rows in ((mapper, tie.parent, children), (tie.parent, mapper, parents)):
        for relation in owner.relationships:
            same = {child for _, child in relation.synchronize_pairs} & set(edge.child_columns)
            if same and relation.mapper.common_parent(target) and not relation.viewonly:
                for row in rows:
                    _forget(row, relation, gone)


def _forget(row: Any, relation: RelationshipProperty[Any], gone: set[int]) -> None:
    """Take what goes itself out of a relationship: nothing is left to do for it."""
    name = relation.key
    if relation.direction is MANYTOONE:
        if id(row) in gone:  # set, not left to be looked up: it would be found among the rows in hand
            set_committed_value(row, name, None)
    elif name not in _state(row).unloaded:
        value = getattr(row, name)
        if isinstance(value, list | set):
            set_committed_value(row, name, [member for member in value if id(member) not in gone])
        elif id(value) in gone:
            set_committed_value(row, name, None)


def _state(row: Any) -> InstanceState[Any]:
    state: InstanceState[Any] = sa.inspect(row)
    return state
