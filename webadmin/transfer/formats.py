"""How values stand in a file: CSV as PostgreSQL's COPY writes it, JSON, JSON lines."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from webadmin.listing.filters.choices import token
from webadmin.rendering.writers import interval_text
from webadmin.transfer.asked import DELIMITERS, Export

Rows = Iterable[Sequence[Sequence[Any]]]
"""Rows, some hundred at a time."""
BOM = b"\xef\xbb\xbf"
FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a text begins that a spreadsheet takes for a formula, or that stands for one which was made harmless."""

_NEVER_TYPED = (enum.Enum, bool, int, float, Decimal, dt.date, dt.time, dt.timedelta)
"""What may begin with a sign and is no formula."""


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would compute it. :func:`plain` takes it away again."""
    return f"'{text}" if FORMULA.match(text) else text


def plain(text: str) -> str:
    """What :func:`harmless` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def csv(export: Export, rows: Rows) -> Iterator[bytes]:
    """CSV as RFC 4180 has it. Nothing stands for no value, ``""`` for an empty text."""
    delimiter = DELIMITERS[export.form.delimiter]
    quoted = re.compile(f'[{re.escape(delimiter)}"\r\n]|^$|^\\\\\\.$')
    yield heading(export)
    for some in rows:
        lines = (delimiter.join([_csv_field(value, quoted) for value in row]) for row in some)
        yield ("\n".join(lines) + "\n").encode() if some else b""


def heading(export: Export) -> bytes:
    """The first line of a CSV file."""
    delimiter = DELIMITERS[export.form.delimiter]
    quoted = re.compile(f'[{re.escape(delimiter)}"\r\n]|^$')
    line = delimiter.join([_csv_field(text, quoted) for text in export.headings]) + "\n"
    return (BOM if export.form.bom == "yes" else b"") + line.encode()


def _csv_field(value: Any, quoted: re.Pattern[str]) -> str:
    if value is None:
        return ""
    # What is no number may be of a type of the host's own that says what somebody has typed.
    text = written(value) if isinstance(value, _NEVER_TYPED) else harmless(_text(value))
    text = text.encode("utf-8", "replace").decode() if not text.isascii() else text
    return '"' + text.replace('"', '""') + '"' if quoted.search(text) else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else written(value)


def written(value: Any) -> str:
    """A value as text that reads back as the same value: times in UTC, numbers without grouping, JSON for lists."""
    if isinstance(value, enum.Enum):
        return token(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.timedelta):
        return interval_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, list | tuple | dict | set | frozenset):
        return json.dumps(value, ensure_ascii=False, default=_inside)
    return str(value)


def _moment(value: dt.datetime) -> str:
    zone = "" if value.tzinfo is None else "+00"
    plain_time = value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
    text = plain_time.isoformat(sep=" ")
    return (text.rstrip("0") if value.microsecond else text) + zone


def _inside(value: Any) -> Any:
    """A member of a list or mapping that JSON does not know."""
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else written(value)


def lines(export: Export, rows: Rows) -> Iterator[bytes]:
    """JSON lines: an object for each row."""
    names = [json.dumps(name, ensure_ascii=False) for name in export.headings]
    for some in rows:
        yield "".join([_object(names, row) + "\n" for row in some]).encode("utf-8", "replace")


def array(export: Export, rows: Rows) -> Iterator[bytes]:
    """JSON: one array with an object for each row."""
    names = [json.dumps(name, ensure_ascii=False) for name in export.headings]
    before = "[\n"
    for some in rows:
        if some:
            yield (before + ",\n".join([_object(names, row) for row in some])).encode("utf-8", "replace")
            before = ",\n"
    yield b"\n]\n" if before != "[\n" else b"[]\n"


def _object(names: Sequence[str], row: Sequence[Any]) -> str:
    pairs = [f"{name}: {_json(value)}" for name, value in zip(names, row, strict=True)]
    return "{" + ", ".join(pairs) + "}"


def _json(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"  # every digit of it; a float would lose some
    if isinstance(value, float) and not math.isfinite(value):
        return f'"{value}"'
    if isinstance(value, bool | int | float) and not isinstance(value, enum.Enum):
        return json.dumps(value)
    if isinstance(value, dt.datetime):
        aware = value if value.tzinfo is None else value.astimezone(dt.UTC)
        return f'"{aware.isoformat()}"'
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=_inside)
    text = value if isinstance(value, str) and not isinstance(value, enum.Enum) else written(value)
    return json.dumps(text, ensure_ascii=False)
