"""What a database has counted of the writes in a table."""

from __future__ import annotations

from typing import NamedTuple


class Writes(NamedTuple):
    """Rows that were ever written in a table, as far as counted: that of a moment ago may be missing."""

    inserted: int
    changed: int
    """Updated and deleted."""
    files: str = ""
    """Names its files: others have been written since the table was emptied or rewritten as a whole."""

    def since(self, before: Writes, appended: int) -> int | None:
        """By how many rows the place of a row, or the number of all, can differ from what it was ``before``; None where
        that cannot be said.

        :param appended: so many rows more were seen at the end, where they move no other.
        """
        inserted, changed = self.inserted - before.inserted, self.changed - before.changed
        if self.files != before.files or inserted < 0 or changed < 0:
            return None
        # Rows that were moved to the end were not inserted there; each of them is among the changed ones.
        return changed + max(0, inserted - max(0, appended))
