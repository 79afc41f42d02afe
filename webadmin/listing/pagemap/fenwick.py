"""Numbers in a row of which the sums of the first ones are asked for, and single ones change."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence


class Counts:
    """How many rows lie in each bucket (a Fenwick tree: both questions and changes take logarithmic time)."""

    def __init__(self, counts: Iterable[int]) -> None:
        self._tree = array("q", [0, *counts])
        for place in range(1, len(self._tree)):
            above = place + (place & -place)
            if above < len(self._tree):
                self._tree[above] += self._tree[place]
        self.total = self.before(len(self))

    def __len__(self) -> int:
        return len(self._tree) - 1

    def before(self, bucket: int) -> int:
        """Rows in the buckets ``0 … bucket - 1``."""
        found = 0
        while bucket > 0:
            found += self._tree[bucket]
            bucket -= bucket & -bucket
        return found

    def add(self, bucket: int, rows: int) -> None:
        """``rows`` more (negative: fewer) in ``bucket``."""
        self.total += rows
        place = bucket + 1
        while place < len(self._tree):
            self._tree[place] += rows
            place += place & -place

    def with_end(self, rows: Sequence[int]) -> Counts:
        """The same numbers but the last one, in place of which come ``rows``."""
        found = Counts(())
        found._tree = array("q", self._tree)
        found.total = self.total
        last = len(self) - 1
        found.add(last, rows[0] - (self.total - self.before(last)))
        for number in rows[1:]:
            place = len(found._tree)
            below, lowest = place - 1, place - (place & -place)
            total = number
            while below > lowest:
                total += found._tree[below]
                below -= below & -below
            found._tree.append(total)
            found.total += number
        return found

    def find(self, offset: int) -> tuple[int, int]:
        """The bucket that the row number ``offset`` (from 0) lies in, and its number there."""
        place, step = 0, 1 << len(self).bit_length()
        while step:
            further = place + step
            if further < len(self._tree) and self._tree[further] <= offset:
                place, offset = further, offset - self._tree[further]
            step >>= 1
        return min(place, len(self) - 1), offset
