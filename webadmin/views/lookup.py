"""Options of a combobox, searched on the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookupOption:
    value: str
    """The row's id."""
    label: str
    hint: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class LookupPage:
    """Rendered as the inside of a listbox: ``<li role="option" data-value="…">``."""

    options: tuple[LookupOption, ...]
    q: str
    more: bool
    """There are more matches than shown."""
