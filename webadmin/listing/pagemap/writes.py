"""Own changes entered in the maps, so that a page stays exact after them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from webadmin.listing.pagemap.store import Followed, PageMaps
from webadmin.listing.pagemap.subject import moved
from webadmin.listing.pagemap.tree import PageMap
from webadmin.listing.pagemap.values import NotComparable, comparing
from webadmin.listing.statement import matching
from webadmin.options.context import Context

_MOST_ROWS = 200
"""Rows of a flush above which a map is better made anew."""

Place = tuple[Any, ...]


def follow(maps: PageMaps | None, context: Context) -> None:
    """Enter what the transaction of ``context`` is about to change in ``maps``, once it has committed.

    Whatever cannot be followed (statements of the host's own, triggers, cascades, rolled back savepoints) leaves the maps
    as they are: pages then know by the database's own snapshots that they are not right any more.
    """
    if maps is None or not context.dialect.supports_snapshots:
        return
    followed = maps.followed()
    if followed:
        following = _Following(context, followed)
        if following.tables:
            following.attach()


class _Following:
    def __init__(self, context: Context, followed: Sequence[Followed]) -> None:
        self.session: Session = context.session
        self.dialect = context.dialect
        self.followed = list(followed)
        self.tables: list[sa.Table] = list(dict.fromkeys(one.subject.view.info.table for one in followed))
        self.numbers: set[int] = set()
        self.failed = self.ready = False
        self.entries: dict[int, list[tuple[Place, int]]] = {}
        self.rows: dict[sa.Table, list[tuple[Any, ...]]] = {}
        self.start = self._rows()
        counted = {table for table, rows in zip(self.tables, self.start, strict=True) if rows >= 0}
        self.followed = [one for one in self.followed if one.subject.view.info.table in counted]
        self.start = tuple(rows for rows in self.start if rows >= 0)
        self.tables = [table for table in self.tables if table in counted]
        self.flushed = [0] * len(self.tables)

    def attach(self) -> None:
        for name in ("before_flush", "after_flush", "before_commit", "after_commit", "after_soft_rollback"):
            event.listen(self.session, name, getattr(self, name))

    def _rows(self) -> tuple[int, ...]:
        """Rows written so far, by table; the numbers that they were written under are noted."""
        numbers, rows = self.dialect.own_writes(self.session.connection(), self.tables)
        self.numbers |= numbers
        return rows

    # -- events of the session ---------------------------------------------------------------------------

    def before_flush(self, session: Session, _context: Any, _instances: Any) -> None:
        changed = [*session.deleted, *(row for row in session.dirty if session.is_modified(row))]
        self.rows = {table: [] for table in self.tables}
        for row in changed:
            state = sa.inspect(row)
            for table in self._tables_of(row):
                self.rows[table].append(tuple(state.identity or ()))
        self._enter(self.rows, -1, lock=True)

    def after_flush(self, session: Session, _context: Any) -> None:
        there: dict[sa.Table, list[tuple[Any, ...]]] = {table: [] for table in self.tables}
        for row in [*session.new, *(row for row in session.dirty if session.is_modified(row))]:
            for table in self._tables_of(row):
                there[table].append(sa.inspect(row).mapper.primary_key_from_instance(row))
        self._enter(there, 1, lock=False)
        new = list(session.new)
        for place, table in enumerate(self.tables):
            added = sum(table in self._tables_of(row) for row in new)
            self.flushed[place] += len(self.rows.get(table, ())) + added
        self._rows()

    def before_commit(self, session: Session) -> None:
        if self.failed or session.in_nested_transaction():
            return
        session.flush()
        end = self._rows()
        # Rows that were written otherwise: nobody can say where they are.
        known = [before + flushed for before, flushed in zip(self.start, self.flushed, strict=True)]
        self.ready = not self.failed and known == list(end)

    def after_commit(self, _session: Session) -> None:
        if not self.ready:
            return
        self.ready = False
        for number, one in enumerate(self.followed):
            _apply(one.map, self._buckets(one, self.entries.get(number, ())), self.numbers)
        self.failed = True  # one transaction each

    def after_soft_rollback(self, _session: Session, _transaction: Any) -> None:
        self.failed = True

    # -- places ------------------------------------------------------------------------------------------

    def _tables_of(self, row: Any) -> list[sa.Table]:
        return [table for table in sa.inspect(row).mapper.tables if table in self.tables]

    def _enter(self, rows: dict[sa.Table, list[tuple[Any, ...]]], change: int, *, lock: bool) -> None:
        if self.failed:
            return
        for number, one in enumerate(self.followed):
            keys = rows[one.subject.view.info.table]
            if len(keys) > _MOST_ROWS:
                self.failed = True
                return
            if keys:
                found = self._places(one, keys, lock=lock)
                self.entries.setdefault(number, []).extend((place, change) for place in found)

    def _places(self, one: Followed, keys: Iterable[tuple[Any, ...]], *, lock: bool) -> list[Place]:
        """The raw values of the whole order, of those rows that are in the list."""
        view = one.subject.view
        model: Any = view.model
        own = [getattr(model, column.name) for column in view.info.key]
        wanted = own[0].in_([key[0] for key in keys]) if len(own) == 1 else sa.tuple_(*own).in_(list(keys))
        columns = [
            self.dialect.raw(key.expression).label(f"place_{n}")
            for n, key in enumerate(one.subject.order.keys)
        ]
        stmt = matching(moved(one.context, self.session), view, one.subject.params, columns, [wanted])
        if lock:  # what others are just writing comes first
            stmt = stmt.with_for_update(of=model)
        return [tuple(row) for row in self.session.connection().execute(stmt)]

    def _buckets(
        self, one: Followed, entries: Iterable[tuple[Place, int]]
    ) -> list[tuple[int, int, int]] | None:
        """``(segment, bucket, change)`` of each entry; None when only the database could tell."""
        found: list[tuple[int, int, int]] = []
        try:
            for place, change in entries:
                number = next((n for n, s in enumerate(one.map.segments) if s.holds(place[0])), None)
                if number is None:
                    return None  # a value that no row had before
                segment = one.map.segments[number]
                key = comparing(segment)
                values = place[len(place) - len(segment.keys) :]
                found.append(
                    (number, bisect_left(one.map.parts[number].fences, key(values), key=key), change)
                )
        except NotComparable:
            return None
        return found


def _apply(map: PageMap, changes: list[tuple[int, int, int]] | None, numbers: set[int]) -> None:
    if changes is None:
        return
    with map.lock:
        for segment, bucket, change in changes:
            map.parts[segment].counts.add(bucket, change)
        map.state.own |= numbers
        map.state.version += 1
