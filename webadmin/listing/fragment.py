"""A piece of a list without page numbers: the rows after or before a place, for infinite scroll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webadmin.errors import BadRequest
from webadmin.listing import cursor
from webadmin.listing.highlights import Highlights
from webadmin.listing.keyset import Piece, pieces
from webadmin.listing.listing import ListedRow, listed, shown_columns
from webadmin.listing.loading import load_plan
from webadmin.listing.ordering import Order, order_for
from webadmin.listing.params import ListParams, wrong_list
from webadmin.listing.parsing import Sort
from webadmin.listing.statement import Found, Reading, matching, shape
from webadmin.options.context import Context
from webadmin.options.view import ShownColumn, View
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Fragment:
    """Rows that follow one another, and the cursors of what is around them."""

    rows: tuple[ListedRow, ...]
    columns: tuple[ShownColumn, ...]
    order: Sort
    after: str | None
    """The cursor of the rows that come next (``params.query(after=…)``); None when there are none."""
    before: str | None
    """The cursor of the rows that come before; None at the beginning."""

    @classmethod
    def load(cls, context: Context, view: View, params: ListParams) -> Fragment:
        """Read ``params.per_page`` rows after ``params.after``, before ``params.before`` or from the beginning.

        :raises BadRequest: for a cursor that is broken or belongs to another list or order, and when a filter's value
            does not fit its column.
        """
        return _Reader(context, view, params).read()


def check_place(context: Context, view: View, params: ListParams) -> None:
    """Raises BadRequest, with a link to the list without it, for a cursor in ``params`` that is broken."""
    reader = _Reader(context, view, params)
    _ = reader.number() if view.keyless else reader.place()


class _Reader:
    def __init__(self, context: Context, view: View, params: ListParams) -> None:
        self.context, self.view, self.params = context, view, params
        self.order: Order = order_for(view, params.order)
        self.columns = shown_columns(view, params)
        self.plan = load_plan(context, view, self.columns)
        self.highlights = Highlights(context, view, self.columns, params.q)

    def read(self) -> Fragment:
        if self.view.keyless:
            return self._by_number()
        backwards = bool(self.params.before)
        found = self._rows(self.place(), backwards)
        more = len(found.rows) > self.params.per_page
        if more:
            kept = slice(1, None) if backwards else slice(0, -1)
            found = Found(found.rows[kept], found.places[kept], found.extras[kept])
        first, last = (found.places[0], found.places[-1]) if found.rows else (None, None)
        return self._fragment(
            found,
            after=self._cursor(last) if more or backwards else None,
            before=self._cursor(first) if (more if backwards else self.params.after) else None,
        )

    def place(self) -> cursor.Place | None:
        text = self.params.after or self.params.before
        if not text:
            return None
        try:
            return cursor.decode(self.view, self.params.order, self.order, text, self.context.dialect)
        except BadRequest as broken:
            raise wrong_list(broken.message, self.params.changed()) from broken

    def _cursor(self, place: cursor.Place | None) -> str | None:
        return None if place is None else cursor.encode(self.view, self.params.order, place)

    def _rows(self, place: cursor.Place | None, backwards: bool) -> Found:
        """One row more than asked for, when there are so many."""
        wanted = self.params.per_page + 1
        if place is None:
            return self._piece([], wanted, backwards)
        dialect = self.context.dialect
        rows: list[Any] = []
        places: list[Any] = []
        extras: list[Any] = []
        for piece in pieces(
            self.order,
            place,
            backwards=backwards,
            nulls_high=dialect.nulls_sort_high,
            row_values=dialect.supports_row_values,
        ):
            found = self._piece(piece, wanted - len(rows), backwards)
            at = 0 if backwards else len(rows)
            rows[at:at], places[at:at], extras[at:at] = found.rows, found.places, found.extras
            if len(rows) >= wanted:
                break
        return Found(rows, places, extras)

    def _piece(self, piece: Piece, limit: int, backwards: bool) -> Found:
        return self._read(
            Reading(
                self.view,
                self.order,
                limit,
                backwards=backwards,
                rows=self.plan.rows(self.context),
                extras={**self.plan.beside, **self.highlights.expressions},
            ),
            piece,
        )

    def _read(self, reading: Reading, piece: Piece) -> Found:
        # The piece may compare columns of joined tables: the joins come first, and only once.
        return reading.run(
            self.context,
            lambda: matching(self.context, self.view, self.params, reading.columns, piece),
            _("Next rows"),
            shape(self.view, self.params, self.plan) if not piece else None,
        )

    def _by_number(self) -> Fragment:
        """Rows without a key are at no place that a cursor could name: it is their number."""
        start = self.number()
        size = self.params.per_page
        found = self._read(Reading(self.view, self.order, size + 1, start), [])
        more = len(found.rows) > size
        found = Found(found.rows[:size], found.places[:size], found.extras[:size])
        return self._fragment(found, after=str(start + size) if more else None, before=None)

    def number(self) -> int:
        """How many rows lie before the place that the address names, where rows have no key."""
        text = self.params.after or self.params.before or "0"
        if self.params.before or not text.isdecimal() or len(text) > 12:
            message = _(
                "The place in the list that the address names does not exist in it. Start at its beginning."
            )
            raise wrong_list(message, self.params.changed())
        return int(text)

    def _fragment(self, found: Found, *, after: str | None, before: str | None) -> Fragment:
        rows = listed(self.context, self.view, self.plan, found, self.highlights)
        return Fragment(rows, self.columns, self.params.order, after, before)
