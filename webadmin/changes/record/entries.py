"""Entries of the history as they are read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from webadmin.changes.record.decoding import RecordedRow
from webadmin.options.view import View


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history."""

    id: UUID
    at: dt.datetime
    person: str
    person_name: str
    own: bool
    """The person who looks at it made it."""
    kind: str
    list_key: str
    view: View | None
    """The list in which it was done, where the person may view it; else nothing of its words is shown."""
    label: str
    action: str
    reason: str
    request_id: str
    address: str
    row_count: int
    undoes: UUID | None
    undone: UUID | None = None
    """The change that took this one back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes are asked for."""

    who: str = ""
    list_key: str = ""
    kind: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    """Before this moment."""
    text: str = ""
    """In the label, the reason or an action's name; or the whole number of a request, as logs have it."""

    def fits(self, entry: Change) -> bool:
        """Whether what was said of a change holds the words that are asked for."""
        said = f"{entry.label}\n{entry.reason}\n{entry.action}".lower()
        told = self.text.lower() in said or self.text == entry.request_id
        return told and self.who.lower() in entry.person_name.lower()


@dataclass(frozen=True, slots=True)
class Moment:
    """A change in the timeline of a row, with what it did to that row."""

    change: Change
    rows: tuple[RecordedRow, ...]
