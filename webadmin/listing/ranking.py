"""How the rows of a search are found and in which order: the best first where they are few, else the best of the latest.

Two ways lead to the first rows of a search in the order of a list. All rows with the words can be gathered through the
index of words and then sorted: quick for a rare word, dear for a common one. Or the list's own index is walked until
enough rows have the words: quick for a common word, and for a rare one a walk through the whole table. A planner that only
sees LIMIT takes the second way for both, so the first is forced where its own estimate says that it is cheaper.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from webadmin.dialects import Dialect, Estimate
from webadmin.listing.counts import SMALL, ask_planner, ask_rows, known_rows
from webadmin.listing.ordering import Order, OrderKey, order_for
from webadmin.listing.params import ListParams
from webadmin.listing.scope import restricted
from webadmin.listing.search import Asked, asked, key_condition, row_number, vector
from webadmin.listing.statement import named
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

FEW = 2_500
"""Rows with the words up to which all are ranked: some 3 ms."""
LATEST = 1_000
"""The most rows that are ranked where more have the words."""
WALKED = 8_000
"""Rows that may be passed to find the latest ones: some 2 ms."""
_STEP = 0.16
"""The planner's cost of a row that is passed on a walk along an index."""
_MOST_LISTED = 1_000
"""Rows up to which a table of words is ranked: its measure counts every word in all of them."""
_BEST = 1_000.0
"""The rank of a row whose key was searched for; a word's is about 1 at most."""
_KEPT_FOR = 60.0  # seconds; statistics change slowly
_MOST = 500

