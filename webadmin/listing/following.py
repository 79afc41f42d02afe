"""Reading the rows after a place in a list, or before it, piece by piece along an index."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from webadmin.errors import BadRequest
from webadmin.listing import cursor
from webadmin.listing.highlights import Highlights
from webadmin.listing.keyset import Piece, Place, Way, along, parameters, pieces
from webadmin.listing.listing import shown_columns
from webadmin.listing.loading import load_plan
from webadmin.listing.ordering import Order, order_for
from webadmin.listing.params import ListParams, wrong_list
from webadmin.listing.statement import LIMIT, Found, Reading, matching, shape
from webadmin.listing.steps import by_values, walks_by_values
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that follow one another, with the cursors around them."""

    found: Found
    after: str | None
    before: str | None


class Following:
    """Reads what follows a place, or what comes before it."""

    def __init__(self, context: Context, view: View, params: ListParams) -> None:
        self.context, self.view, self.params = context, view, params
        self.order: Order = order_for(view, params.order)
        self.columns = shown_columns(view, params)
        self.plan = load_plan(context, view, self.columns)
        self.highlights = Highlights(context, view, self.columns, params.q)
        self.shown_order = params.order

    def read(self) -> Stretch:
        """One page of rows."""
        if self.view.keyless:
            return self._by_number()
        backwards = bool(self.params.before)
        found = self._rows(self.place(), backwards)
        more = len(found.rows) > self.params.per_page
        if more:
            kept = slice(1, None) if backwards else slice(0, -1)
            found = Found(found.rows[kept], found.places[kept], found.extras[kept])
        first, last = (found.places[0], found.places[-1]) if found.rows else (None, None)
        return Stretch(
            found,
            after=self._cursor(last) if more or backwards else None,
            before=self._cursor(first) if (more if backwards else self.params.after) else None,
        )

    def place(self) -> Place | None:
        """The place that the address names, or None."""
        text = self.params.after or self.params.before
        if not text:
            return None
        try:
            return cursor.decode(self.context.secret, self.params, text, self._values())
        except BadRequest as broken:
            raise wrong_list(broken.message, self.params.changed()) from broken

    def _values(self) -> int:
        """How many values name a place. Rows without a key are at none that their values could name: it is their number."""
        return 1 if self.view.keyless else len(self.order.keys)

    def _cursor(self, place: Place | None) -> str | None:
        return None if place is None else cursor.encode(self.context.secret, self.params, place)

    def _rows(self, place: Place | None, backwards: bool) -> Found:
        """One row more than asked for, when there are so many."""
        missing = None if place is None else tuple(value is None for value in place)
        return self._in_pieces(pieces(self.order, missing, self._way(backwards)), place, backwards)

    def _way(self, backwards: bool) -> Way:
        dialect = self.context.dialect
        return Way(
            backwards,
            dialect.nulls_sort_high,
            # A foreign server is sent no comparison of rows.
            dialect.supports_row_values and self.view.info.kind != "foreign table",
            dialect.supports_partitions,
        )

    def _in_pieces(self, found_in: Iterable[Piece], place: Place | None, backwards: bool) -> Found:
        wanted = self.params.per_page + 1
        missing = None if place is None else tuple(value is None for value in place)
        rows: list[Any] = []
        places: list[Any] = []
        extras: list[Any] = []
        for number, piece in enumerate(found_in):
            found = self._piece(piece, (missing, number), wanted - len(rows), place, backwards)
            at = 0 if backwards else len(rows)
            rows[at:at], places[at:at], extras[at:at] = found.rows, found.places, found.extras
            if len(rows) >= wanted:
                break
        return Found(rows, places, extras)

    def _piece(
        self, piece: Piece, which: Hashable, limit: int, place: Place | None, backwards: bool
    ) -> Found:
        reading = replace(
            self._reading(limit),
            backwards=backwards,
            placed=True,
            values=parameters(place) if place is not None else {},
        )
        kept = shape(self.view, self.params, self.plan)
        return reading.run(
            self.context,
            lambda: self._narrow(reading, piece),
            _("Next rows"),
            None if kept is None else ("piece", kept, which),
        )

    def _narrow(self, reading: Reading, piece: Piece) -> sa.Select[Any]:
        backwards = reading.backwards
        if walks_by_values(self.context.dialect, self.order, piece):
            return by_values(
                self._matching, reading.columns, self.order, piece, backwards=backwards, limit=LIMIT
            )
        # The piece may compare columns of joined tables: the joins come first, and only once.
        narrow = self.order.joined(self.context, self._matching(reading.columns, piece.conditions))
        named = self.context.dialect.names_shared_values
        by = along(self.order, piece.pinned, backwards=backwards, named=named)
        return narrow.order_by(*by).limit(LIMIT)

    def _matching(self, columns: Sequence[Any], more: Sequence[Any] = ()) -> sa.Select[Any]:
        return matching(self.context, self.view, self.params, columns, more)

    def _reading(self, limit: int, offset: int = 0) -> Reading:
        return Reading(
            self.view,
            self.order,
            limit,
            offset,
            rows=None if self.view.keyless else self.plan.rows(self.context),
            extras={**self.plan.beside, **self.highlights.expressions},
        )

    def _by_number(self) -> Stretch:
        place = self.place()
        start = place[0] if place is not None and self.params.after else 0
        size = self.params.per_page
        reading = self._reading(size + 1, start)
        found = reading.run(self.context, lambda: self._matching(reading.columns), _("Next rows"))
        more = len(found.rows) > size
        found = Found(found.rows[:size], found.places[:size], found.extras[:size])
        return Stretch(found, self._cursor((start + size,)) if more else None, None)
