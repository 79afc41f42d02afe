"""Create and change one row."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.forms.controls import Choice, FormControl, FormSummaryItem

__all__ = ["Choice", "FormControl", "FormPage", "FormSummaryItem"]


@dataclass(frozen=True, slots=True)
class FormPage:
    key: str
    list_title: str
    list_url: str
    singular: str
    title: str
    """The page's h1."""
    creating: bool
    id: str
    row_url: str | None
    """The detail page of the row, when it exists."""
    action_url: str
    """Where the form posts to."""
    controls: tuple[FormControl, ...]
    summary: tuple[FormSummaryItem, ...]
    delete_url: str | None
    cancel_url: str
    hidden: tuple[tuple[str, str], ...] = ()
