"""Finding a numbered page: by offset, from the nearer end where both are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from webadmin.dialects import Estimate
from webadmin.listing import counts, jump
from webadmin.listing.loading import LoadPlan
from webadmin.listing.ordering import order_for
from webadmin.listing.pagemap.reading import MapPiece, MapReader
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import LAST
from webadmin.listing.statement import Found, Reading, matching, shape
from webadmin.listing.totals import Total
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

_BEYOND = 1000
"""Pages past the expected last one from which on nothing is looked for there."""
_DEEP_FOUND = 1000
"""Rows of a search, or of the first ones of groups, behind which a page is read by a map: all before them are looked for."""
_NEAR = 500
"""Rows from either end up to which a page is found by counting from there, whatever is known of the rest."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a list a page is."""

    total: int
    exact: bool
    place_exact: bool
    page: int
    per_page: int
    shown: int
    offset: int
    has_next: bool
    ranked: bool = False
    """The best rows of a search come first."""
    latest: int | None = None
    """Only among so many of the latest."""
    within: int | None = None
    """So many rows at most place and total are off, as far as the database has counted; None: not known."""
    left: int = 0
    """Statements that were not needed."""

    def fields(self) -> dict[str, Any]:
        """The fields of a ``Listing`` that say it."""
        return {
            "total": self.total,
            "exact": self.exact,
            "place_exact": self.place_exact,
            "page": self.page,
            "pages": max(1, -(-self.total // self.per_page)),
            "first_row": self.offset + 1 if self.shown else 0,
            "last_row": self.offset + self.shown,
            "has_next": self.has_next,
            "ranked": self.ranked,
            "latest": self.latest,
            "within": self.within,
        }


def read_page(
    context: Context,
    view: View,
    params: ListParams,
    plan: LoadPlan,
    highlights: Mapping[str, Any],
    *,
    statements: int,
    fresh: bool = False,
) -> tuple[Found, Position]:
    """The rows of ``params.page`` and where they are. A page beyond the end is the last one.

    :param highlights: expressions to select beside each row.
    :param statements: how many may be sent.
    :param fresh: send all of them, also for what is known.
    """
    return Pages(context, view, params, plan, highlights, statements, fresh).read()


class Pages:
    """One reading of a page; what a search does otherwise is in :mod:`webadmin.listing.found_pages`."""

    def __init__(
        self,
        context: Context,
        view: View,
        params: ListParams,
        plan: LoadPlan,
        highlights: Mapping[str, Any],
        statements: int,
        fresh: bool,
    ) -> None:
        self.context, self.view, self.params, self.plan = context, view, params, plan
        self.size = params.per_page
        self.extras = {**plan.beside, **highlights}
        self.left = statements
        self.fresh = fresh
        self.order = order_for(view, params.order)
        self.gathered = False
        self.latest: int | None = None
        self.expected: Estimate | None = None
        # Searches and groups find their first rows in ways of their own.
        found = bool(params.q or params.per)
        deep = params.page == LAST or (params.page - 1) * self.size >= _DEEP_FOUND
        self.maps = MapReader(context, view, params) if deep or not found else None

    def read(self) -> tuple[Found, Position]:
        mapped = self._mapped(self.maps) if self.maps is not None and self.maps.total else None
        if mapped is not None:
            return mapped
        if self.params.page == 1:
            found = self._rows(self.size + 1)
            if len(found.rows) <= self.size:
                return found, self._position(found, len(found.rows), 0)
            return self._forward(found, 0, self._count(still_to_read=0))
        # The rows themselves, and perhaps once more from the end.
        total = self._count(still_to_read=2)
        if total is not None and total.exact:
            return self._exact(total.rows)
        return self._about(total)

    def _count(self, *, still_to_read: int) -> Total | None:
        statements = max(1, self.left - still_to_read)
        total = counts.count(
            self.context,
            self.view,
            self.params,
            statements=statements,
            fresh=self.fresh,
            expected=self.expected,
        )
        self.left -= statements if total is None else total.sent
        found = bool(self.params.q or self.params.per)
        if self.maps is not None and (
            found or total is None or not total.exact or total.rows >= counts.SMALL
        ):
            self.maps.want()
        return total

    def _mapped(self, maps: MapReader) -> tuple[Found, Position] | None:
        """The page by the list's map; None when that would take too many statements."""
        total = maps.total
        last = -(-total // self.size)
        page = last if self.params.page == LAST else min(self.params.page, last)
        offset = (page - 1) * self.size
        shown = min(self.size, total - offset)
        behind = total - offset - shown
        if offset <= min(_NEAR, behind):
            # Counted from the beginning it is the right page even if the map is not.
            found = self._rows(self.size + 1, offset, watched=True)
            right = maps.right([found])
            if not found.rows:
                return self._end(total)
            known = Total(total, exact=right)
            if not right and total < counts.SMALL and self.left:
                known = self._count(still_to_read=0) or known
            found, position = self._forward(found, offset, known)
            within = None if position.exact else maps.within(ask=False)
            return found, replace(position, within=within)
        if behind <= _NEAR and not maps.lists_keys:
            parts: Sequence[Found] = [self._rows(shown, behind, backwards=True, watched=True)]
        else:
            pieces = maps.pieces(offset, shown)
            if len(pieces) > self.left:
                return None
            parts = [
                self._rows(piece.rows, piece.skip, backwards=piece.backwards, watched=True, piece=piece)
                for piece in pieces
            ]
        found = Found(
            [row for part in parts for row in part.rows],
            [place for part in parts for place in part.places],
            [extra for part in parts for extra in part.extras],
        )
        if not found.rows:
            return self._end(total)
        right = maps.right(parts)
        position = self._position(found, total, offset, exact=right, has_next=behind > 0)
        if right:
            return found, position
        ask, self.left = self.left > 0, max(0, self.left - 1)
        return found, replace(position, within=maps.within(ask=ask))

    def _exact(self, total: int) -> tuple[Found, Position]:
        last = max(1, -(-total // self.size))
        page = last if self.params.page == LAST else min(self.params.page, last)
        offset = (page - 1) * self.size
        shown = min(self.size, total - offset)
        if shown <= 0:
            return Found([], [], []), self._position(Found([], [], []), 0, 0)
        behind = total - offset - shown
        found = self._rows(shown, behind, backwards=True) if behind < offset else self._rows(shown, offset)
        return found, self._position(found, total, offset)

    def _about(self, total: Total | None) -> tuple[Found, Position]:
        expected = total.rows if total is not None else 0
        page = self.params.page
        if page == LAST or (total is not None and page > expected // self.size + _BEYOND):
            return self._end(expected)
        offset = (page - 1) * self.size
        share = offset / expected if expected else 1.0
        piece = jump.near(self.context, self.order, share, self.size) if offset >= jump.DEEP else None
        walked, guessed = None, False
        if piece is not None and self.left >= 2:
            # One statement stays for a walk as far as the request's own time goes, where statistics have nothing.
            if self.left > 2:
                walked = jump.in_time(self.context, lambda: self._rows(self.size + 1, offset))
            if walked is None:
                found, guessed = self._rows(piece.rows, piece=piece), True
                if found.rows:
                    return found, self._position(found, expected, offset, exact=False, has_next=True)
        found = walked or self._rows(self.size + 1, offset)
        if not found.rows and page > 1:
            if (
                guessed and self.left < 1
            ):  # after all that has been tried no statement is left to look for the end
                return found, self._position(found, min(expected, offset), offset, exact=False)
            return self._end(min(expected, offset))
        return self._forward(found, offset, total)

    def _forward(self, found: Found, offset: int, total: Total | None) -> tuple[Found, Position]:
        """A page that was read with one row more than it shows."""
        seen = offset + len(found.rows)
        if len(found.rows) <= self.size:
            return found, self._position(found, seen, offset)
        found = Found(found.rows[: self.size], found.places[: self.size], found.extras[: self.size])
        rows = seen if total is None else max(total.rows, seen)
        exact = total is not None and total.exact
        return found, self._position(found, rows, offset, exact=exact, place_exact=True, has_next=True)

    def _end(self, expected: int) -> tuple[Found, Position]:
        """The last rows, of a list whose length is not known."""
        found = self._rows(self.size + 1, backwards=True)
        if len(found.rows) <= self.size:
            return found, self._position(found, len(found.rows), 0)
        found = Found(found.rows[1:], found.places[1:], found.extras[1:])
        total = max(expected, self.size + 1)
        return found, self._position(found, total, total - self.size, exact=False)

    def _position(
        self,
        found: Found,
        total: int,
        offset: int,
        *,
        exact: bool = True,
        place_exact: bool = False,
        has_next: bool | None = None,
    ) -> Position:
        page = max(1, -(-(offset + len(found.rows)) // self.size))
        after = offset + len(found.rows) < total and exact if has_next is None else has_next
        return Position(total, exact, exact or place_exact, page, self.size, len(found.rows), offset, after)

    def _rows(
        self,
        limit: int,
        offset: int = 0,
        *,
        backwards: bool = False,
        watched: bool = False,
        piece: MapPiece | None = None,
    ) -> Found:
        """``limit`` rows from ``offset`` on.

        :param watched: ask what the statement sees, to tell whether the map is right for it.
        :param piece: only rows of this piece of the map.
        """
        self.left -= 1
        piece = piece or MapPiece(limit, offset, backwards)
        reading = Reading(
            self.view,
            self.order,
            limit,
            offset,
            backwards,
            None if self.view.keyless else self.plan.rows(self.context),
            {**self.extras, **(self.maps.extras if watched and self.maps is not None else {})},
            self.gathered,
            self.latest,
            piece.values,
        )
        kind = shape(self.view, self.params, self.plan)
        return reading.run(
            self.context,
            lambda: matching(self.context, self.view, self.params, reading.columns, piece.conditions),
            _("Page of rows"),
            None if kind is None or piece.shape is None else (kind, watched, piece.shape),
        )
