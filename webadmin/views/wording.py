"""Numbers of rows in words."""

from __future__ import annotations

from webadmin.options.view import View
from webadmin.text import format_count


def counted(view: View, count: int) -> str:
    """``1 order``, ``12 orders``."""
    name = view.name if count == 1 else view.name_plural
    return f"{format_count(count)} {name.lower()}"
