"""A value as a page shows it: already text, with what a template needs to place it."""

from __future__ import annotations

from typing import NamedTuple


class Cell(NamedTuple):
    """One value of one row, ready to be written into a page. A tuple, since a page makes hundreds of them."""

    name: str
    """The column's name: ``data-column`` in the page."""
    kind: str
    """text, number, money, boolean, status, date, datetime, time, interval, json, array, relation, relations, uuid, binary, other."""
    text: str
    """What is shown. A ``Markup`` (search highlights, formatters that return one) is shown as it is."""
    href: str | None = None
    """Where the value leads: the row itself (identity column), the related row, a filtered list."""
    title: str | None = None
    """The whole of it on hover: full text, absolute time with zone."""
    secondary: str = ""
    """A fainter second part, such as the time of day."""
    machine: str = ""
    """The value for machines: ISO 8601 for times."""
    tone: str = ""
    """ok, warn, bad, info or empty, for states."""
    items: tuple[str, ...] = ()
    """The members of an array."""
    empty: bool = False
    """The value is null or has no members; ``text`` is then a dash."""
    deleted: bool = False
    """The related row is soft-deleted."""
    below: str = ""
    """A line under a value that leads somewhere: a piece of another text of the row, in which a search was found."""

    def linked(self, url: str) -> Cell:
        """The same cell, leading to ``url`` instead of wherever it led."""
        return Cell(self.name, "text" if self.kind == "relation" else self.kind, self.text, url, *self[4:])
