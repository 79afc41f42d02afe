"""Where the boxes and lines of a drawn graph stand: in columns, so that lines run from left to right.

The method of Sugiyama, Tagawa and Toda (1981): ways back are turned round, each box stands one column behind the last that leads to it,
long lines take a place in every column that they cross, columns are sorted by where their neighbours stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

Edge = tuple[str, str]
Point = tuple[float, float]

GAP_X, GAP_Y = 72.0, 24.0
"""Room between columns, and between boxes of one column."""
_SWEEPS = 6
_LINE = 8.0
"""Height of the place that a line takes in a column which it crosses."""


@dataclass(frozen=True, slots=True)
class Size:
    width: float
    height: float


@dataclass(slots=True)
class Drawing:
    """Places of boxes by name, their upper left corners, and of what lines pass between both ends."""

    width: float = 0.0
    height: float = 0.0
    boxes: dict[str, Point] = field(default_factory=dict)
    ways: dict[Edge, list[Point]] = field(default_factory=dict)
    """Empty for lines between neighbouring columns; in the order from the edge's start to its end."""


def drawing(sizes: Mapping[str, Size], edges: Iterable[Edge], width: float) -> Drawing:
    """Place boxes of ``sizes`` so that every edge runs to the right where nothing leads back.

    Parts that no edge joins stand beside and below each other, within about ``width``. An edge from a box to itself takes no place.
    """
    known = sorted({edge for edge in edges if edge[0] != edge[1] and set(edge) <= sizes.keys()})
    parts = [_Part(sizes, names, known).drawn() for names in _parts(sizes, known)]
    return _packed(sorted(parts, key=lambda part: (-len(part.boxes), -part.height)), width)


def _parts(names: Iterable[str], edges: Sequence[Edge]) -> list[list[str]]:
    """The names that edges join, together."""
    neighbours = defaultdict(set)
    for start, end in edges:
        neighbours[start].add(end)
        neighbours[end].add(start)
    left, parts = dict.fromkeys(names), []
    while left:
        waiting, part = [next(iter(left))], []
        while waiting:
            name = waiting.pop()
            if name in left:
                del left[name]
                part.append(name)
                waiting += sorted(neighbours[name])
        parts.append(sorted(part))
    return parts


def _packed(parts: Sequence[Drawing], width: float) -> Drawing:
    whole, x, y, tallest = Drawing(), 0.0, 0.0, 0.0
    width = max([width, *(part.width for part in parts)])
    for part in parts:
        if x and x + part.width > width:
            x, y, tallest = 0.0, y + tallest + 2 * GAP_Y, 0.0
        whole.boxes |= {name: (x + at[0], y + at[1]) for name, at in part.boxes.items()}
        whole.ways |= {edge: [(x + px, y + py) for px, py in way] for edge, way in part.ways.items()}
        x, tallest = x + part.width + GAP_X, max(tallest, part.height)
        whole.width, whole.height = max(whole.width, x - GAP_X), y + tallest
    return whole


Place = str | tuple[Edge, int]
"""A box, or where a line crosses a column."""


