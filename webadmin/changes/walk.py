"""Along the foreign keys from the rows that are deleted: which rows a deletion reaches, and how."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import Mapper, registry

from webadmin.changes.catalog import catalog_of
from webadmin.changes.references import (
    CASCADE,
    RESTRICT,
    UNLINK,
    Columns,
    Edge,
    database_edges,
    edges,
    key_columns,
)
from webadmin.database.keys import Key, among
from webadmin.options.context import Context

CAP = 10_000
"""Counting along one foreign key stops after so many rows, where they stay."""
MOST = 100_000
"""As many rows may go along one foreign key: each of them is looked at."""
SECONDS = 5.0
"""A plan has so much time."""
_CHUNK = 500
_DEPTH = 200


@dataclass
class Found:
    """Rows that are reached along one edge."""

    edge: Edge
    depth: int
    count: int = 0
    """At most one more than :data:`CAP`, of rows that go :data:`MOST`."""
    keys: list[Key] = field(default_factory=list)
    """Of those that are counted; empty for a table without a key."""


@dataclass(frozen=True)
class _Group:
    """Rows that go together: through a mapper, or by the database's own hand."""

    table: sa.Table
    keys: Sequence[Key]
    mapper: Mapper[Any] | None


class _OutOfTime(Exception):
    """A plan takes longer than anybody waits."""


