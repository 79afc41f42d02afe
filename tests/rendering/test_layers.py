"""Places of boxes and lines: nothing overlaps, and what leads somewhere stands on its left."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from webadmin.rendering.layers import GAP_Y, Drawing, Size, drawing


def boxes_of(found: Drawing, sizes: dict[str, Size]) -> list[tuple[float, float, float, float]]:
    return [(x, y, x + sizes[name].width, y + sizes[name].height) for name, (x, y) in found.boxes.items()]


def test_left_to_right() -> None:
    """A box stands behind all that lead to it; one that leads far away stands near to it."""
    sizes = dict.fromkeys("abcd", Size(100, 50))
    at = drawing(sizes, [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")], 1000).boxes
    assert at["a"][0] < at["b"][0] < at["c"][0]
    assert at["d"][0] == at["b"][0]


def test_long_lines_go_around() -> None:
    """A line that crosses a column passes between its boxes, straight across."""
    sizes = dict.fromkeys("abc", Size(100, 50))
    found = drawing(sizes, [("a", "b"), ("b", "c"), ("a", "c")], 1000)
    (left, y), (right, same) = found.ways["a", "c"]
    x, top = found.boxes["b"]
    assert (left, right, y) == (x, x + 100, same)
    assert not top - GAP_Y / 2 < y < top + 50 + GAP_Y / 2


def test_circles() -> None:
    """Tables that lead to each other are drawn, their lines from start to end."""
    sizes = dict.fromkeys("abc", Size(100, 50))
    found = drawing(sizes, [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")], 1000)
    assert set(found.ways) == {("a", "b"), ("b", "c"), ("c", "a")}
    (first, _y), (last, _same) = found.ways["c", "a"]
    assert (first > last) == (found.boxes["c"][0] > found.boxes["a"][0])


NAMES = st.sampled_from("abcdefgh")


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(NAMES, st.builds(Size, st.floats(20, 300), st.floats(20, 300)), min_size=1),
    st.lists(st.tuples(NAMES, NAMES), max_size=16),
)
def test_nothing_overlaps(sizes: dict[str, Size], edges: list[tuple[str, str]]) -> None:
    """Whatever leads where, every box has its place inside the drawing, and no two share any of it."""
    found = drawing(sizes, edges, 500)
    assert found.boxes.keys() == sizes.keys()
    for left, top, right, bottom in boxes_of(found, sizes):
        assert left >= 0
        assert top >= -0.01
        assert right <= found.width + 0.01
        assert bottom <= found.height + 0.01
    for one, other in itertools.combinations(boxes_of(found, sizes), 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] + 0.01 or other[3] <= one[1] + 0.01