class _Part:
    """Boxes that edges join."""

    def __init__(self, sizes: Mapping[str, Size], names: Sequence[str], edges: Sequence[Edge]) -> None:
        self.sizes = sizes
        self.names = names
        members = set(names)
        self.edges = [edge for edge in edges if edge[0] in members]
        self.forward = _without_ways_back(names, self.edges)
        self.before: dict[Place, list[Place]] = defaultdict(list)
        self.after: dict[Place, list[Place]] = defaultdict(list)
        self.crossings: dict[Edge, list[Place]] = {}

    def drawn(self) -> Drawing:
        columns = self._columns()
        for sweep in range(_SWEEPS):
            self._sort(columns, self.before if sweep % 2 == 0 else self.after, rightwards=sweep % 2 == 0)
        return self._measured(columns)

    def _columns(self) -> list[list[Place]]:
        number = self._numbers()
        columns: list[list[Place]] = [[] for _number in range(max(number.values()) + 1)]
        for name in self.names:
            columns[number[name]].append(name)
        for start, end in self.forward:
            way: list[Place] = [start]
            for column in range(number[start] + 1, number[end]):
                crossing = ((start, end), column)
                columns[column].append(crossing)
                way.append(crossing)
            way.append(end)
            self.crossings[start, end] = way[1:-1]
            for one, other in pairwise(way):
                self.after[one].append(other)
                self.before[other].append(one)
        return columns

    def _numbers(self) -> dict[str, int]:
        """The column of each box: behind all that lead to it, and beside what it alone leads to."""
        leading: dict[str, list[str]] = defaultdict(list)
        led: dict[str, list[str]] = defaultdict(list)
        for start, end in self.forward:
            leading[end].append(start)
            led[start].append(end)
        number: dict[str, int] = {}
        waiting = list(self.names)
        while waiting:
            name = waiting[-1]
            unknown = [one for one in leading[name] if one not in number]
            if unknown:
                waiting += unknown
                continue
            waiting.pop()
            number[name] = 1 + max((number[one] for one in leading[name]), default=-1)
        for name in self.names:
            if not leading[name] and led[name]:
                number[name] = min(number[one] for one in led[name]) - 1
        return number

    def _sort(
        self, columns: list[list[Place]], beside: Mapping[Place, list[Place]], *, rightwards: bool
    ) -> None:
        at: dict[Place, float] = {
            place: float(index) for column in columns for index, place in enumerate(column)
        }
        for column in columns if rightwards else reversed(columns):
            column.sort(
                key=lambda place: fmean(at[one] for one in beside[place]) if beside.get(place) else at[place]
            )
            at.update((place, float(index)) for index, place in enumerate(column))

    def _measured(self, columns: list[list[Place]]) -> Drawing:
        tops = self._tops(columns)
        found = Drawing()
        x = 0.0
        across: dict[Place, list[Point]] = {}
        for column in columns:
            wide = max((self.sizes[one].width for one in column if isinstance(one, str)), default=0.0)
            for place in column:
                if isinstance(place, str):
                    found.boxes[place] = (x, tops[place])
                    found.height = max(found.height, tops[place] + self.sizes[place].height)
                else:
                    y = tops[place] + _LINE / 2
                    across[place] = [(x, y), (x + wide, y)]
                    found.height = max(found.height, tops[place] + _LINE)
            x += wide + GAP_X
        found.width = x - GAP_X
        turned = set(self.forward) - set(self.edges)
        for edge in self.edges:
            if edge in self.crossings:
                found.ways[edge] = [point for one in self.crossings[edge] for point in across[one]]
            elif (back := (edge[1], edge[0])) in turned:
                way = [point for one in self.crossings[back] for point in across[one]]
                found.ways[edge] = way[::-1]
        return found

    def _tops(self, columns: list[list[Place]]) -> dict[Place, float]:
        """Heights: each place beside the middle of what it is joined to, as far as the order of its column allows."""
        tops: dict[Place, float] = {}
        for column in columns:
            y = 0.0
            for place in column:
                tops[place] = y
                y += self._height(place) + GAP_Y
        for sweep in range(_SWEEPS):
            for column in columns if sweep % 2 == 0 else columns[::-1]:
                beside = self.before if sweep % 2 == 0 else self.after
                self._settle(column, tops, beside)
        least = min(tops.values())
        return {place: top - least for place, top in tops.items()}

    def _settle(
        self, column: list[Place], tops: dict[Place, float], beside: Mapping[Place, list[Place]]
    ) -> None:
        wanted = [
            fmean(tops[one] + self._height(one) / 2 for one in beside[place]) - self._height(place) / 2
            if beside.get(place)
            else tops[place]
            for place in column
        ]
        # From above and from below, each pushing the rest on; the mean of two orders with enough room has enough room too.
        down, y = [], float("-inf")
        for place, top in zip(column, wanted, strict=True):
            down.append(max(y, top))
            y = down[-1] + self._height(place) + GAP_Y
        up, y = [], float("inf")
        for place, top in zip(reversed(column), reversed(wanted), strict=True):
            up.append(min(y - self._height(place), top))
            y = up[-1] - GAP_Y
        for place, one, other in zip(column, down, reversed(up), strict=True):
            tops[place] = (one + other) / 2

    def _height(self, place: Place) -> float:
        return self.sizes[place].height if isinstance(place, str) else _LINE


def _without_ways_back(names: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges, with those turned round that lead back to where a walk came from."""
    led: dict[str, list[str]] = defaultdict(list)
    for start, end in edges:
        led[start].append(end)
    found: dict[Edge, None] = {}
    state: dict[str, int] = {}
    entered = {end for _start, end in edges}
    for first in sorted(names, key=lambda name: (name in entered, name)):
        if first in state:
            continue
        state[first] = 1
        walk = [(first, iter(led[first]))]
        while walk:
            name, following = walk[-1]
            other = next(following, None)
            if other is None:
                state[name] = 2
                walk.pop()
            elif state.get(other) == 1:
                found[other, name] = None
            else:
                found[name, other] = None
                if other not in state:
                    state[other] = 1
                    walk.append((other, iter(led[other])))
    return list(found)
