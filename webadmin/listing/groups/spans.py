"""Spans of time: years, quarters, months, weeks, days and hours on a person's calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

from webadmin.text import format_date, format_month, format_time
from webadmin.text import gettext as _

_LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def start_of(text: object) -> datetime | None:
    """The start of a span as ``Dialect.span_start`` writes it; None for what is on no calendar, such as infinity."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def next_start(start: datetime, unit: str) -> datetime | None:
    """The start of the span that follows; None when the calendar ends before it."""
    try:
        if unit in _LENGTHS:
            return start + _LENGTHS[unit]
        month = start.year * 12 + start.month - 1 + _MONTHS[unit]
        return start.replace(year=month // 12, month=month % 12 + 1)
    except (OverflowError, ValueError):
        return None


def bound(start: datetime, unit: str) -> str:
    """The start as a filter of dates takes it."""
    return start.isoformat(" ", "minutes") if unit == "hour" else start.date().isoformat()


def say(start: datetime, unit: str) -> str:
    """A span in words."""
    if unit == "year":
        return str(start.year)
    if unit == "quarter":
        return _("Q{quarter} {year}").format(quarter=(start.month + 2) // 3, year=start.year)
    if unit == "month":
        return format_month(start.date())
    if unit == "week":
        return _("Week of {day}").format(day=format_date(start.date()))
    day = format_date(start.date())
    return f"{day}, {format_time(start)}" if unit == "hour" else day
