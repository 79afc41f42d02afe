"""What is typed into a search box: its words, and what a database system makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

START, STOP = "\x02", "\x03"
"""Stand around what was found in a marked text: characters that nobody types."""

_TOKEN = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<word>\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that follow one another."""

    text: str
    negated: bool = False
    last: bool = False
    """Nothing follows, and it may be unfinished: no quotes, and it ends in a letter or digit."""


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A search as its database understands it."""

    typed: str
    text: str
    """In the database's own language of searches; empty when nothing is left to search for."""
    table_rows: int | None = None
    """Rows of the table that is searched, as its statistics have it."""


@dataclass(frozen=True, slots=True)
class TextIndex:
    """A table apart in which the words of another table's rows are indexed."""

    name: str
    columns: tuple[str, ...]
    row_column: str | None
    """The column of the other table that its row numbers are; None for the hidden row number."""


def alternatives(text: str) -> list[list[Term]]:
    """What ``text`` asks for: one of these, and of it every term. ``or`` divides, ``"…"`` keeps words together, ``-``
    excludes; whatever has no letter or digit is left out. Raises nothing, whatever is typed."""
    found: list[list[Term]] = [[]]
    for token in _TOKEN.finditer(text):
        word = token["word"]
        if word is not None and word.lower() == "or":
            found.append([])
            continue
        negated = bool(token["minus"]) if word is None else word.startswith("-")
        term = token["phrase"] if word is None else word.removeprefix("-")
        if any(character.isalnum() for character in term):
            unfinished = word is not None and token.end() == len(text) and term[-1].isalnum()
            found[-1].append(Term(term, negated, last=unfinished and not negated))
    return [terms for terms in found if terms]


def wanted_words(text: str) -> Iterator[str]:
    """Every single word that ``text`` looks for, without those that it excludes."""
    for terms in alternatives(text):
        for term in terms:
            if not term.negated:
                yield from re.findall(r"\w+", term.text)


class Searching:
    """What a database system can do for a search box. The defaults are those of one that can do nothing."""

    supports_search_vector = False
    """Words are indexed in a column of kind search_vector: the methods that take such a ``vector`` answer."""
    supports_text_index = False
    """Words are indexed in a table apart: ``text_index`` may find one, for the methods that take an ``index``."""

    def search_match(self, vector: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
        """``vector`` has what ``text``, written as people write in a search box, asks for."""
        raise TypeError("search columns are not supported by this database")

    def has_words(self, column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
        """``column``, a text, has what ``text``, written as people write in a search box, asks for."""
        contains: Callable[[Any, str], sa.ColumnElement[bool]] = self.contains  # type: ignore[attr-defined]
        sides = [
            sa.and_(
                *(
                    sa.not_(contains(column, term.text)) if term.negated else contains(column, term.text)
                    for term in terms
                )
            )
            for terms in alternatives(text)
        ]
        return sa.or_(*sides) if sides else sa.false()

    def search_query(
        self, connection: Connection, table: sa.Table, vector: sa.ColumnElement[Any], text: str
    ) -> TextQuery:
        """``text`` as a search in ``table``'s column ``vector``, its last word perhaps unfinished. Reads no rows."""
        raise TypeError("search columns are not supported by this database")

    def search_found(self, vector: sa.ColumnElement[Any], query: TextQuery) -> sa.ColumnElement[bool]:
        """``vector`` has what ``query`` asks for."""
        raise TypeError("search columns are not supported by this database")

    def search_rank(self, vector: sa.ColumnElement[Any], query: TextQuery) -> sa.ColumnElement[float]:
        """How well ``vector`` matches; more is better."""
        raise TypeError("search columns are not supported by this database")

    def search_marked(
        self, text: sa.ColumnElement[Any], vector: sa.ColumnElement[Any], query: TextQuery, *, piece: bool
    ) -> sa.ColumnElement[str]:
        """``text`` with :data:`START` and :data:`STOP` around what was found; only a ``piece`` of it, or all."""
        raise TypeError("search columns are not supported by this database")

    def search_words(
        self,
        connection: Connection,
        table: sa.Table,
        vector: sa.Column[Any],
        share: float,
        empty: sa.Column[Any] | None = None,
    ) -> list[tuple[str, int]]:
        """Words as ``vector`` holds them and how many rows have each, out of ``share`` (0 to 1) of the table, most
        frequent first; some thousands at most, none of them with a digit. Of rows where ``empty`` is not, none."""
        return []

    def text_index(self, connection: Connection, table: sa.Table, named: str | None) -> TextIndex | None:
        """Where the words of ``table``'s rows are indexed: in the table ``named``, else in one that says so itself."""
        return None

    def index_query(self, text: str, index: TextIndex, columns: Sequence[str]) -> TextQuery:
        """``text`` as a search in these columns of ``index``."""
        raise TypeError("tables of words are not supported by this database")

    def index_hits(
        self, index: TextIndex, query: TextQuery, table: sa.Table, *, ranked: bool = False
    ) -> sa.CTE:
        """The numbers of the rows that match, as ``row``; when ``ranked``, with ``rank``, more for better ones."""
        raise TypeError("tables of words are not supported by this database")
