"""Lists that are scrolled through: the first rows come with the page, the others by cursor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pages import Page
from tests.views.conftest import Admin


@pytest.fixture
def scroller(reader: Admin) -> Iterator[Admin]:
    """Somebody who has switched the orders to scrolling; without tables of webadmin's own the cookie keeps that."""
    yield _switched(reader, "on")
    reader.client.cookies.clear()


def _switched(reader: Admin, position: str) -> Admin:
    page = reader.get("/orders/")
    token = page.one("#bulk input[name=csrf_token]").get("value")
    reader.post("/orders/settings/", {"csrf_token": token, "scroll": position})
    return reader


def _rest(reader: Admin, page: Page) -> list[str]:
    found: list[str] = []
    while following := page.css("[data-next]"):
        page = reader.get(following[0].get("data-next"))
        found += page.ids()
        assert len(found) < 1000
    return found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sort=due_on:desc,total:asc",
        "status=sent&deleted=show",
        "q=gift",
        "q=gift&sort=total:asc",
        "q=customer&deleted=show",
        "latest_per=customer",
        "top=3&per=status",
    ],
)
def test_the_page_goes_on_where_it_ends(scroller: Admin, query: str) -> None:
    """The first page and the pieces after it are the list, from any page on; nothing is shown twice."""
    whole = scroller.get(f"/orders/?per_page=200&{query}").ids()
    first = scroller.get(f"/orders/?per_page=10&{query}")
    assert first.ids() + _rest(scroller, first) == whole
    second = scroller.get(f"/orders/?per_page=10&page=2&{query}")
    if len(whole) > 10:
        assert second.ids() + _rest(scroller, second) == whole[10:]


def test_the_switch_is_kept_for_its_list(scroller: Admin) -> None:
    """The switch is in the page with its position, and is kept for this list alone."""
    assert scroller.get("/orders/").one("#scroll-on").get("aria-pressed") == "true"
    assert scroller.get("/products/").one("#scroll-off").get("aria-pressed") == "true"
    assert not scroller.get("/products/").css("[data-next]")
    _switched(scroller, "off")
    assert not scroller.get("/orders/").css("[data-next]")


def test_pages_stay_for_those_without_scripts(scroller: Admin) -> None:
    """Numbers and the jump to a page are there, and the last row leads to the next page."""
    page = scroller.get("/orders/?per_page=10&deleted=show")
    assert "wa-nojs" in page.one("nav[aria-label=Pages] .wa-pages").get("class").split()
    assert page.one("tr.wa-more a").get("href") == "/admin/orders/?deleted=show&per_page=10&page=2"


def test_the_budget_holds(scroller: Admin) -> None:
    """A list that is scrolled through costs no statement more."""
    with scroller.statements() as seen:
        scroller.get("/orders/?per_page=10")
    assert len(seen) <= 4, seen
