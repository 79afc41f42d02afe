"""What a database can do besides plain SQL, and how to go on without it.

A server may speak a system's language and lack some of what the system has. Each capability has the parts of a dialect that
use it; without it they do what they do for a system of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from sqlalchemy.engine import Connection

from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Capability:
    """Something that a database may be able to do."""

    name: str
    title: str
    without: str
    """What is missing where it cannot."""
    parts: tuple[str, ...] = ()
    """Attributes of a dialect."""


def capabilities() -> tuple[Capability, ...]:
    """All that are asked for or can be given up, in words of this request's language."""
    return (
        Capability(
            "estimates",
            _("Estimates from statistics"),
            _("Rows are counted, for as long as that may take; slow sorts are not told beforehand."),
            (
                "supports_statistics", "estimate_rows", "statistics", "estimate", "estimate_live_rows", "value_near",
                "inverted_indexes",
            ),
        ),
        Capability(
            "search",
            _("Search for words"),
            _("Searches compare texts of the searchable columns; a search column is not used."),
            (
                "supports_search_vector", "supports_text_index", "search_match", "search_query", "search_found", "search_rank",
                "search_marked", "search_words", "has_words", "text_index", "index_query", "index_hits",
            ),
        ),
        Capability(
            "plans",
            _("Plans of statements"),
            _("The query panel has statements and their times, and no plans."),
            ("explain", "supports_analyze"),
        ),
        Capability(
            "measuring",
            _("Measured plans"),
            _("The query panel has plans by estimates alone."),
            ("supports_analyze",),
        ),
        Capability(
            "copy",
            _("Files by the server itself"),
            _("Exports and imports go row by row, several times slower."),
            ("copies", "copy_csv", "pack_staged"),
        ),
        Capability(
            "cursors",
            _("Cursors of the server"),
            _("Long exports are held in memory."),
        ),
        Capability(
            "advisory_locks",
            _("Locks by name"),
            _("Two imports into one list at the same time wait for each other's rows."),
            ("hold",),
        ),
        Capability(
            "generated_columns",
            _("Generated columns"),
            _("webadmin.alembic.add_search_vector does not work; keep the search column by a trigger."),
        ),
        Capability(
            "snapshots",
            _("Snapshots that can be named"),
            _("Exact totals and far pages are worked out anew more often; an export is not of one moment."),
            ("supports_snapshots", "freeze", "snapshot", "same_data", "table_facts", "own_writes", "moment"),
        ),
        Capability(
            "lateral",
            _("Subqueries for each row"),
            _("Pages in the middle of a list sorted both ways take longer."),
            ("supports_lateral",),
        ),
        Capability(
            "row_locks",
            _("Locks on rows"),
            _("Of two changes to one row at the same moment, the later may be refused."),
            ("supports_row_locks",),
        ),
        Capability(
            "writing_ctes",
            _("Several changes in one statement"),
            _("What is written into the history takes a statement or two more."),
            ("supports_writing_ctes", "row_before"),
        ),
    )  # fmt: skip


NAMES = tuple(one.name for one in capabilities())


class Capable:
    """The part of a dialect that knows what its server can do."""

    questions: Mapping[str, str] = {}
    """Statements that work where a capability is there."""
    given_up: frozenset[str] = frozenset()
    """Names of capabilities that are not there, or not to be used."""
    portable: type[Any]
    """The dialect of systems of which nothing is known."""

    def lacking(self, connection: Connection) -> frozenset[str]:
        """The capabilities that the server at ``connection``, in which nothing has begun, does not have."""
        return frozenset()

    def has(self, capability: Capability) -> bool:
        """Whether it is used here."""
        if capability.name in self.given_up:
            return False
        if not capability.parts:
            return capability.name in self.questions
        own = [part for part in capability.parts if part not in vars(self)]
        return any(getattr(type(self), part) != getattr(self.portable, part) for part in own)

    def give_up(self, names: Collection[str]) -> None:
        """Do without the capabilities of these names from now on. Raises ValueError for one that there is not."""
        if unknown := set(names) - set(NAMES):
            raise ValueError(
                f"there is no capability {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}"
            )
        for one in capabilities():
            if one.name not in names:
                continue
            for part in one.parts:
                value: Any = getattr(self.portable, part)
                setattr(self, part, value.__get__(self) if isinstance(value, FunctionType) else value)
        self.given_up |= frozenset(names)
