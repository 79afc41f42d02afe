"""From values to words."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webadmin.rendering.writers import EMPTY, LIST_LENGTH, WRITERS, interval_text, write_text
from webadmin.text import use_locale


class Status(enum.Enum):
    ON_HOLD = 1


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("boolean", True, "Yes"),
        ("boolean", 0, "No"),
        ("number", 1234567, "1,234,567"),
        ("number", Decimal("1234.50"), "1,234.50"),
        ("number", float("nan"), "nan"),
        ("identifier", 1234567, "1234567"),
        ("money", Decimal("1234.5"), "1,234.50"),
        ("money", Decimal("0.0001"), "0.0001"),
        ("money", 3.14159, "3.14"),
        ("status", Status.ON_HOLD, "On hold"),
        ("status", "in_progress", "In progress"),
        ("date", dt.date(2026, 11, 21), "Nov 21, 2026"),
        ("time", dt.time(14, 26), "14:26"),
        ("time", dt.time(14, 26, 5), "14:26:05"),
        ("interval", dt.timedelta(days=2, hours=3), "2 days 03:00:00"),
        ("json", {"a": [1, "é"]}, '{"a": [1, "é"]}'),
        ("array", ["a", None], f"a, {EMPTY}"),
        ("binary", b"123", "3 bytes"),
        ("uuid", UUID(int=7), "00000000…0007"),
    ],
)
def test_words(kind: str, value: Any, text: str) -> None:
    """A value of each kind as a list shows it."""
    assert WRITERS[kind]("x", value, False).text == text


def test_times() -> None:
    """A time with a zone is shown in the zone of the request, one without as it is."""
    with use_locale("en", "Asia/Tokyo"):
        cell = WRITERS["datetime"]("x", dt.datetime(2020, 1, 1, 20, tzinfo=dt.UTC), True)
        assert (cell.text, cell.machine) == ("Jan 2, 2020, 05:00", "2020-01-02T05:00:00+09:00")
        assert WRITERS["datetime"]("x", dt.datetime(2020, 1, 1, 20), True).text == "Jan 1, 2020, 20:00"


def test_long_texts() -> None:
    """A list cuts a long text, a row's page does not."""
    cell = write_text("x", "text", "y" * 5000, False)
    assert len(cell.text) == LIST_LENGTH + 1
    assert write_text("x", "text", "y" * 5000, True).text == "y" * 5000


@given(st.timedeltas())
def test_intervals(value: dt.timedelta) -> None:
    """Any span can be written."""
    assert interval_text(value).count(":") == 2
