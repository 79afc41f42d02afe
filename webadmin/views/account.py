"""One's own account: how pages look and which zone times are in."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.views.form import Choice


@dataclass(frozen=True, slots=True)
class AccountPage:
    user_name: str
    action_url: str
    themes: tuple[Choice, ...]
    densities: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    shortcuts: bool
    """Whether single-key shortcuts are on."""
    next: str
    """Own path to go back to."""
