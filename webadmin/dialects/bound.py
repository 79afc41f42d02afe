"""Bound values written into a statement as literals, for people to read and to copy.

Nothing that is made here is ever sent to a database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a statement: SQL as it was sent, or the literal of one bound value."""

    text: str
    value: bool = False


_QUOTED = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/"""
_PLACEHOLDERS = {
    # Drivers that mark values with a percent sign look for it inside quotes too, where it is doubled.
    "pyformat": re.compile(r"(?P<escaped>%%)|%\((?P<name>[^)]*)\)[sbt]"),
    "format": re.compile(r"(?P<escaped>%%)|%[sbt]"),
    "qmark": re.compile(rf"(?P<skip>{_QUOTED})|\?", re.DOTALL),
    "named": re.compile(rf"(?P<skip>{_QUOTED}|::)|:(?P<name>\w+)", re.DOTALL),
}


def inline(sql: str, parameters: Any, paramstyle: str, literal: Callable[[Any], str]) -> list[Piece]:
    """``sql`` in pieces, each placeholder replaced by ``literal(value)``.

    A placeholder without a value, or of a paramstyle that is not known, stays as it stands in the statement.
    """
    pattern = _PLACEHOLDERS.get(paramstyle)
    if pattern is None:
        return [Piece(sql)]
    pieces: list[Piece] = []
    text: list[str] = []
    position = number = 0

    def flush() -> None:
        if text:
            pieces.append(Piece("".join(text)))
            text.clear()

    for found in pattern.finditer(sql):
        text.append(sql[position : found.start()])
        position = found.end()
        groups = found.groupdict()
        if groups.get("escaped"):
            text.append("%")
            continue
        if groups.get("skip"):
            text.append(found.group())
            continue
        known, value = _value(parameters, groups.get("name"), number)
        number += 1
        if not known:
            text.append(found.group())
            continue
        flush()
        pieces.append(Piece(literal(value), value=True))
    text.append(sql[position:])
    flush()
    return [piece for piece in pieces if piece.text]


def _value(parameters: Any, name: str | None, number: int) -> tuple[bool, Any]:
    if name is not None:
        known = isinstance(parameters, Mapping) and name in parameters
        return known, parameters[name] if known else None
    known = isinstance(parameters, Sequence) and number < len(parameters)
    return known, parameters[number] if known else None


def plain_literal(value: Any) -> str:
    """``value`` as a literal of standard SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal) or (isinstance(value, float) and value - value == 0):
        return f"({value})" if value < 0 else str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"X'{bytes(value).hex()}'"
    if isinstance(value, datetime):
        return f"'{value.isoformat(' ')}'"
    if isinstance(value, date | time):
        return f"'{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"
