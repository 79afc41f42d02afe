"""The page of an error: what was wrong, what is allowed, how to go on."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.errors import WrongField


@dataclass(frozen=True, slots=True)
class ErrorPage:
    status: int
    title: str
    message: str
    link: str | None
    link_label: str | None
    retry_after: int | None
    """Seconds after which the same request may work."""
    request_id: str
    fields: tuple[WrongField, ...] = ()
    """What can be put right on this page and sent again, to ``action`` with ``hidden`` beside it."""
    action: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
