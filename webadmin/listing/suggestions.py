"""Another way to write a search that found nothing.

Words that rows have are known from a sample of the table, kept for a while. Those that are most like what was typed are
searched for, in the rows that this person may see and with the filters of the list: a suggestion that finds nothing, or
that would tell of a row which is hidden, is never made.
"""

from __future__ import annotations

import difflib
import re
import time
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.database.inspection import Kind
from webadmin.dialects import Dialect
from webadmin.dialects.search import START, STOP, wanted_words
from webadmin.listing.highlights import hidden_texts, shows_sources
from webadmin.listing.params import ListParams
from webadmin.listing.scope import personal, scope
from webadmin.listing.search import asked, vector
from webadmin.listing.statement import matching, named
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

_SAMPLE = 20_000
"""Rows whose indexed words are read; of plain texts, a tenth of that."""
_TIME_LIMIT = 200
"""Milliseconds that reading them may take."""
_KEPT_FOR = 600.0  # seconds
_SAMPLED = frozenset({"table", "materialized view"})
"""What can be read in part."""
_ALIKE = 0.7
"""How much two words must be alike, 0 to 1, as difflib measures it."""
_TRIED = 3
_SHORTEST = 4
_MOST = 100

Words = Sequence[tuple[str, int]]
"""Words with the number of rows that have them."""

_words: WeakKeyDictionary[Dialect, dict[Hashable, tuple[float, Words]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class _Try:
    typed: str
    word: str
    """As the index has it, which may be its stem."""
    q: str


@caused_by("search", label=lambda: _("Similar searches"))
def suggestion(context: Context, view: View, params: ListParams, *, statements: int) -> str:
    """A search like ``params.q``, which found nothing, that finds something in the same list; empty when there is none.

    :param statements: how many may be sent. With a single one left, either the words are read or the search is tried.
    """
    if view.keyless or statements < 1:
        return ""
    typed = [word for word in wanted_words(params.q) if len(word) >= _SHORTEST and word.isalpha()]
    if not typed or asked(context, view, params.q).common:
        return ""
    # Of one word alone, a row that has it is all it takes, and the words come from rows that this person may see.
    alone = not params.filters and params.deleted != "only" and typed == params.q.split()
    known, sent = _known_words(context, view, may_ask=statements > 1 or alone)
    tries = [found for word in dict.fromkeys(typed) for found in _alike(word, known, params.q)][:_TRIED]
    if tries and sent == statements:
        return tries[0].q
    return _first_that_finds(context, view, params, tries) if tries else ""


def _known_words(context: Context, view: View, *, may_ask: bool) -> tuple[Words, int]:
    """The words, and how many statements it took to read them."""
    kept = _words.setdefault(context.dialect, {})
    found = kept.get(view.seen_as)
    now = time.monotonic()
    if found is not None and now - found[0] < _KEPT_FOR and not personal(context, view):
        return found[1], 0
    if not may_ask:
        return (), 0
    try:
        with context.dialect.limited(context.session.connection(), _TIME_LIMIT):
            words = _read_words(context, view)
    except exc.DBAPIError as error:
        if error.connection_invalidated or context.dialect.failure(error).kind != "statement_timeout":
            raise
        words = ()
    if not personal(context, view):  # else these are the words of one person's rows
        if len(kept) >= _MOST:
            kept.clear()
        kept[view.seen_as] = (now, words)
    return words, 1


def _read_words(context: Context, view: View) -> Words:
    # The index has the words of columns that no page shows too.
    if (
        _by_vector(context, view)
        and not personal(context, view)
        and shows_sources(view, asked(context, view, "a"))
    ):
        assert view.search_vector is not None
        assert view.search_vector.column is not None
        rows = asked(context, view, "a").query
        known = rows.table_rows if rows is not None and view.info.kind in _SAMPLED else None
        share = _SAMPLE / known if known else 1.0
        column = view.search_vector.column.column
        deleted = view.info.columns[view.soft_delete].column if view.soft_delete is not None else None
        connection = context.session.connection()
        return context.dialect.search_words(connection, view.info.table, column, share, deleted)
    texts = _texts(context, view)
    if not texts:
        return ()
    key = [getattr(view.model, column.name).desc() for column in view.info.key]
    some = scope(context, view, sa.select(*texts)).order_by(*key).limit(_SAMPLE // 10)
    counts: Counter[str] = Counter()
    for row in context.session.execute(named(some, _("Words of some rows"))):
        counts.update({word.lower() for text in row if text for word in re.findall(r"[^\W\d_]{3,40}", text)})
    return counts.most_common(10_000)


def _by_vector(context: Context, view: View) -> bool:
    return view.search_vector is not None and context.dialect.supports_search_vector


def _texts(context: Context, view: View) -> list[Any]:
    """The row's own texts that are searched."""
    meant = asked(context, view, "a")
    names = dict.fromkeys(hidden_texts(view, meant))
    if meant.query is None and view.search_vector is None:
        columns = (a.column for a in view.searchable if not a.path)
        names |= dict.fromkeys(
            column.name for column in columns if column and column.kind in {Kind.TEXT, Kind.LONG_TEXT}
        )
    return [getattr(view.model, name) for name in names]


def _alike(typed: str, known: Words, q: str) -> Iterator[_Try]:
    """The known words most like ``typed``, best first; none for one that is known itself."""
    lower = typed.lower()
    pairs = {lower[at : at + 2] for at in range(len(lower) - 1)}
    near: list[tuple[float, int, str]] = []
    matcher = difflib.SequenceMatcher(b=lower, autojunk=False)
    for word, rows in known:
        if word.startswith(lower):
            return
        # Of words that have little in common the exact measure, which is dear, is not taken.
        if abs(len(word) - len(lower)) > 2 or sum(pair in word for pair in pairs) * 4 < len(pairs):
            continue
        matcher.set_seq1(word)
        alike = matcher.ratio()
        if alike >= _ALIKE:
            near.append((alike, rows, word))
    for _ratio, _rows, word in sorted(near, reverse=True)[:_TRIED]:
        yield _Try(typed, word, _replaced(q, typed, word))


def _replaced(q: str, typed: str, word: str) -> str:
    return re.sub(rf"\b{re.escape(typed)}\b", lambda _found: word, q)


def _first_that_finds(context: Context, view: View, params: ListParams, tries: Sequence[_Try]) -> str:
    """The first of ``tries`` with a row in the list, in one statement; its word as that row has it."""
    texts = _texts(context, view) if _by_vector(context, view) else []
    columns = []
    for at, attempt in enumerate(tries):
        shown: Any = sa.literal("", sa.Text)
        query = asked(context, view, attempt.word).query
        if texts and query is not None and query.text:
            joined = sa.func.concat_ws(" ", *texts)
            shown = context.dialect.search_marked(joined, vector(view), query, piece=True)
        row = matching(context, view, params.changed(q=attempt.q), [shown.label("shown")]).limit(1)
        columns.append(row.correlate(None).scalar_subquery().label(f"try_{at}"))
    found = context.session.execute(named(sa.select(*columns), _("Similar searches"))).one()
    for attempt, text in zip(tries, found, strict=True):
        if text is not None:
            marked = re.search(f"{START}([^{START}{STOP}]+){STOP}", text)
            word = marked.group(1).lower() if marked else attempt.word
            return _replaced(params.q, attempt.typed, word)
    return ""