class Walk:
    """Breadth first, with the keys of the rows in hand: every step is one capped statement for some hundred rows.

    What goes is found first; then what stands in the way or loses its link, without the rows that go themselves.

    :param lock: hold the rows that go until the transaction ends: nobody can add others to them meanwhile.
    """

    def __init__(self, context: Context, *, lock: bool = False) -> None:
        self.context, self.session = context, context.session
        self.catalog = catalog_of(context)
        self.locks = lock and context.dialect.supports_row_locks
        self.unfinished = False
        """There are more rows than could be looked at, in the time or at all."""
        self._until = time.monotonic() + SECONDS
        self._registry: registry | None = None
        self._going: dict[sa.Table, set[Key]] = {}
        self._found: dict[Edge, Found] = {}
        self._left: list[tuple[Edge, list[Key], int]] = []

    @property
    def found(self) -> list[Found]:
        """What is reached, nearest first; also what could not be read and would not stay as it is."""
        reached = (
            found
            for found in self._found.values()
            if found.count or (not found.edge.readable and found.edge.rule != RESTRICT)
        )
        return sorted(reached, key=lambda found: found.depth)

    def run(self, rows: Sequence[Any]) -> None:
        """Look from ``rows``, loaded rows of one model, which are deleted through their mappers."""
        dialect, connection = self.context.dialect, self.session.connection()
        # What is locked within a limit would be free again after it.
        limit = nullcontext() if self.locks else dialect.limited(connection, int(1000 * SECONDS))
        try:
            with limit:
                self._look(rows)
        except _OutOfTime:
            self.unfinished = True
        except exc.DBAPIError as error:
            if self.locks or dialect.failure(error).kind != "statement_timeout":
                raise
            self.unfinished = True

    def _look(self, rows: Sequence[Any]) -> None:
        by_mapper: dict[Mapper[Any], list[Key]] = {}
        for row in rows:
            mapper: Mapper[Any] = sa.inspect(row).mapper
            self._registry = mapper.registry
            by_mapper.setdefault(mapper, []).append(tuple(mapper.primary_key_from_instance(row)))
        level = [group for mapper, keys in by_mapper.items() for group in self._take_along(mapper, keys)]
        depth = 0
        while level and depth < _DEPTH:
            level = [new for group in level for new in self._from(group, depth)]
            depth += 1
        self.unfinished = self.unfinished or bool(level)
        # Link rows first: they go as well, so that they stand in the way of nothing.
        for edge, values, at in sorted(self._left, key=lambda left: left[0].rule != UNLINK):
            keys = self._count(edge, values, at)
            if edge.rule == UNLINK:
                self._going.setdefault(edge.child, set()).update(keys)

    def _take_along(self, mapper: Mapper[Any], keys: Sequence[Key]) -> list[_Group]:
        """Rows that are deleted through ``mapper``, in each of its tables."""
        groups = []
        for table in mapper.tables:
            if isinstance(table, sa.Table):
                own = [key_in(table, mapper, key) for key in keys]
                self._going.setdefault(table, set()).update(own)
                groups.append(_Group(table, own, mapper))
        return groups

    def _from(self, group: _Group, depth: int) -> Iterator[_Group]:
        for edge in self._edges_of(group):
            values = self._values(edge.parent_columns, group)
            if edge.rule != CASCADE:
                self._left.append((edge, values, depth))
            elif edge.mapper is not None:
                for mapper, keys in self._by_class(edge, self._count(edge, values, depth)).items():
                    yield from self._take_along(mapper, keys)
            elif keys := self._count(edge, values, depth):
                self._going.setdefault(edge.child, set()).update(keys)
                yield _Group(edge.child, keys, None)

    def _edges_of(self, group: _Group) -> Iterator[Edge]:
        if group.mapper is None:
            assert self._registry is not None
            yield from database_edges(group.table, self._registry, self.catalog)
            return
        for edge in edges(group.mapper, self.catalog):
            if edge.parent_columns[0].table is group.table:
                yield edge

    def _values(self, columns: Columns, group: _Group) -> list[Key]:
        """What the rows that go have in the columns that others point at."""
        own = key_columns(group.table, group.mapper)
        if columns == own:
            return list(group.keys)
        found: list[Key] = []
        for chunk in _chunks(group.keys):
            stmt = sa.select(*columns).where(among(own, chunk)).distinct()
            found += [tuple(row) for row in self.session.execute(stmt)]
        return [value for value in found if None not in value]

    def _count(self, edge: Edge, values: Sequence[Key], depth: int) -> list[Key]:
        """Count the rows that point at ``values`` and go not themselves; the keys of those that were not seen yet."""
        found = self._found.setdefault(edge, Found(edge, depth))
        if not edge.readable:
            return []
        most = MOST if edge.rule in {CASCADE, UNLINK} else CAP
        columns = key_columns(edge.child)
        known = self._going.get(edge.child, set())
        new: dict[Key, None] = {}
        before = set(found.keys)
        for chunk in _chunks(values):
            room = most + 1 - found.count - len(new)
            if room <= 0:
                break
            if time.monotonic() > self._until:
                raise _OutOfTime
            if not columns:
                found.count += self._number(edge, chunk, room)
                continue
            # Rows that are known already may come first, so they are given room.
            stmt = (
                sa.select(*columns).where(edge.rows(chunk)).limit(room + len(known) + len(before) + len(new))
            )
            if self.locks and edge.rule == CASCADE and edge.lockable:
                stmt = stmt.order_by(*columns).with_for_update(of=edge.child)
            keys = (tuple(row) for row in self.session.execute(stmt))
            fresh = [key for key in keys if key not in known and key not in before and key not in new]
            new |= dict.fromkeys(fresh[:room])
        found.count = min(found.count + len(new), most + 1)
        found.keys += new
        self.unfinished = self.unfinished or (found.count > most and most == MOST)
        return list(new)

    def _number(self, edge: Edge, values: Sequence[Key], most: int) -> int:
        """How many rows of a table without a key there are."""
        inner = (
            sa.select(sa.literal(1).label("one")).select_from(edge.child).where(edge.rows(values)).limit(most)
        )
        return self.session.scalar(sa.select(sa.func.count()).select_from(inner.subquery())) or 0

    def _by_class(self, edge: Edge, keys: Sequence[Key]) -> Mapping[Mapper[Any], list[Key]]:
        """The rows that a mapper deletes, by the mapper of each one's own class."""
        assert edge.mapper is not None
        mapper, kind = edge.mapper, edge.mapper.polymorphic_on
        if not keys:
            return {}
        if kind is None:
            return {mapper: [_key_of(edge.child, mapper, key) for key in keys]}
        found: dict[Mapper[Any], list[Key]] = {}
        columns = key_columns(edge.child)
        base = mapper.base_mapper.local_table
        joined = edge.child if base is edge.child else edge.child.join(base)
        for chunk in _chunks(keys):
            stmt = sa.select(kind, *columns).select_from(joined).where(among(columns, chunk))
            for name, *key in self.session.execute(stmt):
                own = mapper.polymorphic_map.get(name, mapper)
                found.setdefault(own, []).append(_key_of(edge.child, own, tuple(key)))
        return found


def key_in(table: sa.Table, mapper: Mapper[Any], key: Key) -> Key:
    """The key of a row of ``mapper`` in the order of the columns that ``table``, one of its tables, has for it."""
    own: list[Any] = list(mapper.primary_key)
    columns = key_columns(table, mapper)
    return tuple(key[own.index(column) if column in own else place] for place, column in enumerate(columns))


def _key_of(table: sa.Table, mapper: Mapper[Any], key: Key) -> Key:
    """The other way round: a key of ``table`` in the order of the mapper's own."""
    columns = list(key_columns(table, mapper))
    own = mapper.primary_key
    return tuple(
        key[columns.index(column) if column in columns else place] for place, column in enumerate(own)
    )


def _chunks(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
