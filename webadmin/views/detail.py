"""One row, read."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.rendering.cells import Cell
from webadmin.rendering.shell import Link


@dataclass(frozen=True, slots=True)
class DetailField:
    label: str
    cell: Cell
    wide: bool
    """Long text, JSON: takes the whole width."""


@dataclass(frozen=True, slots=True)
class RelatedRow:
    label: str
    url: str | None
    cells: tuple[Cell, ...]
    deleted: bool


@dataclass(frozen=True, slots=True)
class RelatedTable:
    """The rows of a to-many relation, the first few, with a link to all."""

    name: str
    label: str
    count_text: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[RelatedRow, ...]
    all_url: str | None
    add_url: str | None


@dataclass(frozen=True, slots=True)
class DetailPage:
    key: str
    list_title: str
    list_url: str
    singular: str
    id: str
    label: str
    fields: tuple[DetailField, ...]
    related: tuple[RelatedTable, ...]
    deleted: bool
    deleted_text: str
    """When it was deleted, in words; empty for a live row."""
    edit_url: str | None
    delete_url: str | None
    restore_url: str | None
    """Posted to."""
    purge_url: str | None
    links: tuple[Link, ...] = ()
