"""Exports of all orders, beside a bare COPY of the same rows through the same server."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from benchmarks.report import grid

ROUNDS = 3
BARE = "COPY, bare"
_COPY = """
    COPY (SELECT o.number, o.customer_id, o.status, o.total,
                 (SELECT count(*) FROM order_lines l WHERE l.order_id = o.id), o.placed_at, o.note
            FROM orders o WHERE o.deleted_at IS NULL ORDER BY o.placed_at DESC, o.id DESC)
    TO STDOUT (FORMAT csv)
"""
_SHOP = "/shop/admin/orders/export/?format="
PAGES = {
    BARE: "/floor-export",
    "CSV, by the database": f"{_SHOP}csv",
}
ONCE = {"CSV with names": f"{_SHOP}csv&relations=label", "JSON lines": f"{_SHOP}jsonl"}
"""Those that pass through Python take so long that once has to do."""


@dataclass(frozen=True)
class Export:
    """One file."""

    name: str
    seconds: float
    megabytes: float
    grown_mb: float
    """By how much the process that serves it grew at most."""


def endpoint(conninfo: str) -> Any:
    """The floor: COPY with nothing around it."""

    async def bare(_request: Request) -> StreamingResponse:
        connection = await run_in_threadpool(psycopg.connect, conninfo)

        def chunks() -> Any:
            pieces: list[bytes] = []
            size = 0
            with connection, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                for row in copy:
                    pieces.append(bytes(row))
                    size += len(row)
                    if size > 64 * 1024:
                        yield b"".join(pieces)
                        pieces, size = [], 0
                yield b"".join(pieces)

        return StreamingResponse(chunks(), media_type="text/csv")

    return bare


def measure(port: int) -> list[Export]:
    """Fetch each file ``ROUNDS`` times from the server at ``port``, in turn; the medians."""
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    sizes: dict[str, int] = {}
    grown: dict[str, float] = {}
    for _round in range(ROUNDS):
        for name, path in PAGES.items():
            _fetched(port, path, name, times, sizes, grown)
    for name, path in ONCE.items():
        times[name] = []
        _fetched(port, path, name, times, sizes, grown)
    return [
        Export(name, statistics.median(found), sizes[name] / 2**20, grown[name])
        for name, found in times.items()
    ]


def _fetched(
    port: int,
    path: str,
    name: str,
    times: dict[str, list[float]],
    sizes: dict[str, int],
    grown: dict[str, float],
) -> None:
    before = _memory(port)
    begun = time.perf_counter()
    sizes[name] = _download(port, path)
    times[name].append(time.perf_counter() - begun)
    grown[name] = max(grown.get(name, 0.0), _memory(port) - before)


def _download(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered with {answer.status}")
    size = 0
    while piece := answer.read(256 * 1024):
        size += len(piece)
    connection.close()
    return size


def _memory(port: int) -> float:
    """The most memory that the server has had, in megabytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/memory")
    found = float(connection.getresponse().read())
    connection.close()
    return found


def table(exports: Sequence[Export]) -> str:
    """The results as a Markdown table."""
    bare = exports[0].seconds
    heads = ("", "seconds", "× bare COPY", "MB", "server grew by MB")
    lines = [
        (
            one.name,
            f"{one.seconds:.2f}",
            f"{one.seconds / bare:.2f}",
            f"{one.megabytes:.1f}",
            f"{one.grown_mb:.1f}",
        )
        for one in exports
    ]
    return grid([heads, *lines])


def plain(exports: Sequence[Export]) -> list[dict[str, Any]]:
    """The results for JSON."""
    return [asdict(one) for one in exports]
