"""Walks while others write."""

from __future__ import annotations

import random
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, exc
from sqlalchemy.orm import Session

from tests.listing.walks.events import Event, events_of, fill
from webadmin.listing.fragment import Fragment

ROWS = 1200
STILL = 3
"""Every third row is left alone by the writers."""


def _write(engine: Engine, seed: int, stop: threading.Event, written: list[int]) -> None:
    """Insert, move and delete rows all over the table until told to stop."""
    chance = random.Random(seed)
    fresh = ROWS + 1 + seed * 1_000_000
    while not stop.is_set():
        moving = [n for n in (chance.randrange(1, ROWS) for _ in range(8)) if n % STILL]
        values = {"kind": chance.randrange(5), "name": f"name {chance.randrange(997):03}", "weight": None}
        try:
            with engine.begin() as connection:
                connection.execute(sa.delete(Event).where(Event.id.in_(moving[:2])))
                connection.execute(sa.update(Event).where(Event.id.in_(moving[2:])).values(**values))
                # Some between the others, so that pages shift before and behind the reader.
                new = [{"id": fresh + n, **values} for n in range(3)]
                connection.execute(sa.insert(Event), new)
        except exc.DBAPIError:  # two writers chose the same rows in different orders, or the file was locked
            continue
        fresh += 3
        written.append(seed)
        stop.wait(0.002)


def _read(engine: Engine, query: str) -> list[int]:
    """The ids of a whole walk, each piece in a transaction of its own."""
    found: list[int] = []
    after: str | None = ""
    while after is not None:
        with Session(engine) as session:
            context, params = events_of(session, query)
            piece = Fragment.load(context, params.view, params.changed(after=after))
        found += [int(row.id) for row in piece.rows]
        after = piece.after
    return found


@pytest.mark.parametrize(
    "sort", ["id:desc", "at", "kind:desc,at:desc", "name,kind:desc", "weight:desc", "at:desc,id"]
)
def test_no_skip_and_no_repeat(engine: Engine, sort: str) -> None:
    """Rows that are there all the time are seen once each and in order, whatever is written meanwhile."""
    fill(engine, ROWS)
    everything = _read(engine, f"sort={sort}&per_page=200")
    assert len(everything) == ROWS
    still = [id for id in everything if id % STILL == 0]
    stop = threading.Event()
    written: list[int] = []
    writers = [threading.Thread(target=_write, args=(engine, seed, stop, written)) for seed in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        walks = [_read(engine, f"sort={sort}&per_page=20") for _ in range(2)]
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)
    assert written, "nobody wrote"
    for walk in walks:
        assert [id for id in walk if id <= ROWS and id % STILL == 0] == still
