"""Where rows of the unit of work stand in the database, and which rows of link tables stand between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstanceState, Mapper
from sqlalchemy.orm.interfaces import MANYTOMANY

from webadmin.changes.record.columns import recorded
from webadmin.changes.walk import key_in
from webadmin.database.keys import Key
from webadmin.database.own_tables.base import metadata

Ends = tuple[Any, Any, Any]
"""A relation over a link table, a row, and a member."""


def places_of(row: Any, identity: Key) -> list[tuple[sa.Table, Key]]:
    """Where a row stands: its key in each of its tables."""
    mapper = state_of(row).mapper
    return [
        (table, key_in(table, mapper, identity))
        for table in mapper.tables
        if isinstance(table, sa.Table) and not is_own(mapper)
    ]


def is_own(mapper: Mapper[Any]) -> bool:
    return getattr(mapper.local_table, "metadata", None) is metadata


def changed_columns(row: Any, table: sa.Table, names: Iterable[str]) -> list[str]:
    """Which of these columns of ``table`` a row has new values for."""
    state = state_of(row)
    columns: Mapping[str, Any] = {name: table.c[name] for name in names}
    return [
        name
        for name, column in columns.items()
        if column in state.mapper._columntoproperty
        and state.attrs[state.mapper.get_property_by_column(column).key].history.has_changes()
    ]


def links_of(rows: Iterable[Any]) -> list[tuple[Ends, bool]]:
    """Rows of link tables that changes of collections add, or take away."""
    found: list[tuple[Ends, bool]] = []
    for row in rows:
        for relation in state_of(row).mapper.relationships:
            if relation.direction is MANYTOMANY and not relation.viewonly:
                history = state_of(row).attrs[relation.key].history
                found += [((relation, row, member), False) for member in history.added]
                found += [((relation, row, member), True) for member in history.deleted]
    return found


def link_key(relation: Any, row: Any, member: Any) -> Key | None:
    """The key of the row of a link table between two rows; None while one of them has none."""
    own, far = state_of(row).mapper, state_of(member).mapper
    values = {
        link: getattr(row, own.get_property_by_column(column).key)
        for column, link in relation.synchronize_pairs
    } | {
        link: getattr(member, far.get_property_by_column(column).key)
        for column, link in relation.secondary_synchronize_pairs
    }
    key = tuple(values.get(column) for column in recorded(relation.secondary).key)
    return None if None in key else key


def state_of(row: Any) -> InstanceState[Any]:
    state: InstanceState[Any] = sa.inspect(row)
    return state
