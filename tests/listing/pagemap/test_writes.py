"""Own changes are entered in the maps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from tests.listing.conftest import params_of
from tests.listing.pagemap.conftest import Desk, Item, item
from webadmin.explain.capture import capture
from webadmin.listing.listing import Listing
from webadmin.listing.pagemap import store
from webadmin.listing.pagemap.build import Builder
from webadmin.listing.pagemap.writes import follow


@pytest.mark.parametrize("sort", ["score", "score:desc", "at:desc", "token", "group,at:desc"])
def test_pages_stay_exact(own: Desk, sort: str) -> None:
    """After rows were added, changed and deleted through the admin, totals and places are exact without a new map."""
    own.mapped(f"sort={sort}&page=20")
    made = own.maps.followed()[0].map
    own.change("insert", 301, item(301))
    own.change("insert", 305, item(305))
    own.change("update", 40, {"score": 3})
    own.change("update", 41, {"score": None})
    own.change("delete", 7, {})
    own.change("soft", 8, {"deleted_at": item(1)["at"].replace(tzinfo=None)})
    found = []
    for page in range(1, 42):
        listing = own.load(f"sort={sort}&page={page}")
        assert (listing.total, listing.exact, listing.place_exact) == (200, True, True)
        found += [row.row.id for row in listing.rows][: 5 if page < 41 else 0]
    assert len(set(found)) == 200
    assert own.maps.followed()[0].map is made


def test_order_that_only_the_database_knows(own: Desk) -> None:
    """Where the place of a text in its collation would have to be known, the page is not called exact."""
    own.mapped("sort=name&page=20")
    own.change("update", 40, {"name": "zz"})
    assert not own.load("sort=name&page=20").exact


def test_rows_written_otherwise(own: Desk) -> None:
    """A statement beside the session's own changes makes the page not exact."""
    own.mapped("sort=id&page=20")
    with own.context(read_only=False) as context:
        follow(own.maps, context)
        context.session.get_one(Item, 3).score = 99
        context.session.execute(sa.delete(Item).where(Item.id == 1))
        context.session.commit()
    assert not own.load("sort=id&page=20").exact


def test_what_is_rolled_back_is_not_entered(own: Desk) -> None:
    """A change that was refused, or never committed, is in no map."""
    own.mapped("sort=id&page=20")
    with own.context(read_only=False) as context:
        follow(own.maps, context)
        context.session.add(Item(**item(500)))
        context.session.flush()
    page = own.load("sort=id&page=20")
    assert page.total == 200
    own.change("insert", 501, item(501))
    own.maps.wait(20)
    assert own.mapped("sort=id&page=20").total == 201


def test_filters_are_asked_of_the_row(own: Desk) -> None:
    """A row that leaves one filtered list and enters another is taken from the one and added to the other."""
    own.mapped("group=1&sort=score&page=3")
    own.mapped("group=2&sort=score&page=3")
    own.change("update", 1, {"group": 2})
    for group, total in ((1, 66), (2, 68)):
        listing = own.load(f"group={group}&sort=score&page=3")
        assert (listing.total, listing.exact) == (total, True)


def test_rows_appended_by_others(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While others append rows and no new map is due, the end is counted again: deep pages are where they belong, in
    either direction, and are called about, within the rows that were written elsewhere."""
    for sort in ("at", "at:desc"):
        own.mapped(f"sort={sort}&page=20")
    for entry in own.maps._entries.values():
        entry.anew = float("inf")
    one = own.maps.followed()[0].map
    _count_others(own, *[sa.insert(Item).values(_late(number)) for number in range(301, 331)])
    own.load("sort=at:desc&page=20")
    assert own.maps.wait(20)
    wanted = [*sorted(range(1, 201), key=lambda number: item(number)["at"]), *range(301, 331)]
    deep = own.load("sort=at:desc&page=20")
    assert [row.row.id for row in deep.rows] == wanted[::-1][95:100]
    assert (deep.total, deep.exact, deep.place_exact, deep.within) == (230, False, False, 0)
    own.load("sort=at&page=20")
    assert own.maps.wait(20)
    assert [row.row.id for row in own.load("sort=at&page=44").rows] == wanted[215:220]
    assert own.maps.followed() == [], "a map of which only the end was counted again is not right for certain"
    assert one.total == 200, "whoever reads by the old one is not disturbed"
    _count_others(own, sa.delete(Item).where(Item.id.in_([3, 4, 5])), sa.insert(Item).values(item(250)))
    own.load("sort=at:desc&page=20")
    assert own.maps.wait(20)
    monkeypatch.setattr(store, "_FRESH", 0.0)
    assert own.load("sort=at:desc&page=20").within == 4
    view = own.registry.views["items"]
    with own.context() as context, capture(context.session) as sent:
        page = Listing.load(context, view, params_of(view, "sort=at:desc&page=20"))
    assert (page.within, len(sent)) == (4, 2)
    assert own.maps.wait(20)
    own.execute(sa.text("TRUNCATE items"))
    assert own.load("sort=at:desc").within is None


def _late(number: int) -> dict[str, Any]:
    """A row behind all others."""
    return item(number, at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC) + dt.timedelta(hours=number))


def _count_others(desk: Desk, *stmts: Any) -> None:
    """Let somebody else run ``stmts``, and the server count what they wrote."""
    with desk.engine.connect() as connection:
        for stmt in stmts:
            connection.execute(stmt)
        connection.commit()
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        connection.commit()


def test_a_steady_writer_keeps_no_thread_busy(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often pages ask for a new map, it is made anew only when that is due; its end is kept up."""
    own.mapped("sort=at&page=20")
    for entry in own.maps._entries.values():
        entry.anew = float("inf")
    made: list[Any] = []
    wanted = sorted(range(1, 201), key=lambda number: item(number)["at"])
    build_map = Builder.build
    monkeypatch.setattr(Builder, "build", lambda builder: made.append(1) or build_map(builder))
    for number in range(401, 421):
        own.execute(sa.insert(Item).values(_late(number)))
        page = own.load("sort=at&page=20")
        assert not page.exact
        assert [row.row.id for row in page.rows] == wanted[95:100]
        assert own.maps.wait(20)
    assert not made
    for entry in own.maps._entries.values():
        entry.anew = 0.0
    again = own.mapped("sort=at&page=20")
    assert (again.exact, again.total, len(made)) == (True, 220, 1)


def test_values_that_no_row_had(own: Desk) -> None:
    """In an order of mixed directions a row with a new first value is nowhere in the map: the page is not called exact, and
    the next map has it."""
    own.mapped("sort=group,at:desc&page=20")
    own.change("update", 40, {"group": 7})
    assert not own.load("sort=group,at:desc&page=20").exact
    assert own.maps.wait(20)
    last = own.load("sort=group,at:desc&page=last")
    assert (last.rows[-1].row.id, last.total, last.exact) == (40, 200, True)
