"""Pages found by a map are the pages of the list, whenever the map says that it is right."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.listing.pagemap.conftest import Desk, Item, item
from webadmin.listing.listing import ListedRow
from webadmin.listing.pagemap.tree import IdList, PageMap

SORTS = [
    "id", "id:desc", "score", "score:desc", "name", "name:desc", "at", "token:desc", "score,name", "group:asc,at:desc",
    "group:desc,at:asc", "name,token:desc",
]  # fmt: skip


def expected(desk: Desk, sort: str, rows: list[dict[str, Any]]) -> list[int]:
    """The ids of the live rows in the list's order."""
    found = [row for row in rows if row["deleted_at"] is None]
    high = desk.database.dialect.nulls_sort_high
    ways = [(part.partition(":")[0], part.endswith(":desc")) for part in sort.split(",")]
    for name, down in reversed([*ways, ("id", ways[-1][1])]):
        found.sort(
            key=lambda row: ((row[name] is None) is high, 0 if row[name] is None else row[name]),
            reverse=down,
        )
    return [row["id"] for row in found]


@pytest.mark.parametrize("sort", SORTS)
def test_every_page_is_found(desk: Desk, sort: str) -> None:
    """With a map, every page of every order holds its rows, in both directions and with missing values."""
    wanted = expected(desk, sort, [item(number) for number in range(1, 201)])
    first = desk.mapped(f"sort={sort}")
    assert (first.total, first.exact, first.pages) == (200, True, 40)
    for page in [*range(1, 41), 99]:
        listing = desk.load(f"sort={sort}&page={page}")
        start = (min(page, 40) - 1) * 5
        assert [row.row.id for row in listing.rows] == wanted[start : start + 5]
        assert (listing.exact, listing.place_exact, listing.first_row) == (True, True, start + 1)


def test_kinds_of_maps(desk: Desk) -> None:
    """An order with an index has fences; one without keeps the ids."""
    desk.mapped("sort=name")
    desk.mapped("sort=score,name")
    desk.mapped("sort=group,at:desc")
    assert [type(entry.map) for entry in desk.maps._entries.values()] == [PageMap, IdList, PageMap]


def test_keys_of_two_parts(desk: Desk) -> None:
    """A key of several parts is followed part by part."""
    desk.mapped(key="pairs")
    found = [row.id for page in range(1, 13) for row in desk.load(f"page={page}", "pairs").rows]
    assert found == [f"l{left},{n}" for left in range(4) for n in range(60) if n % 4 == left]


def test_writes_of_others_are_noticed(desk: Desk) -> None:
    """After a write by somebody else a page is not called exact, until the map has been made again."""
    desk.mapped("sort=id&page=20")
    desk.execute(sa.delete(Item).where(Item.id == 1))
    desk.maps.wait(20)
    stale = desk.load("sort=id&page=20")
    assert not stale.exact
    assert not stale.place_exact
    assert desk.maps.wait(20)
    again = desk.load("sort=id&page=20")
    assert (again.exact, again.total, again.rows[0].row.id) == (True, 199, 97)


def test_filters_have_maps_of_their_own(desk: Desk) -> None:
    """The map of a filtered list is not that of another."""
    assert desk.mapped("group=1&sort=score").total == 67
    assert desk.mapped("group=2&sort=score").total == 67
    assert desk.mapped("group=0&sort=score").total == 66
    assert [row.row.group for row in desk.load("group=2&sort=score&page=7").rows] == [2] * 5


@pytest.mark.parametrize(
    "query", ["q=n&sort=score:desc", "q=n1", "per=group&top=20&sort=at", "latest_per=name"]
)
def test_deep_pages_of_searches_and_groups(desk: Desk, query: str) -> None:
    """Behind its first pages, a search or the first rows of groups are read by the keys of all their rows."""
    every = [row.row.id for page in range(1, 41) for row in _unmapped(desk, f"{query}&page={page}")]
    wanted = list(dict.fromkeys(every))
    first = desk.load(query)
    assert not desk.maps._entries, "the first page asks for no map"
    assert desk.mapped(f"{query}&page=4").exact
    assert [type(entry.map) for entry in desk.maps._entries.values()] == [IdList]
    for page in [3, 4, 5, "last"]:
        listing = desk.load(f"{query}&page={page}")
        assert (listing.total, listing.exact, listing.place_exact) == (len(wanted), True, True)
        start = listing.first_row - 1
        assert [row.row.id for row in listing.rows] == wanted[start : start + 5]
    assert first.total == len(wanted)
    for entry in desk.maps._entries.values():
        entry.anew = float("inf")
    desk.execute(sa.delete(Item).where(Item.id.in_(wanted[:2])))
    stale = desk.load(f"{query}&page=4")
    assert not stale.exact
    assert not stale.place_exact


