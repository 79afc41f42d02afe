"""Create and change one row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    selected: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class FormControl:
    """One field of a form as the page shows it."""

    name: str
    """WTForms' field name."""
    id: str
    label: str
    kind: str
    """text, textarea, number, checkbox, select, date, datetime, time, json, array, relation, relations, readonly."""
    value: str = ""
    """What was typed or what is stored, as text."""
    choices: tuple[Choice, ...] = ()
    """select: all; relation and relations: the chosen ones."""
    required: bool = False
    help: str = ""
    hint: str = ""
    """A fainter word beside the label: the type, the zone, set by the database."""
    errors: tuple[str, ...] = ()
    input_type: str = "text"
    step: str | None = None
    maxlength: int | None = None
    placeholder: str = ""
    lookup_url: str | None = None
    """relation, relations: where options are searched."""
    href: str | None = None
    """relation: the chosen row's page."""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class FormSummaryItem:
    """A line of the error summary: links to its field unless it concerns the whole form."""

    field_id: str | None
    label: str
    message: str


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
