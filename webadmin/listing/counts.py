"""How many rows there are: exactly where that is cheap, else about; never at the price of the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import Session

from webadmin.dialects import Dialect, Estimate
from webadmin.listing.params import ListParams
from webadmin.listing.scope import personal, rewritten
from webadmin.listing.served import remember
from webadmin.listing.statement import LABEL, counting, matching, named
from webadmin.listing.totals import Total, unless_unchanged
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

SMALL = 50_000
"""Rows up to which a table is counted without asking what that costs."""
CHEAP = 20_000.0
"""The planner's cost up to which a count is worth a try; some 60 ms."""
CHEAP_SEARCH = 6_000.0
"""The same for a search, of which any page is found for less than that."""
TIME_LIMIT = 250
"""Milliseconds that a count may take."""
CAP = SMALL
"""Rows up to which is counted when nothing is known of the cost."""
_KEPT_FOR = 60.0  # seconds; statistics change slowly

_answers: WeakKeyDictionary[Session, tuple[Any, Estimate | None]] = WeakKeyDictionary()
_statistics: WeakKeyDictionary[Dialect, dict[Any, tuple[float, int | None]]] = WeakKeyDictionary()


def count(
    context: Context,
    view: View,
    params: ListParams,
    *,
    statements: int,
    fresh: bool = False,
    expected: Estimate | None = None,
) -> Total | None:
    """The total of a list.

    :param statements: how many may be sent for it; one is enough for a total, two for a good one.
    :param expected: what the planner expects of the count, where it was asked already.
    :param fresh: count even if nothing can have changed since the last time.
    :return: None when nothing could be found out in time.
    """
    ladder = _Ladder(context, view, params, statements, expected)

    def climb() -> Total | None:
        found = ladder.climb()
        return None if found is None else replace(found, sent=statements - ladder.left)

    return climb() if fresh else unless_unchanged(context, view, params, climb)


def count_all(context: Context, view: View, params: ListParams, milliseconds: int) -> int | None:
    """How many rows the list has, counted one by one; None when that takes longer than ``milliseconds``."""
    return _Ladder(context, view, params, 1).run(counting(context, view, params), milliseconds)


def known_small(context: Context, view: View) -> bool:
    """Whether the table is known to be small, without asking."""
    rows = known_rows(context, view)
    return rows is not None and rows < SMALL


def known_rows(context: Context, view: View) -> int | None:
    """Rows of the table, as statistics had it when they were last asked for."""
    kept = _statistics.get(context.dialect, {}).get(("table", view.info.table.fullname))
    return None if kept is None else kept[1]


@caused_by("column_filters", "search", "soft_delete_column", "scope")
def ask_planner(context: Context, view: View, params: ListParams) -> Estimate | None:
    """What the planner expects of the list's count; one statement, which reads no rows, however often a request asks."""
    what = (view.seen_as, params.deleted, params.q, params.filters, params.per, params.top)
    answered = _answers.get(context.session)
    if answered is not None and answered[0] == what:
        return answered[1]
    asked = named(counting(context, view, params), _("Estimate of the total"))
    expected = context.dialect.estimate(context.session.connection(), asked)
    _answers[context.session] = (what, expected)
    return expected


def ask_rows(context: Context, view: View, params: ListParams) -> int | None:
    """Rows of the table as its statistics have it; one statement, or none where they were asked for lately."""
    return _Ladder(context, view, params, 2).size()


