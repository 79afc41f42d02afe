"""What the values of a column look like, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from webadmin.database.inspection import ColumnInfo, Kind
from webadmin.transfer.imports.times import DATE
from webadmin.transfer.imports.words import meaning

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63})+")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()/.\-]{5,24}")
_UUID = re.compile(r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_LETTERS = {2: re.compile(r"[A-Z]{2}"), 3: re.compile(r"[A-Z]{3}")}
_MOST = 200
"""Characters of a value that are looked at."""

_PATTERNS: dict[str, re.Pattern[str]] = {
    "email": _ADDRESS,
    "phone": _PHONE,
    "url": _LINK,
    "link": _LINK,
    "website": _LINK,
}
"""What the values of a text column look like whose name has this word."""


def looks_like(column: ColumnInfo, values: Sequence[Any]) -> bool:
    """Whether ``values`` look like those of ``column`` and not like any text or number.

    :param values: without empty ones; False where there are none.
    """
    test = _test(column)
    return test is not None and bool(values) and all(test(str(value)[:_MOST].strip()) for value in values)


def _test(column: ColumnInfo) -> Callable[[str], Any] | None:
    if column.kind in {Kind.DATE, Kind.DATETIME}:
        return DATE.match
    if column.kind is Kind.UUID:
        return _UUID.fullmatch
    if column.kind is Kind.BOOLEAN:
        return lambda text: text.isalpha()  # 0 and 1 may be anything
    if column.kind is Kind.ENUM:
        return lambda text: not text.isdigit()
    if column.kind is not Kind.TEXT:
        return None
    length = getattr(column.column.type, "length", None)
    if length in _LETTERS:
        return _LETTERS[length].fullmatch
    pattern = next((_PATTERNS[word] for word in meaning(column.name) if word in _PATTERNS), None)
    return None if pattern is None else lambda text: pattern.fullmatch(text) and not DATE.fullmatch(text)
