"""What is kept of a list: fences with the rows between them, or the ids of all its rows."""

from __future__ import annotations

import sys
import threading
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from webadmin.dialects.writes import Writes
from webadmin.listing.pagemap.course import Fence, Segment
from webadmin.listing.pagemap.fenwick import Counts


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that follow one another behind a fence."""

    segment: int
    fence: Fence | None
    """None for the beginning of the segment."""
    skip: int
    rows: int


@dataclass(slots=True)
class Part:
    """The map of one segment: the last row of every bucket but the open one at the end."""

    fences: list[Fence]
    counts: Counts
    """One more than there are fences."""

    @property
    def size(self) -> int:
        """Bytes, about."""
        few = self.fences[:: max(1, len(self.fences) // 20)]
        each = sum(sys.getsizeof(value) for fence in few for value in fence) / max(1, len(few))
        return int(len(self.fences) * (each + 72 + 16))

    @property
    def open_rows(self) -> int:
        """Rows behind the last fence."""
        return self.counts.total - self.counts.before(len(self.fences))


@dataclass(frozen=True, slots=True)
class Heard:
    """What the database has counted of others' writes since a map was made."""

    within: int | None
    """By so many rows at most places and total are off, as far as was counted; None where that cannot be said."""
    at: float = field(default_factory=time.monotonic)
    """On the monotonic clock."""


@dataclass(slots=True)
class State:
    """What was seen when a map was made, and what is known to have happened since."""

    seen: str | None
    """A snapshot, or a watcher's number; None when something changed meanwhile."""
    writes: Writes | None = None
    """What the table's counters said."""
    own: set[int] = field(default_factory=set)
    """Transactions whose changes the map has followed."""
    version: int = 0
    """How often it has followed some."""
    finished: float = field(default_factory=time.monotonic)
    """On the monotonic clock."""
    seconds: float = 0.0
    """How long it took."""
    appended: int = 0
    """Rows more that were seen at the end since."""
    heard: Heard | None = None
    """What was heard last of the table's counters."""

    def hear(self, writes: Writes | None) -> Heard:
        """Take in what the table's counters say now."""
        known = writes is not None and self.writes is not None
        within = writes.since(self.writes, self.appended) if known else None  # type: ignore[union-attr, arg-type]
        self.heard = Heard(within)
        return self.heard


@dataclass(slots=True)
class PageMap:
    """A list's fences."""

    parts: Sequence[Part]
    segments: Sequence[Segment]
    """What each of the parts is of."""
    state: State
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def total(self) -> int:
        """Rows of the list."""
        return sum(part.counts.total for part in self.parts)

    @property
    def size(self) -> int:
        """Bytes, about."""
        return sum(part.size for part in self.parts) + 500

    def stretches(self, offset: int, rows: int) -> list[Stretch]:
        """Where the rows ``offset … offset + rows - 1`` of the ascending order are."""
        found: list[Stretch] = []
        with self.lock:
            for number, part in enumerate(self.parts):
                there = part.counts.total
                if rows > 0 and offset < there:
                    bucket, skip = part.counts.find(offset)
                    fence = part.fences[bucket - 1] if bucket else None
                    taken = min(rows, there - offset)
                    found.append(Stretch(number, fence, skip, taken))
                    rows -= taken
                    offset = 0
                else:
                    offset = max(0, offset - there)
        return found


@dataclass(slots=True)
class IdList:
    """The keys of all rows of a list, in its order."""

    ids: array[int] | Sequence[Fence]
    """A number each where the key is one number, else raw values."""
    state: State

    @property
    def total(self) -> int:
        """Rows of the list."""
        return len(self.ids)

    @property
    def size(self) -> int:
        """Bytes, about."""
        if isinstance(self.ids, array):
            return len(self.ids) * self.ids.itemsize
        few = self.ids[:: max(1, len(self.ids) // 20)]
        each = sum(sys.getsizeof(value) for key in few for value in key) / max(1, len(few))
        return int(len(self.ids) * (each + 64))

    def keys(self, offset: int, rows: int) -> list[Fence]:
        """The raw keys of the rows from ``offset`` on."""
        part = self.ids[offset : offset + rows]
        return [(key,) if isinstance(key, int) else key for key in part]
