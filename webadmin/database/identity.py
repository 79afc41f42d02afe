"""A row's primary key as one segment of an address, and back.

The segment of a key is its parts as text, joined by commas. ``~`` escapes what would be read otherwise: ``~XX`` is a
byte in hexadecimal, ``~n`` a null part, ``~e`` an empty one. Everything else is percent-encoded as in any address, so that
``42`` is ``42``, a UUID is itself and ``("a/b", 3)`` is ``a~2Fb,3``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from webadmin.errors import NotFound
from webadmin.text import gettext as _

FIXED_WORDS = frozenset(
    {
        "add",
        "rows",
        "actions",
        "columns",
        "count",
        "explain",
        "export",
        "facets",
        "import",
        "lookup",
        "settings",
        "summary",
        "views",
    }
)
"""Segments that stand for a page below a list; a key equal to one of them is escaped."""

_PLAIN = frozenset({int, UUID})
"""Types whose text has nothing to escape: the keys of most tables."""

_ESCAPED = re.compile(r"~(?:([0-9A-Fa-f]{2})|([ne]))")
_TO_ESCAPE = re.compile(r"[~%,/\\\x00-\x1f\x7f]")  # % too: there are proxies and clients that decode twice
_MAX_LENGTH = 20_000
"""A key can be as long as an index entry, and each of its characters can be escaped."""


def segment(values: Sequence[Any]) -> str:
    """The percent-encoded segment of a key's values, in the key's order."""
    if len(values) == 1 and type(values[0]) in _PLAIN:
        return str(values[0])
    text = ",".join(_part(value) for value in values)
    if text in FIXED_WORDS or not text.strip("."):
        text = f"~{ord(text[0]):02X}" + text[1:].replace(".", "~2E")
    return quote(text, safe="~,:@!$'()*;=")


def values(text: str, types: Sequence[type | None]) -> tuple[Any, ...]:
    """The key's values from a segment as the router hands it over (percent-decoded), converted to ``types``.

    Raises NotFound when the text cannot be a key of these types: such a row does not exist.
    """
    parts = text.split(",")
    if len(parts) != len(types) or len(text) > _MAX_LENGTH:
        raise NotFound(_("There is no such row."))
    return tuple(_value(part, kind) for part, kind in zip(parts, types, strict=True))


def _part(value: Any) -> str:
    if value is None:
        return "~n"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex() or "~e"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        text = value.isoformat()
    elif isinstance(value, dt.timedelta):
        text = str(Decimal(value // dt.timedelta(microseconds=1)) / 1_000_000)
    elif hasattr(value, "name") and hasattr(value, "value"):
        text = str(value.name)
    elif isinstance(value, list | tuple | dict):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    if not text:
        return "~e"
    return _TO_ESCAPE.sub(lambda found: f"~{ord(found.group()):02X}", text)


def _value(part: str, kind: type | None) -> Any:
    if part == "~n":
        return None
    if "~" in part and "~" in _ESCAPED.sub("", part):
        raise NotFound(_("There is no such row."))
    text = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)) if found.group(1) else "", part)
    if kind in (None, str, object):
        if "\x00" in text:
            raise NotFound(_("There is no such row."))
        return text
    try:
        return _converted(text, kind)
    except (ValueError, ArithmeticError, KeyError, RecursionError):
        raise NotFound(_("There is no such row.")) from None


def _converted(text: str, kind: type | None) -> Any:
    if kind is int:
        if not re.fullmatch(r"-?[0-9]{1,40}", text):
            raise ValueError
        return int(text)
    if kind is bool:
        return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
    if kind is UUID:
        return UUID(text)
    if kind is bytes:
        return bytes.fromhex(text)
    if kind is Decimal:
        number = Decimal(text)
        if not number.is_finite():
            raise ValueError
        return number
    if kind is float:
        return float(text)
    if kind in (dt.datetime, dt.date, dt.time):
        return kind.fromisoformat(text)
    if kind is dt.timedelta:
        return dt.timedelta(microseconds=int(Decimal(text) * 1_000_000))
    if kind in (list, dict):
        return json.loads(text)
    members = getattr(kind, "__members__", None)
    if members is not None:
        return members[text]
    return text
