"""The limits of a transaction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits of one transaction, in milliseconds."""

    statement_ms: int = 10_000
    lock_ms: int = 3_000
