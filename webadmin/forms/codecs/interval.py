"""Lengths of time, as ``2 days 03:00:00``."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from webadmin.forms.codecs.base import Codec
from webadmin.text import gettext as _

_CLOCK = re.compile(
    r"(?P<hours>[0-9]{1,7}):(?P<minutes>[0-9]{1,2})(?::(?P<seconds>[0-9]{1,2}(?:\.[0-9]{1,6})?))?"
)
_PART = re.compile(r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,6})?)\s*(?P<unit>[a-zµ]+)")
_ISO = re.compile(
    r"P(?=.)(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?=.)(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+(?:\.[0-9]{1,6})?)S)?)?",
    re.I,
)
_LONGEST = 200
"""Characters; a longer text could make its reading take hours."""
_UNITS = {
    "weeks": ("w", "wk", "wks", "week", "weeks"),
    "days": ("d", "day", "days"),
    "hours": ("h", "hr", "hrs", "hour", "hours"),
    "minutes": ("m", "min", "mins", "minute", "minutes"),
    "seconds": ("s", "sec", "secs", "second", "seconds"),
    "milliseconds": ("ms",),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_MICROSECONDS = {
    "weeks": 604_800_000_000,
    "days": 86_400_000_000,
    "hours": 3_600_000_000,
    "minutes": 60_000_000,
    "seconds": 1_000_000,
    "milliseconds": 1_000,
}


class IntervalCodec(Codec):
    """A length of time; also read: ``90 min``, ``1h 30m``, ``3:00`` (hours), ``P1DT2H``, each with ``-`` before it."""

    placeholder = "2 days 03:00:00"

    def format(self, value: Any) -> str:
        return format_interval(value)

    def parse(self, text: str) -> dt.timedelta:
        sign, body = _signed(text.strip().lower())
        micros = _micros(body) if len(body) <= _LONGEST else None
        if micros is None:
            raise ValueError(_("Enter a length of time such as 2 days 03:00:00 or 90 min."))
        try:
            return dt.timedelta(microseconds=sign * micros)
        except OverflowError:
            raise ValueError(_("This is too long.")) from None


def format_interval(value: dt.timedelta) -> str:
    """A length of time as ``2 days 03:00:00``; a negative one has ``-`` before all of it."""
    micros = value // dt.timedelta(microseconds=1)
    sign = "-" if micros < 0 else ""
    days, rest = divmod(abs(micros), 86_400_000_000)
    seconds, fraction = divmod(rest, 1_000_000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if fraction:
        clock += f".{fraction:06}".rstrip("0")
    if not days:
        return sign + clock
    text = f"{sign}{days} day{'s' if days != 1 else ''}"
    return f"{text} {clock}" if rest else text


def _signed(text: str) -> tuple[int, str]:
    if text.startswith(("-", "+", "\u2212")):
        return (1 if text[0] == "+" else -1), text[1:].lstrip()
    return 1, text


def _micros(text: str) -> int | None:
    if found := _ISO.fullmatch(text):
        return sum(_scaled(number, unit) for unit, number in found.groupdict().items() if number)
    total, seen, rest = 0, False, text
    while rest:
        if clock := _CLOCK.match(rest):
            if int(clock["minutes"]) > 59 or float(clock["seconds"] or 0) >= 60:
                return None
            total += sum(_scaled(number, unit) for unit, number in clock.groupdict().items() if number)
            rest = rest[clock.end() :]
        elif (part := _PART.match(rest)) and part["unit"] in _UNIT_OF:
            total += _scaled(part["number"], _UNIT_OF[part["unit"]])
            rest = rest[part.end() :]
        else:
            return None
        seen, rest = True, rest.lstrip(" ,")
    return total if seen else None


def _scaled(number: str, unit: str) -> int:
    return int(Decimal(number) * _MICROSECONDS[unit])
