"""The first page: every list, with its size."""

from __future__ import annotations

from tests.views.conftest import Admin


def test_every_list_has_its_card(reader: Admin) -> None:
    """Each model stands in its group, leads to its list and to a new row."""
    page = reader.get("/")
    assert page.h1 == "Fernhill Shop"
    assert page.texts("main h2") == ["Sales", "Catalogue", "People", "Tables"]
    links = page.links("main a")
    assert links["Orders"] == "/admin/orders/"
    assert links["Add to Orders"] == "/admin/orders/add/"
    for url in {url for url in links.values() if url.endswith("/")}:
        reader.get(url)


def test_it_costs_no_scan(reader: Admin) -> None:
    """Sizes come from what the database knows anyway: a few statements for all tables together."""
    with reader.statements() as seen:
        reader.get("/")
    assert len(seen) <= 3, seen


def test_the_side_navigation_shows_where_one_is(reader: Admin) -> None:
    """One link of the navigation is the current one: home, or the list that a row belongs to."""
    assert [link.get("href") for link in reader.get("/").css('nav.wa-side [aria-current="page"]')] == [
        "/admin/"
    ]
    for path in ("/orders/", "/orders/add/"):
        current = reader.get(path).css('nav.wa-side [aria-current="page"]')
        assert [link.get("href") for link in current] == ["/admin/orders/"]


def test_deleted_rows_are_one_click_away(reader: Admin) -> None:
    """Where rows are soft-deleted, the card leads to them."""
    page = reader.get("/")
    deleted = reader.get(page.one('main a[href="/admin/orders/?deleted=only"]').get("href"))
    assert deleted.deleted_ids() == deleted.ids()
