"""What one statement sees and another does not."""

from __future__ import annotations

import pytest

from webadmin.dialects.postgresql import PostgreSQL


@pytest.mark.parametrize(
    ("before", "after", "own", "same"),
    [
        ("10:10:", "10:10:", set(), True),
        ("10:10:", "11:11:", set(), False),
        ("10:10:", "11:11:", {10}, True),
        ("10:10:", "12:12:", {10}, False),
        ("10:12:10", "12:12:", {10}, True),
        ("10:12:10", "12:12:", {11}, False),
        ("10:10:", "10:12:10", {11}, True),
        ("10:10:", "10:10:", {9}, False),
        ("12:12:", "10:10:", set(), False),
        ("10:12:11", "10:12:10", {11}, False),
        ("10:10:", "99999:99999:", set(), False),
        ("nonsense", "10:10:", set(), False),
        ("4294967296:4294967296:", "4294967297:4294967297:", {0}, True),
    ],
)
def test_same_data(before: str, after: str, own: set[int], same: bool) -> None:
    """Two snapshots see the same when the later one sees what the earlier one saw and own transactions, all of them,
    and nothing else; numbers are compared without their epoch."""
    assert PostgreSQL().same_data(before, after, own) is same
