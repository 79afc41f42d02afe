"""Sums of buckets that change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webadmin.listing.pagemap.fenwick import Counts


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 3))),
)
def test_sums_and_places(counts: list[int], changes: list[tuple[int, int]]) -> None:
    """Sums are those of a plain list, also after changes; every row is found in its bucket."""
    tree = Counts(counts)
    for bucket, rows in changes:
        if bucket < len(counts):
            tree.add(bucket, rows)
            counts[bucket] += rows
    assert tree.total == sum(counts)
    assert [tree.before(bucket) for bucket in range(len(counts))] == [
        sum(counts[:b]) for b in range(len(counts))
    ]
    further = [3, 0, 9, 2, 2, 1, 4][: len(changes) % 7 + 1]
    longer = tree.with_end(further)
    assert longer.total == longer.before(len(longer)) == sum(counts[:-1]) + sum(further)
    assert [longer.before(b) for b in range(len(longer))] == [
        sum([*counts[:-1], *further][:b]) for b in range(len(longer))
    ]
    rows = [(bucket, number) for bucket, count in enumerate(counts) for number in range(count)]
    assert [tree.find(offset) for offset in range(len(rows))] == rows
