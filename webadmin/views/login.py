"""Logging in and out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoginPage:
    title: str
    action_url: str
    next: str
    """Own path to go on to."""
    message: str
    """What went wrong with the last try, or empty."""
    help: str
    """How to get a token."""
