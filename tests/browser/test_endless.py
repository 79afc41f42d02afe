"""Going through a list by scrolling."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ids, rows


def switch(page: Page, address: str) -> None:
    """Open a list and switch it to scrolling."""
    page.goto(address)
    page.get_by_role("button", name="Scroll", exact=True).click()
    expect(page.locator("#scroll-on")).to_have_attribute("aria-pressed", "true")


def scroll_to(page: Page, count: int) -> None:
    """Scroll until so many rows are there."""
    page.wait_for_function(
        """count => {
            if (document.querySelectorAll("#results tr[data-id]").length >= count) return true;
            scrollTo(0, document.body.scrollHeight);
            return false;
        }""",
        arg=count,
        polling=50,
        timeout=60_000,  # many pieces, each of which a busy machine takes seconds for
    )


def test_the_switch_is_remembered(page: Page, site: str) -> None:
    """It swaps page numbers for scrolling and back, keeps what the address says, and stays for this list alone."""
    switch(page, f"{site}/orders/?sort=total:asc&per_page=10")
    expect(page).to_have_url(re.compile(r"sort=total:asc&per_page=10$"))
    expect(page.locator(".wa-pages")).to_be_hidden()
    page.goto(f"{site}/orders/")
    expect(page.locator("#scroll-on")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{site}/products/")
    expect(page.locator("#scroll-off")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{site}/orders/")
    page.get_by_role("button", name="Pages", exact=True).click()
    expect(page.locator(".wa-pages")).to_be_visible()
    expect(page.locator(".wa-more")).to_have_count(0)


def test_to_the_end(page: Page, site: str) -> None:
    """Rows come as one scrolls, each once and in the list's order; the end is said, to the ear too."""
    page.goto(f"{site}/orders/?sort=total:desc&total.gte=500&per_page=200")
    everything = ids(page)
    assert len(everything) > 40
    switch(page, f"{site}/orders/?sort=total:desc&total.gte=500&per_page=10")
    assert len(ids(page)) < len(everything)
    scroll_to(page, len(everything))
    assert ids(page) == everything
    expect(page.locator(".wa-end")).to_have_text("No more rows")
    expect(page.locator("[data-endless-status]")).to_contain_text("No more rows.")
    expect(page.locator(".wa-pager__range")).to_contain_text(f"1–{len(everything)} of {len(everything)}")
    expect(page.locator("#results tbody tr[tabindex='0']")).to_have_count(1)


def test_coming_back_to_row_150(page: Page, site: str) -> None:
    """Scroll to row 150, open it, go back: the same rows at the same place, and the row has the focus."""
    switch(page, f"{site}/orders/?per_page=40")
    everything = int(page.locator("main [data-count]").first.get_attribute("data-count") or 0)
    scroll_to(page, 160)
    before = ids(page)
    row = rows(page).nth(149)
    row.scroll_into_view_if_needed()
    place = row.evaluate("row => Math.round(row.getBoundingClientRect().top)")
    row.locator("a").first.click()
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    page.go_back()
    same = page.locator(f'tr[data-id="{before[149]}"]')
    expect(same).to_be_in_viewport()
    expect(same).to_be_focused()
    assert ids(page)[: len(before)] == before
    assert abs(same.evaluate("row => Math.round(row.getBoundingClientRect().top)") - place) <= 2
    # and on from there, without a row twice
    scroll_to(page, min(len(before) + 10, everything))
    assert len(set(ids(page))) == len(ids(page))


def test_coming_back_after_a_filter(page: Page, site: str) -> None:
    """A filter begins at the top; Back brings the longer list back to its place."""
    switch(page, f"{site}/orders/?per_page=20")
    scroll_to(page, 80)
    row = rows(page).nth(40)
    row.scroll_into_view_if_needed()
    id = row.get_attribute("data-id")
    expect(page.locator("[data-endless-status]")).not_to_have_text("Loading more rows")
    page.evaluate("document.querySelector('#sort-total').click()")
    expect(page).to_have_url(re.compile("sort=total:asc"))
    page.go_back()
    expect(page.locator(f'tr[data-id="{id}"]')).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"/orders/\?per_page=20$"))


