"""Maps are kept within bounds and made beside the requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool

from tests.listing.conftest import params_of
from tests.listing.pagemap.conftest import Desk, Item, ItemView, item
from webadmin.auth.user import User
from webadmin.listing.pagemap.store import PageMaps
from webadmin.listing.pagemap.subject import subject_of


def test_the_last_connection_is_left_alone(own: Desk) -> None:
    """No map is made where the pool could not spare a connection."""
    tight = create_engine(own.engine.url, poolclass=QueuePool, pool_size=2, max_overflow=0)
    desk = Desk(tight)
    desk.mapped("sort=score&page=20")
    assert desk.maps.followed() == []
    tight.dispose()


def test_memory_is_bounded(own: Desk) -> None:
    """Maps that were not asked for longest make room for others."""
    own.maps = PageMaps(own.database, memory=9000)
    for sort in ("score", "at", "score:desc", "token"):
        own.mapped(f"sort={sort}&page=20")
    assert sum(one.map.size for one in own.maps.followed()) <= 9000
    kept = [one.subject.params.sort[0][0] for one in own.maps.followed()]
    assert kept[0] == "token"
    assert len(kept) < 4


def test_a_changed_table_has_no_map(own: Desk) -> None:
    """After a change of the schema a map is not called exact, and the next one is of the new table."""
    own.mapped("sort=score&page=20")
    own.execute(sa.text("ALTER TABLE items ADD COLUMN more int"))
    assert not own.load("sort=score&page=20").exact
    assert own.maps.wait(20)
    assert own.load("sort=score&page=20").exact
    own.execute(sa.text("TRUNCATE items"))
    assert own.load("sort=score&page=20").total == 0


def test_rows_that_depend_on_the_role_have_no_map(own: Desk) -> None:
    """Where the server itself hides rows from some, nothing is kept for others."""
    own.execute(sa.text("ALTER TABLE items ENABLE ROW LEVEL SECURITY"))
    own.mapped("sort=score&page=20")
    assert own.maps.followed() == []


def test_each_scope_has_its_own_map(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Persons who see other rows get other maps; conditions that depend on the clock get none."""
    view = own.registry.views["items"]
    params = params_of(view, "sort=score")

    def scope(_self: ItemView, stmt: sa.Select[tuple[Item]], user: User) -> sa.Select[tuple[Item]]:
        return (
            stmt.where(Item.group == int(user.name))
            if user.name != "now"
            else stmt.where(Item.at < sa.func.now())
        )

    monkeypatch.setattr(ItemView, "scope", scope)
    keys = []
    with own.context() as context:
        for name in ("1", "2", "1", "now"):
            object.__setattr__(context, "user", User(name))
            subject = subject_of(context, view, params)
            keys.append(subject.key if subject else None)
    assert keys[0] == keys[2]
    assert keys[0] != keys[1]
    assert keys[3] is None


def test_times_without_end_and_partitions(own: Desk) -> None:
    """Times that Python has not, and tables in parts, are followed like others."""
    own.execute(sa.text("UPDATE items SET at = 'infinity' WHERE id % 3 = 0"))
    own.execute(sa.text("UPDATE items SET at = '-infinity' WHERE id % 3 = 1"))
    for script in (
        "CREATE TABLE parts (LIKE items) PARTITION BY RANGE (id)",
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (90)",
        "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (90) TO (9000)",
        "INSERT INTO parts SELECT * FROM items",
        "DROP TABLE items",
        "ALTER TABLE parts RENAME TO items",
        "ALTER TABLE items ADD PRIMARY KEY (id)",
        "CREATE INDEX ON items (at, id) WHERE deleted_at IS NULL",
        "ANALYZE items",
    ):
        own.execute(sa.text(script))
    own.database.dialect.read_all_values(own.engine)
    own.engine.dispose()
    wanted = [
        n for rest in (1, 2, 0) for n in sorted((n for n in range(1, 201) if n % 3 == rest), key=_at(rest))
    ]
    own.mapped("sort=at")
    found = []
    for page in range(1, 41):
        listing = own.load(f"sort=at&page={page}")
        assert (listing.exact, listing.total) == (True, 200)
        found += [row.row.id for row in listing.rows]
    assert found == wanted
    assert len(own.maps.followed()) == 1


def _at(rest: int) -> Callable[[int], Any]:
    """The place of a row among those with as rest: by time where it has one, then by id."""
    return lambda n: (item(n)["at"] if rest == 2 else dt.datetime.min, n)
