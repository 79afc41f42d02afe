"""What a list page says about its search."""

from __future__ import annotations

import pytest

from tests.views.conftest import Admin


def test_the_best_come_first_and_the_other_order_is_a_link(reader: Admin) -> None:
    """Without an order the best rows come first, and no head says that it sorts; one link leads to the list's own order,
    and one back."""
    page = reader.get("/orders/?q=gift")
    assert page.text("#search-note") == "Best matches first."
    assert not page.css("th[aria-sort]")
    own = page.one("#search-order")
    assert own.get("hx-get") == own.get("href")
    sorted_page = reader.get(own.get("href"))
    assert sorted_page.css("th[aria-sort]")
    assert not sorted_page.css("#search-note")
    assert sorted_page.count() == page.count()
    again = sorted_page.one("#search-order")
    assert again.text_content() == "Best matches first"
    assert [row.get("data-id") for row in reader.get(again.get("href")).css("#results tr[data-id]")] == [
        row.get("data-id") for row in page.css("#results tr[data-id]")
    ]


def test_a_piece_of_a_text_without_a_column(reader: Admin) -> None:
    """It stands under the row's name, with the text's label, and marked."""
    page = reader.get("/orders/?q=gift&columns=number,total")
    pieces = page.css("td[data-column=number] .wa-piece")
    assert len(pieces) == len(page.css("#results tr[data-id]")) > 0
    assert {mark.text_content().lower() for mark in page.css(".wa-piece mark")} == {"gift"}
    assert not reader.get("/orders/?q=gift&columns=number,note").css(".wa-piece")
    assert not reader.get("/orders/?columns=number,total").css(".wa-piece")


@pytest.mark.parametrize("more", ["", "&status=paid&status=sent&status=delivered", "&deleted=show"])
def test_a_similar_search_is_a_link(reader: Admin, more: str) -> None:
    """It keeps filters, and finds something."""
    page = reader.get(f"/orders/?q=delivry{more}")
    assert page.count() == 0
    link = page.one("#suggestion")
    assert link.text_content() == "delivery"
    found = reader.get(link.get("href"))
    assert found.count()
    assert found.one("#q").get("value") == "delivery"
    assert not found.css("#suggestion")


def test_nothing_like_it(reader: Admin) -> None:
    """Where nothing is like it, nothing is offered."""
    assert not reader.get("/orders/?q=zzzzzz").css("#suggestion")


def test_rows_of_the_fragment_are_in_the_same_order(reader: Admin) -> None:
    """What an infinite list shows is what pages show."""
    pages: list[str | None] = []
    count = reader.get("/orders/?q=gift").count()
    while len(pages) < count:
        page = reader.get(f"/orders/?q=gift&per_page=5&page={len(pages) // 5 + 1}")
        pages += [row.get("data-id") for row in page.css("#results tr[data-id]")]
    address: str | None = "/orders/rows?q=gift&per_page=5"
    found: list[str | None] = []
    while address:
        piece = reader.get(address)
        found += [row.get("data-id") for row in piece.css("tr[data-id]")]
        more = piece.css("[data-next]")
        address = more[0].get("data-next") if more else None
    assert found == pages
