"""Days and times as people write them: in the order that was said, never in one that was guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from webadmin.database.inspection import ColumnInfo
from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.times import DateTimeCodec
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import DateOrder, FileForm, Reading
from webadmin.transfer.imports.reader import Converter, Wrong, safe, spread

_ISO_DAYS = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}\n)+")
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
_UTC_MOMENTS = re.compile(rf"(?:{_MOMENT}(?:\+00(?::00)?|Z)\n)+")
_CLOCK_MOMENTS = re.compile(rf"(?:{_MOMENT}\n)+")
DATE = re.compile(r"(?P<one>[0-9]{1,4})(?P<by>[./\-\s])\s?(?P<two>[0-9]{1,2})(?P=by)\s?(?P<three>[0-9]{1,4})")
"""A day in figures, in whichever order."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|[T ])")
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?P<part>[.,][0-9]{1,9})?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?(?P<zone>\s*(?:[Zz]|UTC|[+\-][0-9]{2}(?::?[0-9]{2})?))?"
)
_LONGEST = 60


def iso_day(value: Any, order: DateOrder) -> str:
    """A day as ``2026-11-21`` from a text of a file or a value of a workbook. Raises ValueError."""
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            raise ValueError(_("This is a time of a day; here stands a day alone."))
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    text = _text(value)
    day, rest = _split(text, order)
    if rest and not re.fullmatch(r"[T\s]?\s*0{1,2}[:.]00(?:[:.]00(?:[.,]0*)?)?", rest):
        raise ValueError(_("This is a time of a day; here stands a day alone."))
    return day


def iso_moment(value: Any, order: DateOrder) -> str:
    """A day and a time as ``2026-11-21T14:30:00``, with its offset where it has one. Raises ValueError."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    day, rest = _split(_text(value), order)
    rest = rest.lstrip("T, ").strip()
    return f"{day}T{iso_clock(rest)}" if rest else f"{day}T00:00:00"


def iso_clock(value: Any) -> str:
    """A time of day as ``14:30:00``, with its offset where it has one. Raises ValueError."""
    if isinstance(value, dt.time):
        return value.isoformat()
    found = _CLOCK.fullmatch(_text(value))
    if found is None:
        raise ValueError(_("Enter a time of day such as 14:30."))
    hour, half = int(found["hour"]), (found["half"] or "")[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(_("Enter a time of day such as 14:30."))
        hour = hour % 12 + (12 if half == "p" else 0)
    part = (found["part"] or "")[1:7]
    zone = (found["zone"] or "").strip().upper().replace("UTC", "+00:00").replace("Z", "+00:00")
    return f"{hour:02}:{found['minute']}:{found['second'] or '00'}" + (f".{part:<06}" if part else "") + zone


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError(_("Enter a date such as 2026-11-21."))
    return value.strip()


def _split(text: str, order: DateOrder) -> tuple[str, str]:
    """The day in ISO's form, and what follows it."""
    if _ISO.match(text):
        return text[:10], text[10:]
    found = DATE.match(text)
    if found is None:
        raise ValueError(_("Enter a date such as 2026-11-21."))
    rest = text[found.end() :]
    one, two, three = found["one"], found["two"], found["three"]
    if len(one) == 4:
        return _day(one, two, three), rest
    if len(three) != 4:
        raise Wrong("ambiguous", _("Write the year with four digits: it cannot be told from this."))
    if order == "ymd":
        raise Wrong("ambiguous", _("Say for this column whether the day or the month comes first."))
    day, month = (one, two) if order == "dmy" else (two, one)
    if int(month) > 12:
        if order == "dmy":
            message = _("There is no month {month}; this column is read as day, month, year.")
        else:
            message = _("There is no month {month}; this column is read as month, day, year.")
        raise ValueError(message.format(month=int(month)))
    return _day(three, month, day), rest


def _day(year: str, month: str, day: str) -> str:
    if len(month) > 2 or len(day) > 2:
        raise ValueError(_("Enter a date such as 2026-11-21."))
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise ValueError(_("There is no such day.")) from None


def day(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    def one(value: Any) -> Any:
        return codec.parse(iso_day(value, reading.dates))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if _ISO_DAYS.fullmatch("\n".join(texts) + "\n") is None:
            return None
        return spread(values, list(map(dt.date.fromisoformat, texts)))

    return Converter(one, safe(quick))


def moment(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, DateTimeCodec)
    pattern = _UTC_MOMENTS if codec.timezone else _CLOCK_MOMENTS

    def plain(joined: str) -> bool:
        return codec.timezone and _UTC_MOMENTS.fullmatch(joined) is not None and _are_days(joined)

    def one(value: Any) -> Any:
        return codec.parse(iso_moment(value, reading.dates))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if pattern.fullmatch("\n".join(texts) + "\n") is None:
            return None
        return spread(values, list(map(dt.datetime.fromisoformat, texts)))

    return Converter(one, safe(quick), plain=plain)


def _are_days(joined: str) -> bool:
    """Whether each line begins with a day that there is."""
    try:
        for day in {line[:10] for line in joined.splitlines()}:
            dt.date.fromisoformat(day)
    except ValueError:
        return False
    return True


def clock(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(lambda value: codec.parse(iso_clock(value)))


def length(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    def one(value: Any) -> Any:
        if isinstance(value, dt.timedelta):
            return value
        if isinstance(value, dt.time):  # a cell of a workbook that is written as a time of day
            return dt.timedelta(
                hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
            )
        if not isinstance(value, str):
            raise ValueError(_("Enter a length of time such as 2 days 03:00:00 or 90 min."))
        return codec.parse(value)

    return Converter(one)
