"""On which occasion rows are changed: what the person did, where and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from webadmin.options.context import Context
from webadmin.options.view import View

Kind = Literal["create", "change", "delete", "restore", "purge", "action", "import", "undo"]
_PLACE = "webadmin.occasion"


@dataclass(slots=True)
class Occasion:
    """What the person of a request does, in terms of a history."""

    kind: Kind = "change"
    list_key: str = ""
    """The list in which it was done."""
    label: str = ""
    """What was changed, in words: the row's label, or how many rows."""
    action: str = ""
    """The label of an action of one's own."""
    reason: str = ""
    """Why, in the person's words."""
    undoes: str = ""
    """The id of the change that is taken back."""


def describe(
    context: Context,
    kind: Kind,
    view: View,
    *,
    label: str = "",
    reason: str = "",
    action: str = "",
    undoes: str = "",
) -> None:
    """Say what this request's transaction does, for its entry in the history; the last word counts."""
    context.session.info[_PLACE] = Occasion(kind, view.key, label, action, reason, undoes)


def occasion(context: Context) -> Occasion:
    """What was said with :func:`describe`, or a change that nobody described."""
    found = context.session.info.get(_PLACE)
    return found if isinstance(found, Occasion) else Occasion()
