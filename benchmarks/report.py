"""The measurements as a table for a terminal, and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure import Result, Timing

_HEADS = ("", "p50 ms", "p95 ms", "× floor", "CPU ms", "× floor", "req/s", "req/s, 8 at once", "kB")
_PACKAGES = ("sqlalchemy", "psycopg", "starlette", "jinja2", "uvicorn")


def table(results: Sequence[Result]) -> str:
    """The results as a Markdown table; its first line is the floor, over all that was measured of it."""
    floors = sorted((result.floor for result in results), key=lambda floor: floor.p50)
    lines = [_line("floor", floors[len(floors) // 2], 1.0, 1.0)]
    lines += [_line(result.page, result.timing, result.ratio, result.cpu_ratio) for result in results]
    return grid([_HEADS, *lines])


def grid(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table; the first has the heads."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    first, *rest = [_joined(row, widths) for row in rows]
    ruler = (
        "|" + "|".join("-" * (width + 1) + ("-" if not at else ":") for at, width in enumerate(widths)) + "|"
    )
    return "\n".join([first, ruler, *rest])


def _line(name: str, timing: Timing, ratio: float, cpu_ratio: float) -> tuple[str, ...]:
    return (
        name,
        f"{timing.p50:.2f}",
        f"{timing.p95:.2f}",
        f"{ratio:.1f}",
        f"{timing.cpu:.2f}",
        f"{cpu_ratio:.1f}",
        f"{timing.per_second:.0f}",
        f"{timing.per_second_busy:.0f}",
        f"{timing.bytes / 1000:.0f}",
    )


def _joined(row: Sequence[str], widths: Sequence[int]) -> str:
    first = row[0].ljust(widths[0])
    rest = [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
    return "| " + " | ".join([first, *rest]) + " |"


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        **{name: version(name) for name in _PACKAGES},
    }


def write(path: Path, results: Sequence[dict[str, Any]], about: dict[str, Any]) -> None:
    """The results and what they were measured on, as JSON."""
    content = {"about": about, "results": list(results)}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
