"""Indexes as far as they can give rows in an order, and texts of expressions that can be compared with theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exc
from sqlalchemy.engine.interfaces import Dialect as EngineDialect


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index."""

    text: str
    """A column's name or an expression, as :func:`normalised`."""
    descending: bool = False
    nulls_first: bool = False
    plain: bool = True
    """In the order in which the database sorts such values by itself: its usual collation and operators."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is kept in an order."""

    keys: tuple[IndexKey, ...]
    where: str = ""
    """The condition of the rows that it holds, as :func:`normalised`; empty for all rows."""
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class InvertedIndex:
    """An index of what is inside of values: words, members, keys."""

    keys: tuple[str, ...]
    """Columns or expressions, as :func:`normalised`."""
    where: str = ""


@dataclass(frozen=True, slots=True)
class TableStatistics:
    """What the database knows of a table without reading it."""

    rows: int | None = None
    """About how many it has."""
    at_most: int | None = None
    """Certainly not more than so many."""
    indexes: tuple[Index, ...] | None = None
    """None where that is not known."""
    partitioned: bool = False


_CAST = re.compile(
    r"::(?:character varying|double precision|bit varying|(?:timestamp|time)(?:\(\d+\))? with(?:out)? time zone"
    r'|[\w."]+)(?:\(\d+(?:, *\d+)?\))?(?:\[\])*'
)
_WRITTEN_CAST = re.compile(r"\bcast\((.+?) as [\w ]+(?:\(\d+(?:, *\d+)?\))?\)", re.IGNORECASE)
_ALONE = re.compile(r"(?<!\w)\(([\w.]+)\)")
_LITERAL = re.compile(r"('(?:[^']|'')*')")


def normalised(text: str) -> str:
    """A column or expression as written by anybody, in a form that is the same for the same: without casts, which the
    database adds by itself, quotes around names, spaces, and parentheses that mean nothing."""
    parts = _LITERAL.split(text)
    parts[::2] = [part.lower().replace('"', "").replace("`", "") for part in parts[::2]]
    text = _CAST.sub("", "".join(parts))
    for pattern in (_WRITTEN_CAST, _ALONE):
        before = ""
        while before != text:
            before, text = text, pattern.sub(r"\1", text)
    parts = _LITERAL.split(text)
    parts[::2] = [re.sub(r"\s*([^\w\s]+)\s*", r"\1", " ".join(part.split())) for part in parts[::2]]
    return _unwrapped("".join(parts).strip())


def _unwrapped(text: str) -> str:
    """Without parentheses around the whole."""
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for place, mark in enumerate(text):
            depth += (mark == "(") - (mark == ")")
            if depth == 0 and place < len(text) - 1:
                return text
        text = text[1:-1]
    return text


def sql_of(expression: Any, dialect: EngineDialect) -> str:
    """An expression of a table's columns as it stands in DDL; empty where it cannot be written without parameters."""
    options = {"literal_binds": True, "include_table": False}
    try:
        return str(expression.compile(dialect=dialect, compile_kwargs=options)).replace("%%", "%")
    except (exc.CompileError, NotImplementedError):
        return ""