def test_loaded_rows_are_rows(page: Page, site: str) -> None:
    """j and k reach them and bring further ones, x chooses, and what is done with chosen rows takes them all."""
    switch(page, f"{site}/orders/?per_page=10")
    page.keyboard.press("j")
    for _ in range(24):
        page.keyboard.press("j")
        page.wait_for_timeout(30)
    expect(page.locator("#results tr:focus")).to_have_attribute("data-id", re.compile(r"\d+"))
    at = page.evaluate(
        "[...document.querySelectorAll('#results tr[data-id]')].indexOf(document.activeElement)"
    )
    assert at > 10
    page.keyboard.press("x")
    rows(page).nth(2).locator("[data-select]").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    chosen = {ids(page)[at], ids(page)[2]}
    page.get_by_role("button", name="Mark as sent").click()
    found = page.locator("#form input[name=id]").evaluate_all("fields => fields.map(field => field.value)")
    assert set(found) == chosen
    page.go_back()
    rows(page).nth(15).locator("[data-row-edit]").click()
    expect(page).to_have_url(re.compile("/change/$"))


def test_a_piece_that_fails_can_be_asked_for_again(page: Page, site: str) -> None:
    """When the server fails, the last row says so and tries again on a click; the rows stay as they are."""
    switch(page, f"{site}/orders/?per_page=10")
    page.route("**/orders/rows?*", lambda route: route.fulfill(status=503, body="busy"))
    page.goto(f"{site}/orders/?per_page=10&sort=total:asc")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    more = page.locator(".wa-more")
    for _ in range(2):
        expect(more).to_contain_text("The next rows could not be loaded.")
        assert len(ids(page)) == 10
        with page.expect_response("**/orders/rows?*"):
            more.get_by_role("link", name="Try again").click()
    expect(more).to_contain_text("The next rows could not be loaded.")
    page.unroute("**/orders/rows?*")
    more.get_by_role("link", name="Try again").click()
    expect(page.locator("#results tr[data-id]").nth(10)).to_be_attached()
    expect(page.locator(".wa-more .wa-error")).to_have_count(0)


def test_a_place_that_is_lost(page: Page, site: str) -> None:
    """A piece that is refused leaves the rows as they are and offers the list anew."""
    switch(page, f"{site}/orders/?per_page=10")
    page.route(
        "**/orders/rows?*",
        lambda route: route.continue_(url=re.sub("after=[^&]*", "after=x", route.request.url)),
    )
    page.goto(f"{site}/orders/?per_page=10&sort=total:asc")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    more = page.locator(".wa-more")
    expect(more).to_contain_text("The list cannot go on from here.")
    assert len(ids(page)) == 10
    page.unroute("**/orders/rows?*")
    more.get_by_role("link", name="Load it anew").click()
    scroll_to(page, 20)


def test_pages_without_scripts(open_page: Callable[..., Any], page: Page, site: str) -> None:
    """A person who switched to scrolling and has no scripts now gets page numbers."""
    switch(page, f"{site}/orders/")
    state = page.context.storage_state()
    with open_page(java_script_enabled=False, storage_state=state) as plain:
        plain.goto(f"{site}/orders/")
        expect(plain.locator(".wa-more a")).to_be_visible()
        plain.locator(".wa-more a").click()
        expect(plain).to_have_url(re.compile("page=2$"))
        plain.locator("#page-next").click()
        expect(plain).to_have_url(re.compile("page=3$"))
        expect(plain.locator("#scroll-on")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_accessible(
    open_page: Callable[..., Any], site: str, axe: Callable[[Page], list[str]], scheme: str, width: int
) -> None:
    """With rows loaded, at the end, and after a failure."""
    with open_page(color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        switch(page, f"{site}/orders/?status.not=delivered&per_page=10")
        scroll_to(page, 11)
        assert axe(page) == []
        page.wait_for_function(
            "() => { scrollTo(0, document.body.scrollHeight); return document.querySelector('.wa-end'); }"
        )
        assert axe(page) == []
        page.route("**/orders/rows?*", lambda route: route.fulfill(status=503))
        page.goto(f"{site}/orders/?per_page=10")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator(".wa-more .wa-error")).to_be_visible()
        assert axe(page) == []
