"""Charts as plain numbers for a template: where each bar and each point of a drawing stands.

Places along the width are percentages, so that a chart fits any window without a script or a style of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ROW = 26
"""Pixels of one bar with the room around it."""
HEIGHT = 180
"""Pixels of the part of a line chart in which there are points."""
TOP = 18
"""Pixels above it, and half as much below, for words."""
_LABELS, _BARS = 30.0, 50.0
"""Percent of the width: where labels end, and how much bars take."""
_EDGE = 1.5
"""Percent of the width left free on either side of a line."""


@dataclass(frozen=True, slots=True)
class Point:
    """What is drawn: a name, a number, and where it leads."""

    label: str
    value: float | None
    text: str
    """The number in words."""
    url: str | None = None
    at: float = 0.0
    """Where it is along a line, in any unit."""
    joined: bool = True
    """Nothing is missing between it and the one before."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar, or a point of a line. Lengths along the width are in percent, others in pixels."""

    label: str
    text: str
    url: str | None
    x: str
    y: str
    width: str = "0"
    hit_x: str = "0"
    """The part of the width that belongs to a point."""
    hit_width: str = "0"


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart with its number, or a word below it."""

    text: str
    place: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Chart:
    kind: str
    """bar or line."""
    title: str
    description: str
    height: int
    marks: tuple[Mark, ...]
    lines: tuple[str, ...] = ()
    """The points of each unbroken part of a line, in a box of 1000 by :data:`HEIGHT`."""
    zero: str = ""
    """Where nought is: percent of the width for bars, pixels for lines."""
    rules: tuple[Tick, ...] = ()
    words: tuple[Tick, ...] = ()


def bars(title: str, description: str, points: Sequence[Point]) -> Chart:
    """A bar for each point, one below the other."""
    low, high = _range(points)
    scale = _BARS / (high - low)
    zero = _LABELS - low * scale
    marks = []
    for row, point in enumerate(points):
        value = point.value or 0.0
        start = zero + min(value, 0.0) * scale
        marks.append(
            Mark(
                point.label,
                point.text,
                point.url,
                _percent(start),
                str(row * ROW),
                _percent(abs(value) * scale),
            )
        )
    return Chart("bar", title, description, len(points) * ROW, tuple(marks), zero=_percent(zero))


def line(title: str, description: str, points: Sequence[Point], *, rules: Sequence[str]) -> Chart:
    """The points in a line, at the places where they are.

    :param rules: in words, the numbers at which the scale ends below and above, empty for nought: see :func:`scale_of`.
    """
    low, high = _range(points)
    first, last = points[0].at, points[-1].at
    length = (last - first) or 1.0
    places = [_EDGE + (point.at - first) / length * (100 - 2 * _EDGE) for point in points]
    marks: list[Mark] = []
    here: list[str] = []
    lines: list[list[str]] = []
    for number, (point, x) in enumerate(zip(points, places, strict=True)):
        if point.value is None or not point.joined:
            lines.append(here)
            here = []
        if point.value is None:
            continue
        y = (high - point.value) / (high - low) * HEIGHT
        here.append(f"{x * 10:.1f},{y:.1f}")
        before = (places[number - 1] + x) / 2 if number else 0.0
        after = (places[number + 1] + x) / 2 if number + 1 < len(places) else 100.0
        marks.append(
            Mark(
                point.label, point.text, point.url, _percent(x), f"{y + TOP:.1f}",
                hit_x=_percent(before), hit_width=_percent(after - before),
            )
        )  # fmt: skip
    lines.append(here)
    bottom, top = rules
    zero = high / (high - low) * HEIGHT
    middle = points[len(points) // 2]
    words = [Tick(points[0].label, "0%"), Tick(points[-1].label, "100%", "end")]
    if len(points) > 4:
        words.insert(1, Tick(middle.label, _percent(places[len(points) // 2]), "middle"))
    return Chart(
        "line", title, description, HEIGHT + TOP * 2, tuple(marks),
        tuple(" ".join(part) for part in lines if len(part) > 1),
        zero=f"{zero + TOP:.1f}",
        rules=(Tick(top, str(TOP)), Tick(bottom, str(HEIGHT + TOP))),
        words=tuple(words),
    )  # fmt: skip


def scale_of(points: Sequence[Point]) -> tuple[Point | None, Point | None]:
    """The points whose numbers end the scale below and above; None where that is nought."""
    known = [point for point in points if point.value is not None]
    lowest = min(known, key=lambda point: point.value or 0.0, default=None)
    highest = max(known, key=lambda point: point.value or 0.0, default=None)
    return (
        lowest if lowest is not None and (lowest.value or 0.0) < 0 else None,
        highest if highest is not None and (highest.value or 0.0) > 0 else None,
    )


def drawable(value: object) -> float | None:
    """A number as a chart takes it; None for what has no place on paper."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e300 else None


def _range(points: Sequence[Point]) -> tuple[float, float]:
    """The scale: nought is always on it."""
    values = [point.value for point in points if point.value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    return (low, high) if high > low else (0.0, 1.0)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
