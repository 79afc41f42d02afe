"""Charts as numbers: every mark within its drawing, in proportion, and gaps left open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webadmin.rendering.charts import HEIGHT, ROW, TOP, Chart, Point, bars, drawable, line, scale_of


def points(*values: float | None) -> list[Point]:
    return [
        Point(f"no. {place}", value, str(value), at=float(place), joined=bool(place))
        for place, value in enumerate(values)
    ]


def percent(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


def drawn(*values: float | None, rules: tuple[str, str] = ("", "")) -> Chart:
    return line("title", "words", points(*values), rules=rules)


@pytest.mark.parametrize(
    "values",
    [(1.0, 2.0, 4.0), (-1.0, 2.0), (-3.0, -1.5), (0.0, 0.0), (5.0,), (1e299, -1e299), (1e-300, 2e-300), (0.1,) * 30],
)  # fmt: skip
def test_bars_are_in_proportion(values: tuple[float, ...]) -> None:
    """Every bar begins or ends at nought, is as long as its number, and stays within the width."""
    chart = bars("title", "words", points(*values))
    zero = percent(chart.zero)
    longest = max(abs(value) for value in values)
    widest = max(percent(mark.width) for mark in chart.marks)
    assert chart.height == len(values) * ROW
    for place, (mark, value) in enumerate(zip(chart.marks, values, strict=True)):
        start, width = percent(mark.x), percent(mark.width)
        assert start >= 0
        assert start + width <= 100
        assert (start if value >= 0 else start + width) == pytest.approx(zero, abs=0.02)
        assert width == pytest.approx(abs(value) / longest * widest if longest else 0, abs=0.02)
        assert mark.y == str(place * ROW)
        assert (mark.label, mark.text) == (f"no. {place}", str(value))


def test_a_bar_without_a_number() -> None:
    """It has its name and no length."""
    chart = bars("title", "words", points(2.0, None))
    assert percent(chart.marks[1].width) == 0


def test_a_line_keeps_its_places() -> None:
    """Points stand along the width as their times do, and as high as their numbers."""
    chart = drawn(0.0, 10.0, 5.0, 10.0)
    xs = [percent(mark.x) for mark in chart.marks]
    assert xs == sorted(xs)
    assert xs[1] - xs[0] == pytest.approx(xs[3] - xs[2], abs=0.02)
    assert [float(mark.y) for mark in chart.marks] == [HEIGHT + TOP, TOP, HEIGHT / 2 + TOP, TOP]
    assert len(chart.lines) == 1
    assert len(chart.lines[0].split()) == 4


def test_the_width_belongs_to_points() -> None:
    """What answers to a pointer covers the whole width once."""
    chart = drawn(1.0, 2.0, 3.0, 2.0, 1.0)
    ends = 0.0
    for mark in chart.marks:
        assert percent(mark.hit_x) == pytest.approx(ends, abs=0.03)
        ends = percent(mark.hit_x) + percent(mark.hit_width)
    assert ends == pytest.approx(100, abs=0.03)


def test_a_gap_breaks_the_line() -> None:
    """Where a number or a time is missing, nothing is drawn, and a lonely point is no line."""
    chart = drawn(1.0, 2.0, None, 3.0, None, 4.0, 5.0)
    assert [len(part.split()) for part in chart.lines] == [2, 2]
    assert len(chart.marks) == 5
    apart = points(1.0, 2.0, 3.0)
    apart[2] = Point("no. 2", 3.0, "3", at=9.0, joined=False)
    assert [len(part.split()) for part in line("t", "d", apart, rules=("", "")).lines] == [2]


@pytest.mark.parametrize("values", [(-2.0, -1.0, -4.0), (-5.0, 5.0, 0.0), (0.0, 0.0, 0.0), (None, 1.0, None)])
def test_nought_is_always_there(values: tuple[float | None, ...]) -> None:
    """Whatever the numbers, nought lies within the drawing, and no point outside."""
    chart = drawn(*values)
    assert TOP <= float(chart.zero) <= HEIGHT + TOP
    assert all(TOP <= float(mark.y) <= HEIGHT + TOP for mark in chart.marks)


def test_words_below_and_beside() -> None:
    """The first, the middle and the last are named; the ends of the scale are said where they are not nought."""
    chart = drawn(1.0, -2.0, 3.0, 4.0, 5.0, rules=("-2", "5"))
    assert [tick.text for tick in chart.words] == ["no. 0", "no. 2", "no. 4"]
    assert [tick.text for tick in chart.rules] == ["5", "-2"]
    assert [tick.text for tick in drawn(1.0, 2.0, 3.0).words] == ["no. 0", "no. 2"]
    low, high = scale_of(points(1.0, -2.0, None, 5.0))
    assert low is not None
    assert high is not None
    assert (low.value, high.value) == (-2.0, 5.0)
    assert scale_of(points(0.0, None)) == (None, None)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (Decimal("1.5"), 1.5), (3, 3.0), (None, None), ("word", None), (float("nan"), None), (float("inf"), None),
        (Decimal("NaN"), None), (10**400, None), (1e300, None), (True, 1.0),
    ],
)  # fmt: skip
def test_what_can_be_drawn(value: object, number: float | None) -> None:
    """Numbers that have a place on paper; all others are left out."""
    assert drawable(value) == number
