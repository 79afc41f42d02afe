"""Finding a page by the map of its list, and knowing whether the map is right."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from webadmin.listing.pagemap.store import Map, PageMaps
from webadmin.listing.pagemap.subject import Subject, subject_of
from webadmin.listing.pagemap.tree import IdList, PageMap, Stretch
from webadmin.listing.params import ListParams
from webadmin.listing.scope import personal
from webadmin.listing.statement import Found
from webadmin.options.context import Context
from webadmin.options.view import View

SEEN = "webadmin_seen"
"""The name under which rows bring what their statement saw."""


@dataclass(frozen=True, slots=True)
class MapPiece:
    """Rows of a page that one statement reads."""

    rows: int
    skip: int
    backwards: bool
    conditions: Sequence[sa.ColumnElement[bool]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the conditions, bound by name."""
    shape: Hashable = ""
    """Equal for pieces that differ in :attr:`values` alone; None when the conditions hold values themselves."""


class MapReader:
    """The map of one list for one request; without a map it knows nothing, and asks for one."""

    def __init__(self, context: Context, view: View, params: ListParams) -> None:
        self._context, self._view, self._params = context, view, params
        self._maps: PageMaps | None = context.maps
        self._map: Map | None = None
        # What the list is told apart by takes a while to put together: not for tables that have no maps.
        if self._maps is not None and self._maps.any_of(view.key) and self._subject is not None:
            self._map = self._maps.find(self._subject)
        self._version = 0 if self._map is None else self._map.state.version
        self.total = 0 if self._map is None else self._map.total
        """Rows of the list by its map; 0 when there is none."""

    @cached_property
    def _subject(self) -> Subject | None:
        return subject_of(self._context, self._view, self._params)

    @property
    def extras(self) -> dict[str, Any]:
        """What to select beside each row for :meth:`right`."""
        seen = self._context.dialect.snapshot()
        return {} if seen is None else {SEEN: seen}

    def want(self) -> None:
        """Have the map made, or made again, off the request's path."""
        if self._maps is not None and self._subject is not None:
            self._maps.want(self._context, self._subject)

    def right(self, parts: Sequence[Found]) -> bool:
        """Whether the map is right for the statements that found ``parts``; if not, a new one is on its way."""
        assert self._maps is not None
        assert self._map is not None
        connection = self._context.session.connection()
        right = all(
            part.extras and self._maps.exact(self._map, connection, part.extras[0].get(SEEN))
            for part in parts
        )
        # Changes of our own that came in between: which side of them the page is on nobody knows.
        right = right and self._map.state.version == self._version
        if not right:
            self.want()
        return right

    def within(self, *, ask: bool) -> int | None:
        """By how many rows at most the map is off where it is not right, as far as the database has counted; None where
        that is not known, as of rows that other tables decide about.

        :param ask: a statement may be sent for it.
        """
        if self._maps is None or self._map is None or self._subject is None or not self._subject.alone:
            return None
        if personal(self._context, self._view):
            return None  # others' writes are counted, also to rows that this person may not see
        connection = self._context.session.connection()
        return self._maps.within(self._map, connection, self._view.info.table, ask=ask)

    @property
    def lists_keys(self) -> bool:
        """Whether it has the keys of all rows, so that any page is found by those alone."""
        return isinstance(self._map, IdList)

    def pieces(self, offset: int, rows: int) -> list[MapPiece]:
        """What to read for the rows from ``offset`` of the list on, in the list's order."""
        assert self._subject is not None
        if isinstance(self._map, IdList):
            return [self._by_ids(self._map, offset, rows)]
        course = self._subject.course
        assert course is not None
        assert isinstance(self._map, PageMap)
        if course.descending:
            found = self._map.stretches(self.total - offset - rows, rows)
            return [self._piece(stretch, backwards=True) for stretch in reversed(found)]
        return [self._piece(stretch, backwards=False) for stretch in self._map.stretches(offset, rows)]

    def _piece(self, stretch: Stretch, *, backwards: bool) -> MapPiece:
        assert isinstance(self._map, PageMap)
        segment = self._map.segments[stretch.segment]
        which = stretch.segment if segment.same is None else "shared"
        shape = ("segment", which, stretch.fence is None)
        if stretch.fence is None:
            values = segment.values(None)
            return MapPiece(stretch.rows, stretch.skip, backwards, segment.all, values, shape)
        conditions = segment.after_values(self._context.dialect)
        return MapPiece(
            stretch.rows, stretch.skip, backwards, conditions, segment.values(stretch.fence), shape
        )

    def _by_ids(self, ids: IdList, offset: int, rows: int) -> MapPiece:
        dialect, model, key = self._context.dialect, self._view.model, self._view.info.key
        columns = [getattr(model, column.name) for column in key]
        found = [
            [
                dialect.unraw(
                    sa.bindparam(None, value, type_=dialect.raw_type(column.type), unique=True), column.type
                )
                for column, value in zip(columns, values, strict=True)
            ]
            for values in ids.keys(offset, rows)
        ]
        if len(columns) == 1:
            wanted = columns[0].in_([values[0] for values in found])
        else:
            wanted = sa.tuple_(*columns).in_([sa.tuple_(*values) for values in found])
        return MapPiece(rows, 0, False, [wanted], shape=None)
