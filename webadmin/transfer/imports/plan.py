"""What an import would do, and what it has done. Plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from webadmin.database.keys import Key
from webadmin.errors import Conflict
from webadmin.transfer.imports.asked import Problem

SAMPLES = 10
"""Rows of each sort that a preview shows."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A row that would come into being or change."""

    row: int
    """Its number in the file."""
    key: Key | None
    """Of the row that is there; None for a new one."""
    values: Mapping[str, tuple[Any, Any]]
    """Old and new value by target: of a new row all of them, with None for old; of a changed one those that differ. Of a relation the
    key, or the value of the column that the file names rows by."""


@dataclass(slots=True)
class Preview:
    """What an import would do; all counts are exact."""

    total: int = 0
    """Rows in the file."""
    new: int = 0
    changed: int = 0
    same: int = 0
    failed: int = 0
    """Rows that cannot be taken, each counted once however much is wrong with it."""
    missing: int = 0
    """Rows of the view that the file has not, where these are to be deleted; else 0."""
    unkeyed: int = 0
    """Rows of the file that failed because nobody can tell which row is meant. While there are any, none is deleted as missing."""
    fingerprint: str = ""
    """Another one when anything of this would come out differently, also when a row that changes has other old values."""
    new_samples: list[Sample] = field(default_factory=list)
    changed_samples: list[Sample] = field(default_factory=list)
    problem_counts: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many cells, by target (empty for whole rows) and kind."""
    read_problems: Callable[[], Iterator[Problem]] = field(default=lambda: iter(()), repr=False)

    def problems(self) -> Iterator[Problem]:
        """What is wrong, in the order of the file; can be read as long as the transaction lasts, in constant memory."""
        return self.read_problems()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import has done."""

    inserted: int = 0
    updated: int = 0
    same: int = 0
    deleted: int = 0
    failed: int = 0
    """Rows that were left out."""
    change_id: str | None = None
    """The change in the history; None where nothing changed or nothing is written down."""


class Moved(Conflict):
    """Something has changed since the preview was shown; ``preview`` is what would happen now. Its problems can be read as long as the
    transaction lasts. Nothing was written."""

    title = "Look again"

    def __init__(self, message: str, preview: Preview) -> None:
        super().__init__(message)
        self.preview = preview
