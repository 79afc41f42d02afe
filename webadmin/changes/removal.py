"""Deleting rows for good through the mapper, just as the plan of a deletion says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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


def _untie(context: Context, rows: Sequence[Any], catalog: Catalog | None) -> None:
    """Let rows that go together point no longer at each other within their table.

    They are deleted one after the other: a row that another still points at could not go first, one in a circle never,
    and a row that the database takes along could not be deleted any more.
    """
    by_mapper: dict[Mapper[Any], list[Any]] = defaultdict(list)
    for row in rows:
        by_mapper[_state(row).mapper.base_mapper].append(row)
    for mapper, group in by_mapper.items():
        for edge in edges(mapper, catalog):
            if edge.child is edge.parent_columns[0].table and edge.through is None and len(group) > 1:
                _untie_along(context, mapper, edge, group, catalog)


def _untie_along(
    context: Context, mapper: Mapper[Any], edge: Edge, rows: Sequence[Any], catalog: Catalog | None
) -> None:
    own = set(mapper.columns)
    if not all(column.nullable and not column.primary_key and column in own for column in edge.child_columns):
        return
    names = [mapper.get_property_by_column(column).key for column in edge.child_columns]
    ends = [mapper.get_property_by_column(column).key for column in edge.parent_columns]
    pointed_at = {tuple(getattr(row, name) for name in ends) for row in rows}
    along = [key for key in keys_to(edge.child, catalog) if set(key.columns) == set(edge.child_columns)]
    anywhere = any(rule_of(key) == CASCADE for key in along)
    tied = [
        row
        for row in rows
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
    for relation in mapper.relationships:
        if relation.mapper.common_parent(mapper) and not relation.viewonly and relation.secondary is None:
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
