"""What is set for a whole admin rather than for one model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from webadmin.dialects import Timeouts

IMPORTED = 256 * 1024 * 1024
IMPORTED_ROWS = 2_000_000
"""How large the file of an import may be where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes that a request may have; sizes in bytes."""

    query: int = 16_384
    body: int = 10 * 1024 * 1024
    imported: int = IMPORTED
    """Of the file of an import."""
    imported_rows: int = IMPORTED_ROWS
    fields: int = 5_000
    files: int = 20


@dataclass(frozen=True, slots=True)
class Settings:
    title: str = "Admin"
    language: str = "en"
    time_zone: str = "UTC"
    read_only: bool = False
    make_indexes: bool = False
    """People with the right ``@indexes`` may have proposed indexes made."""
    strict_loading: bool | None = None
    """Whether functions of the host's that read what is not loaded fail; None where the program is being made."""
    templates_dir: Path | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    limits: Limits = field(default_factory=Limits)
