"""A statement laid out and coloured for reading, with its bound values in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlparse
from markupsafe import Markup, escape
from sqlparse import lexer, tokens
from sqlparse.exceptions import SQLParseError

from webadmin.dialects.bound import Piece

_WIDTH = 96
_LONGEST = 20_000
"""Characters; a longer statement is shown as it was sent: laying it out would take longer than running it."""

# What a parser could misread, or must not touch: texts, quoted names, comments.
_OPAQUE = re.compile(
    r"""\b[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|/\*.*?\*/|(\$\w*\$).*?\1""", re.DOTALL
)
_NUMBER_OR_TEXT = (tokens.Number, tokens.String.Single)


def layout(pieces: Sequence[Piece]) -> list[Piece]:
    """``pieces`` with line breaks and indentation at its clauses; nothing but white space changes.

    Values, texts and quoted names are set aside as plain words while the layout is made, so that no text in
    them can be mistaken for SQL and none is altered.
    """
    words: dict[str, Piece] = {}
    mark = "wq"
    sql = "".join(piece.text for piece in pieces if not piece.value)
    while mark in sql.lower():
        mark += "q"

    def word(piece: Piece) -> str:
        name = f"{mark}{len(words)}z"
        # As wide as what it stands for, so that lines break where they will in the end.
        name = name.ljust(min(len(piece.text), 40), "_")
        words[name] = piece
        return name

    masked = "".join(
        word(piece)
        if piece.value
        else _OPAQUE.sub(lambda found: word(Piece(found.group(), found.group()[0] in "'eE$")), piece.text)
        for piece in pieces
    )
    return _restore(_reindent(masked), words)


def _reindent(sql: str) -> str:
    # A comment to the end of its line would swallow what is moved behind it.
    if len(sql) > _LONGEST or "--" in sql:
        return sql.strip()
    try:
        laid_out = sqlparse.format(sql.strip(), reindent=True, wrap_after=_WIDTH)
    except (SQLParseError, RecursionError):
        return sql.strip()
    laid_out = re.sub(r"\n(?:[ \t]*\n)+", "\n", laid_out)
    return laid_out if _words(laid_out) == _words(sql) else sql.strip()


def _words(sql: str) -> list[str]:
    return [" ".join(value.split()) for kind, value in _tokens(sql) if kind not in tokens.Whitespace]


def _tokens(sql: str) -> Iterator[tuple[Any, str]]:
    found: Iterator[tuple[Any, str]] = lexer.tokenize(sql)  # type: ignore[no-untyped-call]
    return found


def _restore(sql: str, words: dict[str, Piece]) -> list[Piece]:
    if not words:
        return [Piece(sql)]
    parts = re.split("(" + "|".join(map(re.escape, words)) + ")", sql)
    return [words.get(part, Piece(part)) for part in parts if part]


def text(pieces: Sequence[Piece]) -> str:
    """The statement as it can be pasted into the database's own client."""
    return "".join(piece.text for piece in pieces).strip()


def highlight(pieces: Sequence[Piece]) -> Markup:
    """The statement as HTML: keywords in ``<span class="k">``, numbers, texts and values in ``<span class="n">``.

    Every character of the statement is escaped.
    """
    return Markup("").join(
        _span("n", piece.text) if piece.value else _coloured(piece.text) for piece in pieces
    )


def _coloured(sql: str) -> Markup:
    if len(sql) > _LONGEST:
        return escape(sql)
    return Markup("").join(_token(kind, value) for kind, value in _tokens(sql))


def _token(kind: Any, value: str) -> Markup:
    if kind in tokens.Keyword:
        return _span("k", value)
    if any(kind in family for family in _NUMBER_OR_TEXT):
        return _span("n", value)
    return escape(value)


def _span(name: str, value: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(name, value)


def one_line(sql: str, limit: int = 120) -> str:
    """The beginning of a statement on one line."""
    flat = " ".join(sql.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
