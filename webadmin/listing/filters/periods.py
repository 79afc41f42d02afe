"""Days as people name them: a day, a month, a year, or a range counted from today."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel.dates import format_interval

from webadmin.text import current_language, format_date

PRESETS = (
    "today", "yesterday", "last-7-days", "last-30-days", "this-week", "last-week", "this-month", "last-month",
    "this-quarter", "last-quarter", "this-year", "last-year",
)  # fmt: skip
_LAST_DAYS = re.compile(r"last-([1-9][0-9]{0,3})-days", re.ASCII)
_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)

Period = tuple[date, date | None]
"""The first day, and the day after the last; None when the calendar ends there."""


def written(text: str) -> Period | None:
    """The days that ``2026``, ``2026-01`` or ``2026-01-31`` stand for; None for any other text."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        start = date(year, month or 1, day or 1)
        if day:
            return start, _after(start)
        if month:
            return start, _months(start, 1)
        return start, date(year + 1, 1, 1) if year < 9999 else None
    except ValueError:
        return None


def known(name: str) -> bool:
    """Whether ``name`` is a range counted from today."""
    return name in PRESETS or _LAST_DAYS.fullmatch(name) is not None


def relative(name: str, today: date) -> Period:
    """The days of a range that is :func:`known`, counted from ``today``."""
    if found := _LAST_DAYS.fullmatch(name):
        return today - timedelta(days=int(found[1]) - 1), today + timedelta(days=1)
    if name in {"today", "yesterday"}:
        start = today if name == "today" else today - timedelta(days=1)
        return start, start + timedelta(days=1)
    which, _, unit = name.partition("-")
    if unit == "week":
        start, length = today - timedelta(days=today.weekday()), 0
    else:
        length = {"month": 1, "quarter": 3, "year": 12}[unit]
        start = date(today.year, (today.month - 1) // length * length + 1, 1)
    if which == "last":
        start = _months(start, -length) if length else start - timedelta(days=7)
    return start, _months(start, length) if length else start + timedelta(days=7)


def today_in(zone: tzinfo) -> date:
    """The day it is in ``zone``."""
    return datetime.now(zone).date()


def in_words(first: date, last: date) -> str:
    """The days from one to another, both included: ``Oct 1 – 31, 2026``; of one day that day."""
    return format_date(first) if first == last else _words(first, last, current_language())


@lru_cache(maxsize=256)
def _words(first: date, last: date, language: str) -> str:
    return format_interval(first, last, "yMMMd", locale=language).replace("\u2009", " ")


def _after(day: date) -> date | None:
    return day + timedelta(days=1) if day < date.max else None


def _months(day: date, count: int) -> date:
    month = day.year * 12 + day.month - 1 + count
    if month >= 9999 * 12 + 12:
        return date.max
    return date(month // 12, month % 12 + 1, 1)
