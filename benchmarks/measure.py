"""Times of the pages, always beside the floor: what disturbs the machine disturbs both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from benchmarks.client import Ask, Connection

FLOOR = Ask("/floor/orders/")
_CPU = Ask("/cpu")
_WARM_UP = 30
_BLOCK = 20
_CONNECTIONS = 8


@dataclass(frozen=True)
class Timing:
    """One page's numbers; times in milliseconds."""

    p50: float
    p95: float
    cpu: float
    """Processor time of the server's process for one request."""
    per_second: float
    """Requests a second over one connection."""
    per_second_busy: float
    """Requests a second over eight connections at once."""
    bytes: int


@dataclass(frozen=True)
class Result:
    """A page and the floor that was measured in turn with it."""

    page: str
    path: str
    timing: Timing
    floor: Timing
    ratio: float
    """Median of ``page / floor`` over neighbouring requests."""

    @property
    def cpu_ratio(self) -> float:
        return self.timing.cpu / self.floor.cpu

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "cpu_ratio": self.cpu_ratio}


def measure(port: int, pages: Mapping[str, Ask], samples: int) -> list[Result]:
    """Measure each page, ``samples`` times over one connection and as often over eight.

    :param pages: what to ask for, by name.
    """
    with Connection(port) as connection:
        for _ in range(_WARM_UP):
            for ask in (FLOOR, *pages.values()):
                connection.get(ask)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for _ in range(samples):
            for name, ask in pages.items():
                times[name].append((connection.timed(FLOOR), connection.timed(ask)))
        results = []
        for name, ask in pages.items():
            ratio = statistics.median(ours / floor for floor, ours in times[name])
            floor_cpu, cpu = _cpu(connection, ask, samples)
            floor_busy, busy = _busy(port, ask, samples)
            floor = _timing([pair[0] for pair in times[name]], floor_cpu, floor_busy, connection.get(FLOOR))
            timing = _timing([pair[1] for pair in times[name]], cpu, busy, connection.get(ask))
            results.append(Result(name, ask.path, timing, floor, ratio))
        return results


def _timing(seconds: list[float], cpu: float, busy: float, body: bytes) -> Timing:
    ordered = sorted(seconds)
    return Timing(
        p50=statistics.median(ordered) * 1000,
        p95=ordered[int(len(ordered) * 0.95)] * 1000,
        cpu=cpu,
        per_second=len(ordered) / sum(ordered),
        per_second_busy=busy,
        bytes=len(body),
    )


def _cpu(connection: Connection, ask: Ask, samples: int) -> tuple[float, float]:
    """Milliseconds of processor time for a request of the floor and of ``ask``: the median of small blocks in turn."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(max(3, samples // _BLOCK)):
        marks = [int(connection.get(_CPU))]
        for one in (FLOOR, ask):
            for _ in range(_BLOCK):
                connection.get(one)
            marks.append(int(connection.get(_CPU)))
        for kept, (before, after) in zip(found, pairwise(marks), strict=True):
            kept.append((after - before) / _BLOCK / 1e6)
    return statistics.median(found[0]), statistics.median(found[1])


def _busy(port: int, ask: Ask, samples: int) -> tuple[float, float]:
    """Requests a second of the floor and of ``ask`` over eight connections, in blocks in turn."""
    blocks = 4
    each = max(5, samples // _CONNECTIONS // blocks)
    spent = {FLOOR: 0.0, ask: 0.0}
    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        connections = [Connection(port) for _ in range(_CONNECTIONS)]
        for _ in range(blocks):
            for one in spent:
                begun = time.perf_counter()
                list(threads.map(lambda connection, one=one: _repeat(connection, one, each), connections))
                spent[one] += time.perf_counter() - begun
        for connection in connections:
            connection.__exit__(None, None, None)
    requests = blocks * each * _CONNECTIONS
    return requests / spent[FLOOR], requests / spent[ask]


def _repeat(connection: Connection, ask: Ask, times: int) -> None:
    for _ in range(times):
        connection.get(ask)