class _Ladder:
    def __init__(
        self,
        context: Context,
        view: View,
        params: ListParams,
        statements: int,
        expected: Estimate | None = None,
    ) -> None:
        self.context, self.view, self.params = context, view, params
        self.left = statements
        self.expected = expected

    def climb(self) -> Total | None:
        size = self.size()
        if size is not None and size < SMALL:
            return self._exactly()
        if size is not None and not self.params.narrowed and not personal(self.context, self.view):
            rows = self._unfiltered(size)
            if rows is None and self.left < 2:
                rows = size  # the most there can be
            if rows is not None:
                return self._exactly(rows) if rows < SMALL else Total(rows, exact=False)
        return self._planned()

    def _planned(self) -> Total | None:
        """By what the planner expects of a count."""
        if not self.context.dialect.supports_statistics or rewritten(self.context):
            return self._exactly() or self._capped()
        expected = self.expected
        if expected is None and self.left < 2:
            return self._capped()
        if expected is None:
            expected = ask_planner(self.context, self.view, self.params)
            self.left -= 1
        if expected is None:
            return self._capped()
        cheap = expected.cost < (CHEAP_SEARCH if self.params.q else CHEAP)
        if personal(self.context, self.view) and self.params.narrowed:
            # Statistics are of all rows: what they expect of a filter would tell of those that this person may not see.
            return (self._exactly() if cheap else None) or self._capped()
        return self._exactly(expected.rows) if cheap else Total(expected.rows, exact=False)

    @caused_by(label=lambda: _("Size of the table"))
    def size(self) -> int | None:
        """Rows of the table, as its statistics have it."""
        if not self.context.dialect.supports_statistics:
            return None
        table = self.view.info.table

        def ask() -> int | None:
            found = self.context.dialect.statistics(self.context.session.connection(), table)
            remember(self.context.dialect, table, found)
            return found.rows

        return self._kept(("table", table.fullname), ask)

    def _unfiltered(self, size: int) -> int | None:
        """Rows of the list without any filter, as statistics have it."""
        if self.view.soft_delete is None or self.params.deleted == "show":
            return size
        if self.params.deleted == "only":
            return None
        table = self.view.info.table
        column = self.view.info.columns[self.view.soft_delete].column

        def ask() -> int | None:
            return self.context.dialect.estimate_live_rows(self.context.session.connection(), table, column)

        return self._kept(("live", table.fullname), ask)

    def _kept(self, key: tuple[str, str], ask: Callable[[], int | None]) -> int | None:
        """What ``ask`` answers, or answered within the last minute; None also when there is no statement to spare."""
        kept = _statistics.setdefault(self.context.dialect, {})
        found = kept.get(key)
        now = time.monotonic()
        if found is None or now - found[0] > _KEPT_FOR:
            if self.left < 2:
                return None if found is None else found[1]
            self.left -= 1
            found = kept[key] = (now, ask())
        return found[1]

    def _exactly(self, expected: int | None = None) -> Total | None:
        """The exact total within the time limit, else ``expected``."""
        rows = self.run(counting(self.context, self.view, self.params)) if self.left else None
        if rows is not None:
            return Total(rows, exact=True)
        return None if expected is None else Total(expected, exact=False)

    def _capped(self) -> Total | None:
        """The exact total of a short list; of a long one, that it is long."""
        if self.left < 1:
            return None
        some = matching(self.context, self.view, self.params, [sa.literal(1).label("one")]).limit(CAP + 1)
        rows = self.run(sa.select(sa.func.count()).select_from(some.subquery("some")))
        return None if rows is None else Total(rows, exact=rows <= CAP)

    def _harmless(self) -> bool:
        """Whether a count needs no limit of its own: few rows, and nothing to work out for each."""
        plain = not self.params.narrowed and not personal(self.context, self.view)
        return plain and known_small(self.context, self.view)

    @caused_by("column_filters", "search", "soft_delete_column", "scope")
    def run(self, stmt: sa.Select[Any], milliseconds: int = TIME_LIMIT) -> int | None:
        """The number that ``stmt`` counts; None when it takes longer than ``milliseconds``."""
        self.left -= 1
        session = self.context.session
        options = {LABEL: _("Total")}
        if self._harmless():
            return int(session.execute(stmt, execution_options=options).scalar_one())
        try:
            with self.context.dialect.limited(session.connection(), milliseconds):
                return int(session.execute(stmt, execution_options=options).scalar_one())
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            if self.context.dialect.failure(error).kind not in {"statement_timeout", "lock_timeout"}:
                raise
            return None
