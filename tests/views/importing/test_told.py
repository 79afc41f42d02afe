"""How far an import is, in words."""

from __future__ import annotations

import pytest

from webadmin.changes.progress import Phase, Progress
from webadmin.views.importing.told import Told, told_progress


@pytest.mark.parametrize(
    ("phase", "done", "total", "rows", "told"),
    [
        ("reading", 0, 0, 0, Told("It has begun.", 0, 0)),
        ("reading", 99_999, 0, 0, Told("99,999 rows are read so far.", 99_999, 0)),
        ("reading", 10, 0, 2000, Told("10 of 2,000 rows are read.", 10, 2000)),
        (
            "comparing",
            2000,
            0,
            2000,
            Told("2,000 rows are read, and compared with those that are there.", 2000, 0),
        ),
        ("writing", 0, 1500, 2000, Told("0 of 1,500 rows are written.", 0, 1500)),
    ],
)
def test_how_far_it_is(phase: Phase, done: int, total: int, rows: int, told: Told) -> None:
    """What is done and how many of how many, where that is known; the bar runs to the end of what is done."""
    assert told_progress(Progress(done=done, total=total, phase=phase), rows) == told
