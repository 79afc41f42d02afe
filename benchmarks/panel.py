"""Pages with the closed query panel at their foot, beside the same pages where nobody may look at statements."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from benchmarks.client import Ask, Connection
from benchmarks.report import grid
from webadmin import Admin, User
from webadmin.demo.views import register

_SETTINGS = ("SET ", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
_WARM_UP = 30
_TIMES = 15
PLACES = {True: "/panel-on", False: "/panel-no"}
"""Where the server of benchmarks has the two admins: names of one length, which stand in every link."""


class _Unknowing(User):
    """Somebody who may do everything but look at statements."""

    def may(self, permission: str, key: str) -> bool:
        return permission != "explain" and super().may(permission, key)


def admin(engine: Engine, *, panel: bool) -> Admin:
    """The shop's admin, with the panel on its pages or without."""
    person = (User if panel else _Unknowing)("Ada")
    found = Admin(engine, title="Fernhill Shop", identify=lambda _request: person)
    register(found)
    return found


@dataclass(frozen=True)
class Closed:
    """One page, with the panel and without it."""

    page: str
    statements: tuple[int, int]
    p50: tuple[float, float]
    """Milliseconds."""
    ratio: float
    """Median of ``with / without`` over neighbouring requests."""
    bytes: tuple[int, int]


def measure(engine: Engine, port: int, samples: int) -> list[Closed]:
    """Measure pages of both admins at ``port`` in turn, ``samples`` times each, and count what they send."""
    with engine.connect() as connection:
        newest = connection.scalar(sa.text("SELECT max(id) FROM orders WHERE deleted_at IS NULL"))
    pages = {"list": "/orders/", "detail": f"/orders/{newest}/", "form": f"/orders/{newest}/change/"}
    sent = {panel: _sent(engine, list(pages.values()), panel=panel) for panel in PLACES}
    found = []
    with Connection(port) as connection:
        for name, path in pages.items():
            asks = {panel: Ask(place + path) for panel, place in PLACES.items()}
            for _ in range(_WARM_UP):
                for ask in asks.values():
                    connection.get(ask)
            times: list[tuple[float, float]] = []
            for number in range(samples):
                order = (True, False) if number % 2 else (False, True)
                took = {panel: connection.timed(asks[panel]) for panel in order}
                times.append((took[True], took[False]))
            with_it, without = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
            found.append(
                Closed(
                    page=name,
                    statements=(sent[True][path], sent[False][path]),
                    p50=(with_it, without),
                    ratio=statistics.median(mine / theirs for mine, theirs in times),
                    bytes=(len(connection.get(asks[True])), len(connection.get(asks[False]))),
                )
            )
    return found


def _sent(engine: Engine, paths: Sequence[str], *, panel: bool) -> dict[str, int]:
    """How many statements each page sends, once the process knows what it asks once."""
    asked = admin(engine, panel=panel)
    client = TestClient(asked, base_url="http://127.0.0.1")
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(_SETTINGS):
            seen.append(statement)

    counts = {}
    for path in paths:
        sent = []
        sa.event.listen(engine, "before_cursor_execute", note)
        for _time in range(_TIMES):
            asked.runtime.maps.wait(60)  # what is worked out behind the pages saves them a statement
            seen.clear()
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered with {answer.status_code}")
            sent.append(len(seen))
        sa.event.remove(engine, "before_cursor_execute", note)
        counts[path] = min(sent)  # others who write on the same server may cost one that is not the page's
    return counts


def table(pages: Sequence[Closed]) -> str:
    """The results as a Markdown table."""
    heads = ("panel closed", "statements", "without", "p50 ms", "without", "ratio", "kB", "without")
    lines = [
        (
            page.page,
            *map(str, page.statements),
            *(f"{time:.2f}" for time in page.p50),
            f"{page.ratio:.2f}",
            *(f"{size / 1000:.1f}" for size in page.bytes),
        )
        for page in pages
    ]
    return grid([heads, *lines])


def plain(pages: Sequence[Closed]) -> list[dict[str, Any]]:
    """The results for JSON."""
    return [asdict(page) for page in pages]
