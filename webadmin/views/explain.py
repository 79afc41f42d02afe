"""What the statements of a list cost."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.explain import ExplainReport


@dataclass(frozen=True, slots=True)
class ExplainPage:
    key: str
    title: str
    """The plural label of the model."""
    list_url: str
    """The list with the same query string."""
    action_url: str
    """This page with the same query string: the measurement is asked for there by POST, ``analyze=1``."""
    report: ExplainReport
