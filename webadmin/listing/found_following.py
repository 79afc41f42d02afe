"""Reading the rows of a search after a place, or before it: see :mod:`webadmin.listing.ranking` for their order.

A place says which part of the list it is in: ``all``, where all rows are ranked; ``latest``, where those before a bound are;
``rest``, behind that bound, or in the list's own order where nothing is ranked. The bound stays in the cursor, so that rows
which are written meanwhile move none of the others from one part into the other: nothing is shown twice or left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.visitors import replacement_traverse

from webadmin.dialects.carried import Carried
from webadmin.listing import cursor
from webadmin.listing.following import Following, Stretch
from webadmin.listing.keyset import Piece, Place, parameters, pieces
from webadmin.listing.ordering import Order
from webadmin.listing.params import ListParams, wrong_list
from webadmin.listing.ranking import Tactic, may_rank, rank_order, tactic
from webadmin.listing.statement import LIMIT, Found, Reading, named
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

_ALL, _LATEST, _REST = "all", "latest", "rest"
_STATEMENTS = 4


def in_search(place: Place, *, ranked: bool) -> Place:
    """The place of a row of a numbered page of a search that may be ranked, as cursors of it have it.

    :param ranked: all rows are; ``place`` then begins with the rank.
    """
    if ranked:
        return (_ALL, *[None] * (len(place) - 1), *place)
    return (_REST, *[None] * len(place), None, *place)


class FoundFollowing(Following):
    def __init__(self, context: Context, view: View, params: ListParams) -> None:
        super().__init__(context, view, params)
        self.own: Order = self.order
        self.ranks = may_rank(context, view, params)
        self.bound: Place | None = None
        self.part = _REST
        self.gathered = False
        self.more: tuple[Any, ...] = ()
        """What holds for every row of this part."""

    def read(self) -> Stretch:
        chosen = tactic(self.context, self.view, self.params, statements=_STATEMENTS)
        if not self.ranks:
            self.gathered = chosen.gathered
            return super().read()
        place = self.place()
        if place is None:
            self._begin(chosen)
            values = None
        else:
            self._go_to(place)
            values = place[1 + len(self.own.keys) :]
        stretch = self._part(self._in(values), bool(self.params.before))
        if not stretch.found.rows and self.part == _LATEST and not self.params.before:
            self._enter(_REST)
            stretch = self._part(None, False)
        return stretch

    def _values(self) -> int:
        return 2 + 2 * len(self.own.keys) if self.ranks else super()._values()

    def place(self) -> Place | None:
        found = super().place()
        if found is not None and self.ranks and found[0] not in {_ALL, _LATEST, _REST}:
            raise wrong_list(cursor.broken().message, self.params.changed())
        return found

    def _begin(self, chosen: Tactic) -> None:
        if not chosen.ranked:
            self.gathered = chosen.gathered
            self._enter(_REST)
            return
        if chosen.latest is not None:
            self.bound = self._bound(chosen.latest)
        self._enter(_ALL if self.bound is None else _LATEST)

    def _bound(self, latest: int) -> Place | None:
        """The place of the first row in the list's own order that is not ranked."""
        dialect = self.context.dialect
        keys = [dialect.carried(key.expression).label(f"place_{at}") for at, key in enumerate(self.own.keys)]
        narrow = self.own.joined(self.context, self._matching(keys)).order_by(*self.own.by())
        asked = named(narrow.offset(latest).limit(1), _("End of the ranked rows"))
        found = self.context.session.execute(asked).first()
        return None if found is None else tuple(found)

    def _go_to(self, place: Place) -> None:
        count = len(self.own.keys)
        bound = place[1 : 1 + count]
        self.bound = None if all(value is None for value in bound) else bound
        self._enter(place[0])

    def _enter(self, part: str) -> None:
        self.part = part
        ranked = part in {_ALL, _LATEST}
        self.order = rank_order(self.context, self.view, self.params) if ranked else self.own
        self.shown_order = () if ranked or self.bound is not None else self.params.order
        self.more = ()
        if self.bound is not None:
            before = self._beyond_bound(backwards=True)
            self.more = (before,) if part == _LATEST else (sa.or_(self._at_bound(), self._beyond_bound()),)

    def _in(self, values: Place | None) -> Place | None:
        """The values that name a place in this part; None for its beginning, or for its end when going back."""
        if values is None:
            return None
        found = values if self.part in {_ALL, _LATEST} else values[1:]
        return None if all(value is None for value in found) else found

    def _beyond_bound(self, *, backwards: bool = False) -> Any:
        assert self.bound is not None
        missing = tuple(value is None for value in self.bound)
        parts = pieces(self.own, missing, self._way(backwards))
        found = sa.or_(sa.false(), *(sa.and_(*piece.conditions) for piece in parts))
        values = parameters(self.bound)

        def own(part: Any, **_kw: Any) -> sa.BindParameter[Any] | None:
            # Its values are named as those of the place that is read from, and both stand in one statement.
            if isinstance(part, sa.BindParameter) and part.key in values:
                return sa.bindparam(None, values[part.key], type_=part.type, unique=True)
            return None

        replaced: Any = replacement_traverse(found, {}, own)  # type: ignore[call-overload]
        return replaced

    def _at_bound(self) -> Any:
        assert self.bound is not None
        return sa.and_(
            *(
                key.expression.is_(None)
                if value is None
                else key.expression == sa.bindparam(None, value, type_=Carried(), unique=True)
                for key, value in zip(self.own.keys, self.bound, strict=True)
            )
        )

    def _part(self, place: Place | None, backwards: bool) -> Stretch:
        """A page of this part of the list, with cursors that lead on into the next part."""
        size = self.params.per_page
        found = self._rows(place, backwards)
        more = len(found.rows) > size
        if more:
            kept = slice(1, None) if backwards else slice(0, -1)
            found = Found(found.rows[kept], found.places[kept], found.extras[kept])
        first, last = (found.places[0], found.places[-1]) if found.rows else (None, None)
        after, before = self._written(last), self._written(first)
        if not backwards and not more:
            after = self._border(_REST) if self.part == _LATEST else None
        if backwards and not more:
            before = self._border(_LATEST) if self.part == _REST and self.bound is not None else None
        if not backwards and place is None and not self.params.after:
            before = None
        return Stretch(found, after, before)

    def _rows(self, place: Place | None, backwards: bool) -> Found:
        missing = None if place is None else tuple(value is None for value in place)
        found: Iterable[Piece] = pieces(self.order, missing, self._way(backwards))
        if place is None and self.part == _REST and self.bound is not None and not backwards:
            # Along the index from the bound, not from the beginning of the list.
            start = tuple(value is None for value in self.bound)
            same = Piece((self._at_bound(),))
            return self._in_pieces([same, *pieces(self.own, start, self._way(False))], self.bound, backwards)
        return self._in_pieces(found, place, backwards)

    def _written(self, values: Sequence[Any] | None) -> str | None:
        if values is None:
            return None
        ranked = values if self.part in {_ALL, _LATEST} else (None, *values)
        return self._cursor((self.part, *self._bound_values(), *ranked))

    def _border(self, part: str) -> str | None:
        return self._cursor((part, *self._bound_values(), *([None] * (1 + len(self.own.keys)))))

    def _bound_values(self) -> Sequence[Any]:
        return [None] * len(self.own.keys) if self.bound is None else self.bound

    def _narrow(self, reading: Reading, piece: Piece) -> sa.Select[Any]:
        if self.part == _REST and not self.gathered:
            return super()._narrow(reading, piece)
        # The best first is no order of an index; and few rows are all found before they are sorted.
        narrow = self.order.joined(self.context, self._matching(reading.columns, piece.conditions))
        matches = narrow.cte("matches").prefix_with("MATERIALIZED")
        return sa.select(*matches.c).order_by(*reading.sorted_by(matches)).limit(LIMIT)

    def _matching(self, columns: Sequence[Any], more: Sequence[Any] = ()) -> sa.Select[Any]:
        return super()._matching(columns, (*more, *self.more))
