"""Saved views and settings as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webadmin.options.view import View

SWITCHES: dict[str, tuple[str, ...]] = {
    "density": ("comfortable", "compact"),
    "scroll": ("off", "on"),
}
"""What can be switched for one list, with its positions; the first is the default."""

_MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class SavedView:
    """A query string of a list, under a name."""

    id: str
    name: str
    query: str
    """Canonical, without question mark; empty for the plain list."""
    own: bool = True
    """It belongs to the person who asks."""
    shared: bool = False
    """Everybody who may view the list sees it."""
    owner: str = ""
    """Whose it is, in words."""


@dataclass(frozen=True, slots=True)
class ListSettings:
    """What a person has a list show when its address says nothing else."""

    columns: tuple[str, ...] = ()
    """Empty for the view's own."""
    per_page: int = 0
    """0 for the view's own."""
    switches: Mapping[str, str] = field(default_factory=dict)
    """Positions that the person has chosen."""
    default: str = ""
    """The id of the saved view that the list's bare address shows."""
    order: tuple[str, ...] = ()
    """Ids of saved views as the person has put them; others come after."""

    def switch(self, name: str) -> str:
        """The position of a switch."""
        return self.switches.get(name) or SWITCHES[name][0]

    def fitting(self, view: View) -> ListSettings:
        """The same without what ``view`` does not have any more."""
        columns = tuple(name for name in self.columns if name in view.all_columns)
        if columns == tuple(column.name for column in view.list_columns):
            columns = ()
        per_page = self.per_page if 1 <= self.per_page <= max(view.page_sizes) else 0
        return ListSettings(
            columns, 0 if per_page == view.page_size else per_page, self.switches, self.default, self.order
        )

    def content(self) -> dict[str, Any]:
        """As JSON can hold it; nothing for what is not set."""
        found = {
            "columns": list(self.columns),
            "per_page": self.per_page,
            "switches": dict(self.switches),
            "default": self.default,
            "order": list(self.order),
        }
        return {name: value for name, value in found.items() if value}

    @classmethod
    def of(cls, content: Any) -> ListSettings:
        """From :meth:`content`; whatever cannot be read counts as not set."""
        if not isinstance(content, dict):
            return cls()
        per_page, default = content.get("per_page"), content.get("default")
        switches = content.get("switches")
        return cls(
            columns=_names(content.get("columns")),
            per_page=per_page if isinstance(per_page, int) else 0,
            switches={
                name: value
                for name, value in (switches if isinstance(switches, dict) else {}).items()
                if value in SWITCHES.get(name, ())
            },
            default=default if isinstance(default, str) else "",
            order=_names(content.get("order")),
        )


def _names(given: Any) -> tuple[str, ...]:
    return (
        tuple(filter(lambda name: isinstance(name, str), given))[:_MOST_NAMES]
        if isinstance(given, list)
        else ()
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """All that a person has of one list."""

    views: tuple[SavedView, ...] = ()
    """In the person's order."""
    settings: ListSettings = field(default_factory=ListSettings)

    @classmethod
    def ordered(cls, views: Sequence[SavedView], settings: ListSettings) -> Kept:
        """``views`` come oldest first and are put in the person's order."""
        places = {id: place for place, id in enumerate(settings.order)}
        return cls(tuple(sorted(views, key=lambda view: places.get(view.id, len(places)))), settings)

    def find(self, id: str) -> SavedView | None:
        return next((view for view in self.views if view.id == id), None) if id else None

    @property
    def default(self) -> SavedView | None:
        """The view that the list's bare address shows."""
        return self.find(self.settings.default)


NOTHING = Kept()
