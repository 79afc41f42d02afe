"""Finding a numbered page of a search: see :mod:`webadmin.listing.ranking` for the ways that lead to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import exc

from webadmin.listing.counts import SMALL
from webadmin.listing.loading import LoadPlan
from webadmin.listing.ordering import order_for
from webadmin.listing.pages import Pages, Position
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import LAST
from webadmin.listing.ranking import Tactic, correct, tactic
from webadmin.listing.statement import Found
from webadmin.options.context import Context
from webadmin.options.view import View

_TIME_LIMIT = 250
"""Milliseconds after which the planner was wrong about a search, and its rows are read in the other way."""


def read_found_page(
    context: Context,
    view: View,
    params: ListParams,
    plan: LoadPlan,
    highlights: Mapping[str, Any],
    *,
    statements: int,
    fresh: bool = False,
) -> tuple[Found, Position]:
    """The rows of ``params.page`` of a search, and where they are; as :func:`webadmin.listing.pages.read_page`."""
    return _FoundPages(context, view, params, plan, highlights, statements, fresh).read()


class _Dear(Exception):
    """The way that was taken takes too long."""


class _FoundPages(Pages):
    def read(self) -> tuple[Found, Position]:
        chosen = tactic(self.context, self.view, self.params, statements=self.left, fresh=self.fresh)
        self.left -= chosen.sent
        self.expected = chosen.expected
        try:
            return self._read(chosen, doubtful=chosen.expected is not None and chosen.rows > SMALL)
        except _Dear:
            found, position = self._read(self._other(chosen), doubtful=False)
            if self.gathered and self.latest is None and position.exact:
                correct(self.context, self.view, self.params, position.total)
            return found, position

    def _other(self, chosen: Tactic) -> Tactic:
        """The other way to the same page: rows behind the ranked ones stay in their own order."""
        page = self.params.page
        if chosen.latest is not None and (page == LAST or (page - 1) * self.size >= chosen.latest):
            return replace(chosen, deep=not chosen.deep)
        return chosen.other(order_for(self.view, self.params.order), self.size)

    def _read(self, chosen: Tactic, *, doubtful: bool) -> tuple[Found, Position]:
        self.doubtful = doubtful
        self.order, self.gathered, self.latest = chosen.order, chosen.gathered, chosen.latest
        page = self._listed(chosen)
        if page is None and self.gathered and self.params.page != LAST:
            page = self._gathered()
        if page is None:
            if self.latest is not None:
                # Behind the rows that are ranked the others stand in the list's own order, each at its own place.
                self.order, self.latest = order_for(self.view, self.params.order), None
                self.gathered = chosen.deep
            page = super().read()
        found, position = page
        return found, replace(position, ranked=chosen.ranked, latest=chosen.latest, left=self.left)

    def _listed(self, chosen: Tactic) -> tuple[Found, Position] | None:
        """A page deep in the list's own order, by the keys of all rows where they are kept; else it is asked for them."""
        offset = (self.params.page - 1) * self.size
        if chosen.ranked and (chosen.latest is None or (self.params.page != LAST and offset < chosen.latest)):
            self.maps = None  # which has no ranks
        if self.maps is None:
            return None
        if not self.maps.total:
            self.maps.want()
            return None
        self.order, self.gathered, self.latest = order_for(self.view, self.params.order), False, None
        page = self._mapped(self.maps)
        self.order, self.gathered, self.latest = chosen.order, chosen.gathered, chosen.latest
        return page

    def _gathered(self) -> tuple[Found, Position] | None:
        """A page of the rows that were gathered; None when it is not among them."""
        offset = (self.params.page - 1) * self.size
        if self.latest is not None and offset >= self.latest:
            return None
        found = self._rows(self.size, offset)
        if found.total is None:
            return (found, self._position(found, 0, 0)) if self.params.page == 1 else None
        if self.latest is None or found.total < self.latest:
            return found, self._position(found, found.total, offset)
        total = self._count(still_to_read=0)
        seen = offset + len(found.rows)
        if total is not None and total.exact:
            return found, self._position(found, max(total.rows, seen), offset)
        expected = total.rows if total is not None else seen
        return found, self._position(
            found, max(expected, seen), offset, exact=False, place_exact=True, has_next=True
        )

    def _rows(self, limit: int, offset: int = 0, **how: Any) -> Found:
        if not self.doubtful:
            return super()._rows(limit, offset, **how)
        try:
            with self.context.dialect.limited(self.context.session.connection(), _TIME_LIMIT):
                return super()._rows(limit, offset, **how)
        except exc.DBAPIError as error:
            if (
                error.connection_invalidated
                or self.context.dialect.failure(error).kind != "statement_timeout"
            ):
                raise
            raise _Dear from error
