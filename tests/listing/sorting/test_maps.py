"""Page maps of lists in the order of expressions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.listing.conftest import params_of
from tests.listing.sorting.goods import ROWS, good, registry_of
from webadmin.auth.user import User
from webadmin.database.session import Database
from webadmin.dialects import Timeouts
from webadmin.listing import counts, pages
from webadmin.listing.listing import Listing
from webadmin.listing.ordering import order_for
from webadmin.listing.pagemap import build, store
from webadmin.listing.pagemap.store import PageMaps
from webadmin.listing.pagemap.subject import subject_of
from webadmin.listing.pagemap.tree import PageMap
from webadmin.options.context import Context
from webadmin.options.registry import Registry

LIVE = [good(n) for n in range(1, ROWS + 1) if n % 20]


@pytest.fixture
def maps(goods: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Database, PageMaps, Registry]]:
    """Maps of what is taken for a large table."""
    monkeypatch.setattr(build, "LEAP", 100)
    monkeypatch.setattr(build, "MOST_IDS", 100)
    monkeypatch.setattr(counts, "SMALL", 1)
    monkeypatch.setattr(pages, "_NEAR", 3)
    monkeypatch.setattr(store, "_PAUSE", 0.0)
    database = Database(goods)
    made = PageMaps(database)
    yield database, made, registry_of()
    made.close()


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("name", ["lower_name", "margin"])
def test_fences_along_the_index(maps: tuple[Database, PageMaps, Registry], name: str, direction: str) -> None:
    """Any page is found by a map that was made along the index of the expression, those without a value too."""
    database, made, registry = maps
    view = registry.views["goods"]
    sort = f"sort={name}:{direction}"
    high = database.dialect.nulls_sort_high

    def load(page: int) -> Listing:
        with database.transaction(read_only=True, timeouts=Timeouts()) as session:
            context = Context(session, database.dialect, User("someone"), registry, maps=made)
            return Listing.load(context, view, params_of(view, f"{sort}&page={page}"))

    load(2)
    assert made.wait(30)
    with database.transaction(read_only=True, timeouts=Timeouts()) as session:
        context = Context(session, database.dialect, User("someone"), registry, maps=made)
        subject = subject_of(context, view, params_of(view, sort))
        assert subject is not None
        assert subject.course is not None
        assert isinstance(made.find(subject), PageMap)
        assert order_for(view, ((name, False),)).keys[0].nullable is (name == "margin")

    def place(row: dict[str, object]) -> tuple[bool, object, object]:
        value = str(row["name"]).lower() if name == "lower_name" else None
        if name == "margin" and row["cost"] is not None:
            value = row["price"] - row["cost"]  # type: ignore[operator,assignment]
        return (value is None) is high, 0 if value is None else value, row["id"]

    ids = [str(row["id"]) for row in sorted(LIVE, key=place, reverse=direction == "desc")]
    for page in (9, 377, 500, len(ids) // 25 - 8):
        found = load(page)
        assert found.total == len(ids)
        assert [row.id for row in found.rows] == ids[(page - 1) * 25 : page * 25]
