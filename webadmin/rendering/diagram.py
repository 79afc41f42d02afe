"""Tables as boxes and foreign keys as lines: plain numbers for a template that draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from webadmin.rendering.layers import Drawing, Point, Size, drawing
from webadmin.text import gettext as _

_PADDING = 24.0
_ROW, _HEAD = 18.0, 28.0
"""Heights in pixels."""
_LETTER = 7.3
"""Pixels of a letter in the type of code at 12 px, rounded up."""
_WIDTH = 1500.0
"""About how wide a drawing is where its parts leave the choice."""
_COLUMNS = 30
"""Columns of a box, beyond which they are counted."""
_LONGEST, _LONGEST_TYPE = 34, 18
"""Letters of a name; what is longer is cut, and whole in its title."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    primary: bool
    foreign: bool
    nullable: bool


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: str


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    url: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class ColumnDrawn:
    y: float
    name: str
    type: str
    mark: str
    """primary, foreign or empty."""
    title: str


@dataclass(frozen=True, slots=True)
class BoxDrawn:
    x: float
    y: float
    width: float
    height: float
    name: str
    title: str
    url: str
    columns: tuple[ColumnDrawn, ...]
    more: str


@dataclass(frozen=True, slots=True)
class LineDrawn:
    path: str
    """As in the ``d`` of SVG."""
    title: str
    optional: bool
    """Rows may lead to none."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing in pixels."""

    width: float
    height: float
    boxes: tuple[BoxDrawn, ...]
    lines: tuple[LineDrawn, ...]


def draw(tables: Mapping[str, Table], *, every: bool) -> Drawn:
    """Place ``tables``, those that are led to on the left of those that lead to them.

    :param every: show every column; else those of keys.
    """
    boxes = {name: _Box(table, every=every) for name, table in tables.items()}
    edges = [(key.target, name) for name, table in tables.items() for key in table.keys]
    found = drawing({name: box.size for name, box in boxes.items()}, edges, _WIDTH)
    return Drawn(
        found.width + 2 * _PADDING,
        found.height + 2 * _PADDING,
        tuple(box.drawn(found.boxes[name]) for name, box in boxes.items()),
        tuple(
            _line(name, key, boxes, found)
            for name, table in tables.items()
            for key in table.keys
            if key.target in boxes
        ),
    )


_End = tuple[float, float, float]
"""The left and the right side of a box, and the height of a row's middle."""


class _Box:
    def __init__(self, table: Table, *, every: bool) -> None:
        self.table, self.every = table, every
        wanted = [column for column in table.columns if every or column.primary or column.foreign]
        self.columns = wanted[:_COLUMNS]
        left = len(table.columns) - len(self.columns)
        self.more = _("{count} more").format(count=left) if left else ""

    @property
    def size(self) -> Size:
        letters = [
            len(_cut(column.name)) + (2 + len(_cut(column.type, _LONGEST_TYPE)) if self.every else 0)
            for column in self.columns
        ]
        rows = len(self.columns) + bool(self.more)
        return Size(
            max([len(_cut(self.table.name)) + 1, *letters, 10]) * _LETTER + 40, _HEAD + rows * _ROW + 8
        )

    def drawn(self, at: Point) -> BoxDrawn:
        columns = tuple(
            ColumnDrawn(
                _middle(index) + 4,
                _cut(column.name),
                _cut(column.type, _LONGEST_TYPE) if self.every else "",
                "primary" if column.primary else "foreign" if column.foreign else "",
                f"{column.name} {column.type}",
            )
            for index, column in enumerate(self.columns)
        )
        return BoxDrawn(
            at[0] + _PADDING,
            at[1] + _PADDING,
            self.size.width,
            self.size.height,
            _cut(self.table.name),
            self.table.name,
            self.table.url,
            columns,
            self.more,
        )

    def end(self, at: Point, columns: Sequence[str]) -> _End:
        """Where a line leaves for the first of ``columns`` that is shown."""
        names = [column.name for column in self.columns]
        row = next((names.index(name) for name in columns if name in names), None)
        x, y = at[0] + _PADDING, at[1] + _PADDING
        return x, x + self.size.width, y + (_HEAD / 2 if row is None else _middle(row))


def _middle(row: int) -> float:
    return _HEAD + 4 + row * _ROW + _ROW / 2


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _line(name: str, key: Key, boxes: Mapping[str, _Box], found: Drawing) -> LineDrawn:
    start = boxes[key.target].end(found.boxes[key.target], key.target_columns)
    end = boxes[name].end(found.boxes[name], key.columns)
    title = f"{name} ({', '.join(key.columns)}) → {key.target} ({', '.join(key.target_columns)})"
    if key.on_delete:
        title += f", ON DELETE {key.on_delete}"
    nullable = {column.name for column in boxes[name].table.columns if column.nullable}
    path = (
        _loop(start, end) if name == key.target else _path(start, end, found.ways.get((key.target, name), []))
    )
    return LineDrawn(path, title, bool(nullable & set(key.columns)))


def _path(start: _End, end: _End, way: Sequence[Point]) -> str:
    """From the row that is led to, to the one that leads there."""
    rightwards = start[0] <= end[0]
    points = [
        (start[1] if rightwards else start[0], start[2]),
        *((x + _PADDING, y + _PADDING) for x, y in way),
        (end[0] if rightwards else end[1], end[2]),
    ]
    pieces = [f"M{points[0][0]:.0f} {points[0][1]:.0f}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        pieces.append(f"C{middle:.0f} {y0:.0f} {middle:.0f} {y1:.0f} {x1:.0f} {y1:.0f}")
    return " ".join(pieces)


def _loop(start: _End, end: _End) -> str:
    x, out = start[1], start[1] + 34
    return f"M{x:.0f} {start[2]:.0f} C{out:.0f} {start[2]:.0f} {out:.0f} {end[2]:.0f} {x:.0f} {end[2]:.0f}"
