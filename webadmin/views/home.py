"""The first page: every model, with its size."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.rendering.shell import Link


@dataclass(frozen=True, slots=True)
class HomeEntry:
    label: str
    url: str
    count: int | None
    """None when the size is not known cheaply."""
    exact: bool
    count_text: str
    add_url: str | None
    read_only: bool
    facts: tuple[Link, ...] = ()
    """A few ways in: live rows, deleted rows, the newest."""


@dataclass(frozen=True, slots=True)
class HomeGroup:
    label: str
    entries: tuple[HomeEntry, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    title: str
    groups: tuple[HomeGroup, ...]
    database: str
    """The kind and version of the database, in words."""
    notes: tuple[str, ...] = ()
