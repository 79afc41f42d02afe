"""Many at once: readers and writers on one server for a few seconds, and what their checks find."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Engine

from benchmarks import concurrency
from benchmarks.concurrency import Load
from benchmarks.readers import Record
from benchmarks.server import served
from benchmarks.walks import Course, State, faults

BY_TOTAL = Course("by total", "&sort=total", "true", "total, id")
BY_NUMBER = Course("by number", "&sort=number", "true", "number, id")
ROWS = State({1: "a", 2: "a", 3: "a", 4: "a"})


def test_readers_and_writers_at_once(shop_pg: Engine) -> None:
    """While orders are written through forms and beside them no page fails, and no walk misses or repeats a row."""
    with served(shop_pg) as port:
        found = concurrency.measure(shop_pg, port, Load(seconds=5, readers=4, writers=2))
    assert found.errors == []
    assert found.faults == []
    assert found.counts["walks"] > 0
    assert found.counts["insert"] + found.counts["update"] > 0
    assert {"page 1", "rows", "save"} <= {kind.name for kind in found.kinds}


def test_a_right_walk() -> None:
    """Rows that somebody wrote to may be missing or new; the others were met once, in order."""
    after = State({1: "a", 3: "a", 4: "b", 9: "b"})
    assert faults(BY_TOTAL, ROWS, after, [1, 9, 3], complete=True) == []
    assert faults(BY_TOTAL, ROWS, ROWS, [1, 2], complete=False) == []
    assert faults(BY_TOTAL, ROWS, after, [4, 1, 3, 4], complete=True) == []


@pytest.mark.parametrize(
    ("seen", "complete", "words"),
    [
        ([1, 2, 2, 3, 4], True, "met twice"),
        ([1, 3, 4], True, "missed"),
        ([1, 3], False, "missed"),
        ([1, 2, 3], True, "missed"),
        ([1, 3, 2, 4], True, "another order"),
        ([], True, "missed"),
    ],
)
def test_a_wrong_walk(seen: list[int], complete: bool, words: str) -> None:
    """Unchanged rows that were met twice, not at all, or in another order are told of."""
    (fault,) = faults(BY_TOTAL, ROWS, ROWS, seen, complete=complete)
    assert words in fault


def test_a_changed_row_met_twice() -> None:
    """Is right only in an order that writers change."""
    after = State({**ROWS.versions, 4: "b"})
    assert faults(BY_TOTAL, ROWS, after, [4, 1, 2, 3, 4], complete=True) == []
    assert faults(BY_NUMBER, ROWS, after, [4, 1, 2, 3, 4], complete=True) != []


def test_the_table_tells_what_went_wrong() -> None:
    """The times of each kind of request, of all reads but not of writes, then errors with how often they were met."""
    record = Record({"page 1": [1.0] * 99 + [20.0], "save": [500.0]}, ["500", "500"], [], Counter(walks=3))
    found = concurrency.outcome(record)
    reads = next(kind for kind in found.kinds if kind.name == concurrency.ALL)
    assert (reads.requests, reads.p50, reads.p99, reads.ratio) == (100, 1.0, 20.0, 20.0)
    lines = concurrency.table(found).splitlines()
    assert lines[-2] == "Done: walks 3. Errors: 2. Wrong walks: 0."
    assert lines[-1].strip() == "2 × 500"
    assert concurrency.plain(found)[-1]["errors"] == ["500", "500"]