def _unmapped(desk: Desk, query: str) -> tuple[ListedRow, ...]:
    maps, desk.maps = desk.maps, None  # type: ignore[assignment]
    try:
        return desk.load(query).rows
    finally:
        desk.maps = maps


ACTIONS = st.sampled_from(
    ["insert", "append", "update", "delete", "soft", "restore", "read", "read", "settle", "mend"]
)
"""Of which the writing ones are done by others, through the admin, or through an admin in another process."""


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            ACTIONS,
            st.integers(0, 400),
            st.sampled_from(SORTS),
            st.integers(0, 45),
            st.sampled_from(["others", "own", "elsewhere"]),
        ),
        max_size=40,
    )
)
def test_exact_means_exact(desk: Desk, steps: list[tuple[str, int, str, int, str]]) -> None:
    """Whatever happens between two reads, a page that is called exact is, and so is a total; in every process."""
    elsewhere = Desk(desk.engine)
    try:
        _take(desk, elsewhere, steps)
    finally:
        elsewhere.maps.close()


def _take(desk: Desk, elsewhere: Desk, steps: list[tuple[str, int, str, int, str]]) -> None:
    rows = {number: item(number) for number in range(1, 201)}
    with desk.engine.begin() as connection:
        connection.execute(sa.delete(Item))
        connection.execute(sa.insert(Item), list(rows.values()))
    for action, number, sort, page, who in steps:
        reader = elsewhere if who == "elsewhere" else desk
        if action == "read":
            check(reader, sort, page, list(rows.values()))
        elif action == "settle":
            reader.mapped(f"sort={sort}")
        elif action == "mend":
            for entry in reader.maps._entries.values():
                entry.anew = float("inf")
            reader.mapped(f"sort={sort}&page=20")
        elif action == "append":
            change(reader, rows, "insert", max(rows, default=0) + 1 + number, own=who != "others")
        else:
            change(reader, rows, action, number, own=who != "others")
    for reader in (desk, elsewhere):
        check(reader, "score:desc", 3, list(rows.values()))


def change(desk: Desk, rows: dict[int, dict[str, Any]], action: str, number: int, *, own: bool) -> None:
    """Do to a row what ``action`` says, in the database and in ``rows``."""
    if (action == "insert") is (number in rows):
        return
    if action == "insert":
        rows[number] = item(number)
    values: dict[str, Any] = {
        "update": {"score": number % 17, "name": "x"},
        "soft": {"deleted_at": dt.datetime(2026, 2, 2)},
        "restore": {"deleted_at": None},
    }.get(action, {})
    if action == "delete":
        del rows[number]
    else:
        rows[number] |= values
    if own:
        desk.change(action, number, values if action != "insert" else rows[number])
    elif action == "insert":
        desk.execute(sa.insert(Item), rows[number])
    elif action == "delete":
        desk.execute(sa.delete(Item).where(Item.id == number))
    else:
        desk.execute(sa.update(Item).where(Item.id == number).values(**values))


def check(desk: Desk, sort: str, page: int, rows: list[dict[str, Any]]) -> None:
    """Read a page as it is found, and again when the map has had time to be made."""
    wanted = expected(desk, sort, rows)
    for _time in range(2):
        listing = desk.load(f"sort={sort}&page={page or 'last'}")
        if listing.exact:
            assert listing.total == len(wanted)
        if listing.place_exact:
            start = max(0, listing.first_row - 1)
            assert [row.row.id for row in listing.rows] == wanted[start : start + 5]
        assert desk.maps.wait(20)
