"""Many readers and some writers at once: nothing fails, no walk misses or repeats a row, and nobody waits unduly long."""

from __future__ import annotations

import multiprocessing
import statistics
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.client import Ask, Connection
from benchmarks.readers import Record, Shop, read
from benchmarks.report import grid
from benchmarks.walks import LIST
from benchmarks.writers import write

ROWS = 100_000
"""Orders, at least."""
_STEP = 600
_PER_PAGE = 25
_MOST_TOLD = 20
ALL = "all reads"
_WRITES = frozenset({"form", "save"})


@dataclass(frozen=True)
class Load:
    """How much is done at once, and for how many seconds."""

    seconds: float
    readers: int
    writers: int


@dataclass(frozen=True)
class Kind:
    """The times of one kind of request, in milliseconds."""

    name: str
    requests: int
    p50: float
    p95: float
    p99: float

    @property
    def ratio(self) -> float:
        return self.p99 / self.p50


@dataclass(frozen=True)
class Outcome:
    """What all of them met with."""

    kinds: Sequence[Kind]
    errors: Sequence[str]
    faults: Sequence[str]
    """Rows that a walk missed or met twice."""
    counts: Counter[str]
    """Walks, and changes by what they were."""


def measure(engine: Engine, port: int, load: Load) -> Outcome:
    """Read and write the shop of ``engine`` through the admin at ``port``, and write to its database."""
    shop = _shop(engine, port)
    with Connection(port) as connection:
        for path in ("", "?page=2", "?sort=total:desc&page=2", f"{shop.ids[0]}/", "add/"):
            connection.get(Ask(LIST + path))  # whatever starts with the first request
    # The readers' work is not to be done by the process that the writers are in.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        reading = process.submit(read, shop, load.readers, load.seconds)
        record = write(shop, load.writers, load.seconds)
        record.add(reading.result())
    return outcome(record)


def _shop(engine: Engine, port: int) -> Shop:
    with engine.connect() as connection:
        live = "FROM orders WHERE deleted_at IS NULL"
        count = connection.scalar(sa.text(f"SELECT count(*) {live}")) or 0
        ids = connection.scalars(sa.text(f"SELECT id {live} ORDER BY md5(id::text) LIMIT 4000")).all()
        step = min(_STEP, max(1, count // 4))
        fences = connection.scalars(
            sa.text(
                f"SELECT total::text FROM (SELECT total, row_number() OVER (ORDER BY total, id) AS place {live}) numbered "
                "WHERE place % :step = 1 ORDER BY place"
            ),
            {"step": step},
        ).all()
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return Shop(port, url, list(ids), list(fences), max(2, count // _PER_PAGE))


def outcome(record: Record) -> Outcome:
    """What a record comes to: the times of each kind of request, and of all reads together."""
    reads = [time for name, times in record.times.items() if name not in _WRITES for time in times]
    kinds = [_kind(name, times) for name, times in sorted(record.times.items())]
    return Outcome(
        [*kinds, _kind(ALL, reads)] if reads else kinds, record.errors, record.faults, record.counts
    )


def _kind(name: str, times: Sequence[float]) -> Kind:
    ordered = sorted(times)
    last = len(ordered) - 1
    return Kind(
        name,
        len(ordered),
        statistics.median(ordered),
        ordered[min(last, int(len(ordered) * 0.95))],
        ordered[min(last, int(len(ordered) * 0.99))],
    )


def table(found: Outcome) -> str:
    """The results as a Markdown table, then what was done and what went wrong."""
    rows = [("", "requests", "p50 ms", "p95 ms", "p99 ms", "p99 / p50")]
    rows += [
        (
            kind.name,
            f"{kind.requests:,}",
            f"{kind.p50:.1f}",
            f"{kind.p95:.1f}",
            f"{kind.p99:.1f}",
            f"{kind.ratio:.1f}",
        )
        for kind in found.kinds
    ]
    done = ", ".join(f"{name} {number:,}" for name, number in sorted(found.counts.items()))
    lines = [grid(rows), "", f"Done: {done}. Errors: {len(found.errors)}. Wrong walks: {len(found.faults)}."]
    told = Counter([*found.errors, *found.faults]).most_common(_MOST_TOLD)
    return "\n".join([*lines, *(f"  {number} × {text}" for text, number in told)])


def plain(found: Outcome) -> list[dict[str, Any]]:
    """The results for JSON: a line for each kind of request, then what was done and what went wrong."""
    kinds = [asdict(kind) | {"ratio": kind.ratio} for kind in found.kinds]
    return [
        *kinds,
        {
            "name": "outcome",
            "done": dict(found.counts),
            "errors": list(found.errors),
            "faults": list(found.faults),
        },
    ]
