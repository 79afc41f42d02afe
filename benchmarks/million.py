"""Pages of a million orders, beside the floor and beside other admins on the same database, in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.client import Ask, Connection
from benchmarks.measure import FLOOR
from benchmarks.peers import PEERS, running
from benchmarks.report import grid

ROWS = 1_000_000
_ORDERS = "/shop/admin/orders/"
_LIMIT = 60.0  # seconds that one request may take
_WARM = 90.0  # seconds in which page maps have to be there
OURS = "webadmin"
PAGES = {
    "page 1": "",
    "page 20000": "?page=20000",
    "last page": "?page=last",
    "by total": "?sort=total:desc",
    "by total, page 20000": "?sort=total:desc&page=20000",
    "few filtered": "?status=paid",
    "most filtered": "?status=delivered",
    "by channel": "?channel=phone",
    "most filtered, page 20000": "?status=delivered&page=20000",
    "common word": "?q=customer",
    "rare word": "?q=A-1900042",
}
_MAPPED = ("page 20000", "last page", "by total, page 20000", "most filtered, page 20000", "by channel")


@dataclass(frozen=True)
class Page:
    """The times of one page, in milliseconds, by who served it."""

    name: str
    cold: float
    """Ours when nobody had asked for the list before."""
    p50: Mapping[str, float]
    p95: Mapping[str, float]


def measure(engine: Engine, port: int, samples: int, peer_samples: int) -> list[Page]:
    """Measure the pages of webadmin at ``port`` beside the floor there and all peers.

    :param samples: requests for each of our pages, in turn with as many of the floor's.
    :param peer_samples: requests for each page of a peer.
    """
    url = engine.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        ours = stack.enter_context(Connection(port, _LIMIT))
        ours.get(Ask(_ORDERS + "?per_page=25"))  # whatever starts with the first request
        asks = {name: Ask(_ORDERS + query) for name, query in PAGES.items()}
        cold = {name: ours.timed(ask) * 1000 for name, ask in asks.items()}
        _wait_for_maps(ours, asks)
        asks["scrolled"] = _deep_piece(engine, ours)
        asks["summary"] = Ask(_ORDERS + "summary/?status=paid")
        times: dict[str, dict[str, list[float]]] = {name: {OURS: [], "floor": []} for name in asks}
        for _ in range(samples):
            for name, ask in asks.items():
                times[name]["floor"].append(ours.timed(FLOOR))
                times[name][OURS].append(ours.timed(ask))
        for peer in PEERS:
            with running(peer, url) as peer_port, Connection(peer_port, _LIMIT) as connection:
                for name, path in peer.paths.items():
                    found = [connection.timed(Ask(path)) for _ in range(peer_samples + 1)]
                    times[name][peer.name] = found[1:]
    return [
        Page(
            name,
            cold.get(name, 0.0),
            {who: statistics.median(found) * 1000 for who, found in by_who.items()},
            {who: sorted(found)[int(len(found) * 0.95)] * 1000 for who, found in by_who.items()},
        )
        for name, by_who in times.items()
    ]


def _wait_for_maps(connection: Connection, asks: Mapping[str, Ask]) -> None:
    """Until every deep page is known to be in its right place."""
    until = time.monotonic() + _WARM
    for name in _MAPPED:
        while b"data-about" in connection.get(asks[name]) and time.monotonic() < until:
            time.sleep(0.5)


def _deep_piece(engine: Engine, connection: Connection) -> Ask:
    """A piece of rows in the middle of the list, as scrolling gets there."""
    with engine.connect() as database:
        middle = database.scalar(
            sa.text("SELECT placed_at FROM orders ORDER BY placed_at DESC OFFSET 500000 LIMIT 1")
        )
    assert middle is not None
    path = f"{_ORDERS}rows?placed_at.lt={middle:%Y-%m-%d}"
    return Ask(path)


def table(pages: Sequence[Page]) -> str:
    """The results as a Markdown table: ours against the floor and our own first page, peers against ours."""
    first = pages[0].p50[OURS]
    peers = [peer.name for peer in PEERS]
    heads = ("", "cold ms", "p50 ms", "p95 ms", "× floor", "× page 1", *peers, "fastest of them ×")
    rows = []
    for page in pages:
        ours = page.p50[OURS]
        theirs = [page.p50.get(name) for name in peers]
        known = [value for value in theirs if value is not None]
        rows.append(
            (
                page.name,
                f"{page.cold:.0f}" if page.cold else "",
                f"{ours:.2f}",
                f"{page.p95[OURS]:.2f}",
                f"{ours / page.p50['floor']:.1f}",
                f"{ours / first:.2f}",
                *("" if value is None else f"{value:.0f}" for value in theirs),
                f"{min(known) / ours:.0f}" if known else "",
            )
        )
    return grid([heads, *rows])


def plain(pages: Sequence[Page]) -> list[dict[str, object]]:
    """The results for JSON."""
    return [asdict(page) for page in pages]
