"""Actions of one's own over chosen rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

_Method = TypeVar("_Method", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """What ``@action`` was given."""

    name: str
    label: str
    confirmation: str
    method: str
    """The name of the method on the view."""


def action(
    name: str | None = None, label: str | None = None, confirmation: str = ""
) -> Callable[[_Method], _Method]:
    """Make a method of a ``ModelView`` an action over chosen rows.

    ``def mark_paid(self, rows, request)`` gets the chosen rows, loaded and locked, inside the transaction; it changes
    them and may return a sentence for the next page. It runs by POST only, after a page that shows the rows, and takes
    the permission ``action:NAME``.

    :param name: place in the address; by default the method's name.
    :param label: on the button; by default the name in words.
    :param confirmation: a sentence on the page that asks before.
    """

    def mark(method: _Method) -> _Method:
        own = name or method.__name__.replace("_", "-")
        words = label or own.replace("-", " ").replace("_", " ").capitalize()
        info = ActionInfo(own, words, confirmation, method.__name__)
        method._webadmin_action = info  # type: ignore[attr-defined]
        return method

    return mark


def actions_of(options: Any) -> dict[str, ActionInfo]:
    """The actions of a view, by name, in the order of their definition."""
    found: dict[str, ActionInfo] = {}
    for cls in reversed(type(options).__mro__):
        for value in vars(cls).values():
            info = getattr(value, "_webadmin_action", None)
            if isinstance(info, ActionInfo):
                found[info.name] = info
    return found
