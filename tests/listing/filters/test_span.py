"""Lengths of time as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from webadmin.listing.filters.span import read_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1:30", timedelta(hours=1, minutes=30)),
        ("0:00:01.5", timedelta(seconds=1.5)),
        ("2 days 1:00", timedelta(days=2, hours=1)),
        ("2 h 30 m", timedelta(hours=2, minutes=30)),
        ("90min", timedelta(minutes=90)),
        ("1 week, 2 days", timedelta(days=9)),
        ("soon", None),
        ("", None),
        ("5", None),
        ("5 parsecs", None),
    ],
)
def test_read_length(text: str, length: timedelta | None) -> None:
    """Clocks and numbers with units are lengths; anything else is not."""
    assert read_length(text) == length
