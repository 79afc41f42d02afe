"""What is set for a whole admin rather than for one model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from webadmin.dialects import Timeouts


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes that a request may have; sizes in bytes."""

    query: int = 16_384
    body: int = 10 * 1024 * 1024
    imported: int = 256 * 1024 * 1024
    """Of the file of an import."""
    imported_rows: int = 2_000_000
    fields: int = 5_000
    files: int = 20


@dataclass(frozen=True, slots=True)
class Settings:
    title: str = "Admin"
    language: str = "en"
    time_zone: str = "UTC"
    read_only: bool = False
    strict_loading: bool | None = None
    """Whether functions of the host's that read what is not loaded fail; None where the program is being made."""
    templates_dir: Path | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    limits: Limits = field(default_factory=Limits)
