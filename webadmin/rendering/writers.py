"""One writer for each kind of value: from a plain value to its cell."""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from webadmin.database.inspection import ColumnInfo, Kind
from webadmin.options.uploads import file_name
from webadmin.rendering.cells import Cell
from webadmin.text import (
    RECENT,
    choice_label,
    format_ago,
    format_date,
    format_datetime,
    format_day,
    format_number,
    format_time,
    localize,
    seconds_ago,
)
from webadmin.text import gettext as _

EMPTY = "–"
LIST_LENGTH = 200
"""Characters of a text that a list shows at most; the rest is on the row's page."""
_LONGEST_ITEM = 40
_TITLE_LENGTH = 1000
_MONEY = ("total", "amount", "price", "balance", "cost", "payment", "revenue", "fee", "charge", "subtotal")
_TONES = {
    "ok": {
        "paid",
        "active",
        "done",
        "complete",
        "completed",
        "approved",
        "delivered",
        "success",
        "succeeded",
        "published",
        "open",
    },
    "bad": {"failed", "payment_failed", "error", "rejected", "blocked", "overdue", "lost", "fraud"},
    "warn": {"on_hold", "hold", "late", "refunded", "suspended", "attention", "returned"},
    "info": {"shipped", "sent", "processing", "in_progress", "packed", "running"},
}
_TONE_OF = {word: tone for tone, words in _TONES.items() for word in words}


def cell_kind(info: ColumnInfo | None, name: str) -> str:
    """How a column's values are written: a key of ``WRITERS``, or text."""
    if info is None:
        return "text"
    if info.kind in {Kind.NUMERIC, Kind.FLOAT} and any(word in name.lower() for word in _MONEY):
        return "money"
    if info.kind is Kind.INTEGER and (info.primary_key or info.foreign_key or "year" in name.lower()):
        return "identifier"
    return _KIND_NAMES.get(info.kind, "text")


_KIND_NAMES = {
    Kind.BOOLEAN: "boolean", Kind.INTEGER: "number", Kind.NUMERIC: "number", Kind.FLOAT: "number", Kind.ENUM: "status",
    Kind.DATE: "date", Kind.TIME: "time", Kind.DATETIME: "datetime", Kind.INTERVAL: "interval", Kind.UUID: "uuid",
    Kind.JSON: "json", Kind.ARRAY: "array", Kind.BINARY: "binary", Kind.OTHER: "other",
}  # fmt: skip


def write_text(name: str, kind: str, value: Any, detail: bool) -> Cell:
    """Any value as text, cut for a list."""
    if type(value) is str:  # most values
        text = value
    elif isinstance(value, enum.Enum):
        text = choice_label(value)
    else:
        text = file_name(value) or str(value)
    if detail or len(text) <= LIST_LENGTH:
        return Cell(name, kind, text)
    return Cell(name, kind, text[:LIST_LENGTH] + "…", title=text[:_TITLE_LENGTH])


def _boolean(name: str, value: Any, detail: bool) -> Cell:
    return Cell(
        name,
        "boolean",
        _("Yes") if value else _("No"),
        tone="ok" if value else "",
        machine=str(bool(value)).lower(),
    )


def _number(name: str, value: Any, detail: bool) -> Cell:
    return Cell(name, "number", format_number(value), machine=str(value))


def _identifier(name: str, value: Any, detail: bool) -> Cell:
    return Cell(name, "number", str(value), machine=str(value))


def _money(name: str, value: Any, detail: bool) -> Cell:
    places = 2
    if isinstance(value, Decimal):
        places = max(2, -int(value.as_tuple().exponent))
    return Cell(name, "money", format_number(value, places), machine=str(value))


def _status(name: str, value: Any, detail: bool) -> Cell:
    word = value.name if isinstance(value, enum.Enum) else str(value)
    return Cell(name, "status", choice_label(value), tone=_TONE_OF.get(word.lower(), ""), machine=word)


def _date(name: str, value: dt.date, detail: bool) -> Cell:
    machine = value.isoformat()  # before the words: it is what says that a value is no date
    return Cell(name, "date", format_date(value), machine=machine)


def _time(name: str, value: dt.time, detail: bool) -> Cell:
    return Cell(
        name, "time", value.strftime("%H:%M:%S" if value.second else "%H:%M"), machine=value.isoformat()
    )


def _datetime(name: str, value: dt.datetime, detail: bool) -> Cell:
    local, now = localize(value), dt.datetime.now(dt.UTC)
    machine = local.isoformat()
    absolute = f"{machine[:10]} {machine[11:19]} {local.tzname() or ''}".rstrip()
    away = abs(seconds_ago(local, now))
    if away >= RECENT:
        text, secondary = format_datetime(local) if detail else format_date(local), ""
    elif detail:
        text, secondary = format_datetime(local), format_ago(local, now)
    else:
        # The second part tells times apart that are as long ago.
        text, secondary = format_ago(local, now), format_time(local) if away < 86400 else format_day(local)
    return Cell(name, "datetime", text, None, absolute, secondary, machine)


def interval_text(value: dt.timedelta) -> str:
    """``2 days 03:00:00``, the form that forms read back."""
    sign = "-" if value < dt.timedelta() else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    clock = f"{hours:02}:{rest // 60:02}:{rest % 60:02}" + (
        f".{value.microseconds:06}" if value.microseconds else ""
    )
    days = f"{value.days} day{'s' if value.days != 1 else ''} " if value.days else ""
    return f"{sign}{days}{clock}"


def _interval(name: str, value: dt.timedelta, detail: bool) -> Cell:
    return Cell(name, "interval", interval_text(value))


def _uuid(name: str, value: UUID, detail: bool) -> Cell:
    text = str(value)
    return Cell(name, "uuid", text) if detail else Cell(name, "uuid", f"{text[:8]}…{text[-4:]}", title=text)


def _json(name: str, value: Any, detail: bool) -> Cell:
    text = json.dumps(value, ensure_ascii=False, indent=2 if detail else None, default=str)
    return write_text(name, "json", text, detail)


def _array(name: str, value: Sequence[Any], detail: bool) -> Cell:
    items = tuple(EMPTY if item is None else str(item) for item in value)
    if detail:
        return Cell(name, "array", ", ".join(items), items=items)
    shown = tuple(
        item if len(item) <= _LONGEST_ITEM else item[: _LONGEST_ITEM - 1] + "…" for item in items[:6]
    )
    more = f"+{format_number(len(items) - 6)}" if len(items) > 6 else ""
    whole = ", ".join(items) if len(items) > 1 or shown != items else None
    return Cell(
        name, "array", ", ".join(shown), items=shown, secondary=more, title=whole and whole[:_TITLE_LENGTH]
    )


def _binary(name: str, value: bytes, detail: bool) -> Cell:
    size = len(value)
    text = _("{count} bytes").format(count=format_number(size)) if size < 1024 else f"{size / 1024:,.1f} kB"
    return Cell(name, "binary", text)


WRITERS: dict[str, Callable[[str, Any, bool], Cell]] = {
    "boolean": _boolean, "number": _number, "identifier": _identifier, "money": _money, "status": _status, "date": _date,
    "time": _time, "datetime": _datetime, "interval": _interval, "uuid": _uuid, "json": _json, "array": _array,
    "binary": _binary,
}  # fmt: skip
