"""What of a view makes webadmin send a statement, for the panel that shows the statements of a page.

A function that sends statements says so by a mark on its code. Nothing is called or kept for it while pages are made:
only who looks at the statements of a page, looks for marks on the stack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a function sends statements."""

    options: tuple[str, ...]
    """Options of the view, ``column_filters``; of those that a page may do without, whoever shows the cause leaves out what
    was not asked for."""
    label: Callable[[], str] | None = None
    """What its statements are called where they do not say so themselves."""


CAUSES: dict[CodeType, Cause] = {}
"""The marks, by the code of the function."""


def caused_by(*options: str, label: Callable[[], str] | None = None) -> Callable[[F], F]:
    """Mark a function: the statements that it sends, or has sent, are there because of these options."""

    def mark(function: F) -> F:
        CAUSES[function.__code__] = Cause(options, label)
        return function

    return mark
