"""Days as people name them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webadmin.listing.filters.periods import PRESETS, known, relative, written


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("today", "2026-11-21", "2026-11-22"),
        ("yesterday", "2026-11-20", "2026-11-21"),
        ("last-7-days", "2026-11-15", "2026-11-22"),
        ("last-1-days", "2026-11-21", "2026-11-22"),
        ("this-week", "2026-11-16", "2026-11-23"),
        ("last-week", "2026-11-09", "2026-11-16"),
        ("this-month", "2026-11-01", "2026-12-01"),
        ("last-month", "2026-10-01", "2026-11-01"),
        ("this-quarter", "2026-10-01", "2027-01-01"),
        ("last-quarter", "2026-07-01", "2026-10-01"),
        ("this-year", "2026-01-01", "2027-01-01"),
        ("last-year", "2025-01-01", "2026-01-01"),
    ],
)
def test_ranges_from_today(name: str, start: str, end: str) -> None:
    """A range is half-open: from its first day up to the day after its last."""
    assert known(name)
    assert relative(name, date(2026, 11, 21)) == (date.fromisoformat(start), date.fromisoformat(end))


@given(st.sampled_from(PRESETS), st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_every_range_has_days(name: str, today: date) -> None:
    """On any day every range ends after it begins."""
    start, end = relative(name, today)
    assert end is not None
    assert start < end


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 3, 1)),
        ("9999-12-31", date(9999, 12, 31), None),
        ("9999", date(9999, 1, 1), None),
    ],
)
def test_written_periods(text: str, start: date, end: date | None) -> None:
    """A year, a month or a day stands for its days."""
    assert written(text) == (start, end)


@pytest.mark.parametrize(
    "text", ["0000", "2026-13", "2026-02-30", "26-01-01", "2026-1-1", "", "٢٠٢٦", "2026-01-01 "]
)
def test_what_is_no_period(text: str) -> None:
    """Anything else is not a period."""
    assert written(text) is None


@given(st.dates())
def test_every_day_is_a_period(day: date) -> None:
    """A day as it is written is the day itself."""
    assert written(day.isoformat()) == (day, None if day == date.max else day + timedelta(days=1))
