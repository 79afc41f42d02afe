"""What a page shows of filters: form controls and chips, as plain data for templates."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.rendering.shell import Link


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class FilterInput:
    """One form control of a filter."""

    name: str
    """The query parameter."""
    label: str
    type: str
    """checkbox (several options of one name), select, hidden, number, date, text, lookup or where (an expression)."""
    value: str = ""
    value_label: str = ""
    """For lookup: the label of the chosen row."""
    options: tuple[Option, ...] = ()
    lookup_url: str | None = None
    step: str | None = None
    data: str = ""
    """For where: JSON of what a condition can be about."""


@dataclass(frozen=True, slots=True)
class FilterControl:
    """The controls of one column's filter."""

    name: str
    label: str
    active: bool
    summary: str
    """What it is set to, in words; empty when inactive."""
    inputs: tuple[FilterInput, ...]
    presets: tuple[Link, ...] = ()
    """One-click settings, such as today or last seven days."""
    facets_url: str | None = None
    """How many rows each value leaves; None where that is not counted."""


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter in words, with the address without it."""

    label: str
    value: str
    remove_url: str