_estimates: WeakKeyDictionary[Dialect, dict[Hashable, tuple[float, Estimate]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Tactic:
    """How the rows of a search are read."""

    order: Order
    ranked: bool = False
    """The best come first: ``order`` begins with the rank."""
    latest: int | None = None
    """So many are ranked, the first in the list's own order, which the others follow in; None for all."""
    gathered: bool = False
    """All rows with the words are found before they are sorted."""
    deep: bool = False
    """That is so for a page behind the ranked ones as well, which lies deep in the list."""
    expected: Estimate | None = None
    """What the planner thinks of the search; None where it was not asked."""
    rows: int = 0
    """About how many rows the table has."""
    sent: int = 0
    """Statements that it took to decide."""

    def other(self, order: Order, size: int) -> Tactic:
        """The other way, when this one turns out to be dear: the planner was wrong.

        :param order: the list's own.
        :param size: rows of a page.
        """
        if self.gathered and self.latest is None:
            if self.ranked:
                return replace(self, latest=_whole_pages(LATEST, size))
            return replace(self, order=order, gathered=False)
        return replace(self, latest=None, gathered=True)


def may_rank(context: Context, view: View, params: ListParams) -> bool:
    """Whether the best rows of the search come first: no order was asked for, and words are indexed."""
    if not params.q or params.sort or view.keyless:
        return False
    return bool((query := asked(context, view, params.q).query) and query.text)


def tactic(
    context: Context, view: View, params: ListParams, *, statements: int, fresh: bool = False
) -> Tactic:
    """How to read the rows of ``params``, which has a search.

    :param statements: how many may be sent to find out, and to read.
    :param fresh: ask the planner again.
    """
    own = order_for(view, params.order)
    meant = asked(context, view, params.q)
    if meant.common:
        return Tactic(own)
    if meant.index is not None and meant.query is not None:
        return _listed(context, view, params, own, meant, statements)
    table_rows = meant.query.table_rows if meant.query is not None else known_rows(context, view)
    ranked = may_rank(context, view, params)
    if table_rows is not None and table_rows <= FEW:
        return Tactic(_by_rank(context, view, own, meant), ranked, gathered=True) if ranked else Tactic(own)
    if not context.dialect.supports_statistics:
        return Tactic(own)
    asked_rows = 0
    if meant.query is None and table_rows is None and statements > 2:
        table_rows = ask_rows(context, view, params)
        asked_rows = 1
    if meant.query is None and (table_rows is None or table_rows < SMALL):
        return Tactic(own, sent=asked_rows)
    expected, sent = _expected(context, view, params, statements - asked_rows, fresh)
    sent += asked_rows
    if expected is None:
        return Tactic(own, sent=sent)
    rows = max(table_rows or 200 * expected.rows, expected.rows, 1)
    found = Tactic(own, expected=expected, rows=rows, sent=sent)
    cheap = _gathering_is_cheap(expected, rows, params.per_page)
    deep = cheap or _gathering_is_cheap(expected, rows, max(params.page, 1) * params.per_page)
    # Of a word that the statistics do not list they only know that it is rare: there may be no row of it at all, and a
    # walk would never end. A few rows too many that are gathered cost little.
    cheap = cheap or (meant.query is not None and expected.rows <= FEW)
    if not ranked:
        return replace(found, gathered=(cheap or deep) and not view.keyless)
    found = replace(found, order=_by_rank(context, view, own, meant), ranked=True, gathered=True)
    if cheap:
        return found
    # What is ranked is the same on every page, however deep this one lies.
    return replace(found, latest=_whole_pages(WALKED * expected.rows // rows, params.per_page), deep=deep)


def _gathering_is_cheap(expected: Estimate, rows: int, wanted: int) -> bool:
    """Whether finding all rows with the words costs less than passing others until ``wanted`` of them are found."""
    passed = (wanted + 1) * rows / max(expected.rows, 1)
    return expected.cost <= _STEP * min(passed, rows)


def _whole_pages(rows: int, size: int) -> int:
    """So many rows or a little less, that no page has both ranked and other rows."""
    return max(size, min(rows, LATEST) // size * size)


def correct(context: Context, view: View, params: ListParams, rows: int) -> None:
    """Remember how many rows really have the words, where the planner was wrong."""
    key = _key(view, params)
    kept = _estimates.setdefault(context.dialect, {})
    if key is not None and key in kept:
        kept[key] = (kept[key][0], replace(kept[key][1], rows=rows, cost=4.0 * rows))


def _expected(
    context: Context, view: View, params: ListParams, statements: int, fresh: bool
) -> tuple[Estimate | None, int]:
    """What the planner expects, or expected within the last minute, and how many statements that took."""
    kept = _estimates.setdefault(context.dialect, {})
    key = _key(view, params)
    now = time.monotonic()
    if key is not None and not fresh and key in kept and now - kept[key][0] < _KEPT_FOR:
        return kept[key][1], 0
    if statements < 2:
        return None, 0
    found = ask_planner(context, view, params)
    if found is not None and key is not None:
        if len(kept) >= _MOST:  # what is searched for is not ours to decide
            kept.clear()
        kept[key] = (now, found)
    return found, 1


def _key(view: View, params: ListParams) -> Hashable:
    """What tells searches apart; None where not everybody sees the same rows."""
    if restricted(view):
        return None
    rows = params.plain.changed(per_page=view.page_size, columns=(), sort=())
    return view.seen_as, str(params.zone), *rows.pairs()


def _listed(
    context: Context, view: View, params: ListParams, own: Order, meant: Asked, statements: int
) -> Tactic:
    """By a table of words, which tells no estimate: its hits are counted, up to a limit."""
    assert meant.index is not None
    assert meant.query is not None
    kept = _estimates.setdefault(context.dialect, {})
    key, now, sent = (view.seen_as, params.q), time.monotonic(), 0
    found = kept.get(key)
    if found is None or now - found[0] > _KEPT_FOR:
        if statements < 2:
            return Tactic(own)
        hits = context.dialect.index_hits(meant.index, meant.query, view.info.table)
        some = sa.select(hits.c.row).limit(_MOST_LISTED + 1).subquery("some")
        asked_for = named(sa.select(sa.func.count()).select_from(some), _("Rows with these words"))
        sent = 1
        count = int(context.session.execute(asked_for).scalar_one())
        if len(kept) >= _MOST:
            kept.clear()
        found = kept[key] = (now, Estimate(count, float(count)))
    if found[1].rows > _MOST_LISTED:
        return Tactic(own, sent=sent)
    if not may_rank(context, view, params):
        return Tactic(own, gathered=not view.keyless, sent=sent)
    return Tactic(_by_rank(context, view, own, meant), ranked=True, gathered=True, sent=sent)


def rank_order(context: Context, view: View, params: ListParams) -> Order:
    """The order of the best rows first, for a list of which :func:`may_rank` is true."""
    return _by_rank(context, view, order_for(view, params.order), asked(context, view, params.q))


def _by_rank(context: Context, view: View, own: Order, meant: Asked) -> Order:
    assert meant.query is not None
    beside = own.beside
    if meant.index is None:
        rank: Any = context.dialect.search_rank(vector(view), meant.query)
    else:
        hits = context.dialect.index_hits(meant.index, meant.query, view.info.table, ranked=True)
        beside = hits, hits.c.row == row_number(view, meant.index)
        rank = sa.func.coalesce(hits.c.rank, 0.0, type_=sa.Double)
    key = key_condition(context, view, meant.text)
    if key is not None:
        rank = sa.case((key, _BEST), else_=rank)
    best = OrderKey(rank, descending=True, nullable=False)
    return Order((best, *own.keys), own.joins, beside)
