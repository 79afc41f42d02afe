"""Own changes are entered in the maps."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.listing.pagemap.conftest import Desk, Item, item
from webadmin.listing.pagemap.writes import follow


@pytest.mark.parametrize("sort", ["score", "score:desc", "at:desc", "token"])
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
