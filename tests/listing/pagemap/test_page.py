"""What a page says of its place while others write."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.listing.pagemap.conftest import Desk, Item, ItemView
from tests.pages import Page, parse
from webadmin import Admin


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
