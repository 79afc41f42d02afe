"""What a page says of its place while others write."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.listing.pagemap.conftest import Desk, Item, ItemView
from tests.pages import Page, parse
from webadmin import Admin
from webadmin.auth.user import User


def test_the_page_says_within_how_many_rows(own: Desk) -> None:
    """A page that was exact says "about" after others have written, and within how many rows that is."""
    admin = Admin(own.engine)
    admin.add_view(ItemView)
    client = TestClient(admin)

    def load() -> Page:
        answer = client.get("/items/?sort=at&page=20")
        assert answer.status_code == 200
        assert admin.runtime.maps.wait(20)
        return parse(answer.text)

    load()
    exact = load()
    assert exact.exact()
    assert not exact.css("[data-about], [data-within]")
    for entry in admin.runtime.maps._entries.values():
        entry.anew = float("inf")
    with own.engine.connect() as connection:
        connection.execute(sa.delete(Item).where(Item.id.in_([3, 4, 5])))
        connection.commit()
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        connection.commit()
    about = load()
    assert not about.exact()
    assert about.css("[data-about]")
    assert about.text("[data-within]") == "within 3 rows"
    admin.runtime.maps.close()


def test_what_others_write_beyond_a_scope_is_not_told(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who sees only some rows is not told how many were written in the table."""

    def scope(_self: ItemView, stmt: sa.Select[tuple[Item]], _user: User) -> sa.Select[tuple[Item]]:
        return stmt.where(Item.group == 1)

    monkeypatch.setattr(ItemView, "scope", scope)
    own.mapped("sort=at&page=10")
    own.execute(sa.delete(Item).where(Item.group == 2))
    page = own.load("sort=at&page=10")
    assert (page.exact, page.place_exact, page.within) == (False, False, None)


def test_a_map_outlives_a_time_limit(own: Desk) -> None:
    """Where looking after a map takes too long, pages go on with the one that there is."""
    own.mapped("sort=at&page=20")
    for entry in own.maps._entries.values():
        entry.anew = float("inf")
    own.execute(sa.delete(Item).where(Item.id == 3))
    ((_key, before),) = own.maps._entries.items()
    assert before.job is not None
    with own.engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE items")  # nobody else reads it
        with own.context() as context:
            own.maps.want(context, before.job.subject)
        assert own.maps.wait(20)
    ((_key, after),) = own.maps._entries.items()
    assert after.map is before.map
    assert own.load("sort=at&page=20").rows
