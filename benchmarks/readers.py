"""The readers of ``scripts/bench --concurrency``: many people at once, in a process of their own."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from benchmarks.client import Connection
from benchmarks.walks import LIST, courses, walk

_LIMIT = 60.0  # seconds that a part of an answer may take


@dataclass(frozen=True)
class Shop:
    """Where the shop is and what is in it."""

    port: int
    url: str
    """The database, as its driver takes it."""
    ids: Sequence[int]
    """Some orders."""
    fences: Sequence[str]
    """Totals that cut the orders into pieces."""
    pages: int


@dataclass
class Record:
    """What some clients met with."""

    times: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds by kind of request."""
    errors: list[str] = field(default_factory=list)
    """Answers of 400 or more, and exceptions."""
    faults: list[str] = field(default_factory=list)
    """Rows met twice, or not at all."""
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Record) -> None:
        """Put another one's findings to these."""
        for name, times in other.times.items():
            self.times.setdefault(name, []).extend(times)
        self.errors += other.errors
        self.faults += other.faults
        self.counts += other.counts


class Client:
    """Somebody at a browser, who keeps a record.

    :param until: when to stop, on the monotonic clock.
    """

    def __init__(self, shop: Shop, until: float) -> None:
        self.shop, self.until, self.record = shop, until, Record()
        self.connection = Connection(shop.port, _LIMIT)

    def ask(self, kind: str, path: str, fields: Mapping[str, list[str]] | None = None) -> tuple[str, bytes]:
        """Where the answer leads and what it says, recorded as one of ``kind``. Raises RuntimeError for a refusal."""
        begun = time.perf_counter()
        found = self.connection.answer(path, fields)
        self.record.times.setdefault(kind, []).append((time.perf_counter() - begun) * 1000)
        if found.status >= 400:
            raise RuntimeError(f"{path} answered with {found.status}")
        return found.location, found.body

    def repeat(self, act: Callable[[], None]) -> Record:
        """Do ``act`` until it is time; what goes wrong is written down, and the next one begins."""
        while time.monotonic() < self.until:
            try:
                act()
            except Exception as error:
                self.record.errors.append(f"{type(error).__name__}: {error}")
                if not isinstance(error, RuntimeError):
                    self.connection.close()
                    self.connection = Connection(self.shop.port, _LIMIT)
        self.connection.close()
        return self.record


class _Reader(Client):
    def act(self) -> None:
        """One page, or one walk."""
        acts: dict[str, tuple[int, str]] = {
            "page 1": (4, ""),
            "deep page": (3, f"?page={random.randint(2, self.shop.pages)}"),
            "last page": (1, "?page=last"),
            "by total, deep page": (3, f"?sort=total:desc&page={random.randint(2, self.shop.pages)}"),
            "filtered": (3, f"?status=paid&total.gte={random.randint(10, 500)}"),
            "filtered, deep page": (1, f"?status=delivered&page={random.randint(2, self.shop.pages // 2)}"),
            "conditions": (1, f"?where=(status:sent|channel:phone);total.gte:{random.randint(10, 500)}"),
            "common word": (1, "?q=customer"),
            "rare word": (2, f"?q=A-{1_000_001 + random.choice(self.shop.ids)}"),
            "summary": (1, "summary/?status=paid"),
            "detail": (4, f"{random.choice(self.shop.ids)}/"),
            "walk": (2, ""),
        }
        kind = random.choices(list(acts), [weight for weight, _path in acts.values()])[0]
        if kind == "walk":
            self._walk()
        else:
            self.ask(kind, LIST + acts[kind][1])

    def _walk(self) -> None:
        course = random.choice(courses(self.shop.fences))
        with psycopg.connect(self.shop.url, autocommit=True) as database:
            self.record.faults += walk(database, course, lambda url: self.ask("rows", url)[1])
        self.record.counts["walks"] += 1


def together(people: Sequence[tuple[Client, Callable[[], None]]]) -> Record:
    """What all of them meet with, each in a thread."""
    threads = [threading.Thread(target=client.repeat, args=(act,)) for client, act in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Record()
    for client, _act in people:
        found.add(client.record)
    return found


def read(shop: Shop, readers: int, seconds: float) -> Record:
    """Read for so long; to be called in a process of its own, beside the server's."""
    until = time.monotonic() + seconds
    people = [_Reader(shop, until) for _ in range(readers)]
    return together([(reader, reader.act) for reader in people])
