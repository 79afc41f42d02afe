"""Where the package's own files are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset_dir(name: str) -> Path:
    """The folder ``templates``, ``static`` or ``migrations``: inside the package when installed from a wheel,
    beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


TEMPLATES = asset_dir("templates")
STATIC = asset_dir("static")
MIGRATIONS = asset_dir("migrations")
