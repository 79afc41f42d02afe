"""Delete, restore and purge: the plan first, then the act."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.rendering.shell import Link


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Rows of one relation that the deletion reaches."""

    label: str
    """The model and the relation in words."""
    rule: str
    """cascade, set null, restrict, soft."""
    count: int
    count_text: str
    """``495`` or ``10,000+`` when counting stopped."""
    url: str | None
    """A list of these rows, when one can be shown."""
    examples: tuple[Link, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class DeletePage:
    key: str
    list_title: str
    list_url: str
    title: str
    """The page's h1: Delete order A-1048791?"""
    soft: bool
    """The rows are marked as deleted and can be restored."""
    purge: bool
    rows: tuple[Link, ...]
    """What was chosen (the first of them)."""
    row_count: int
    blocked: tuple[PlanLine, ...]
    deleted: tuple[PlanLine, ...]
    unlinked: tuple[PlanLine, ...]
    total_text: str
    """How many rows go in all, in words."""
    action_url: str
    """Where the confirmation posts to."""
    hidden: tuple[tuple[str, str], ...]
    """Fields that the confirmation carries: the chosen ids, the plan's fingerprint."""
    cancel_url: str
    button: str
    """The label of the confirming button; the page has none when ``blocked`` is not empty."""
