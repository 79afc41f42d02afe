"""On a telephone, and from right to left."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import field

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
Opener = Callable[..., Any]


def test_rows_are_cards(open_page: Opener, site: str) -> None:
    """Every row is a card within the screen: nothing scrolls sideways, nothing lies over something else."""
    with open_page(**PHONE) as page:
        for key in ("orders", "products", "customers", "order_lines", "reviews", "staff_notes"):
            page.goto(f"{site}/{key}/")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, key
            overlapping = page.evaluate(
                """[...document.querySelectorAll("#results tbody tr")].slice(0, 10).flatMap((row) => {
                  const boxes = [...row.cells].map((cell) => [cell.dataset.column, cell.getBoundingClientRect()])
                    .filter(([name, box]) => name && box.width && box.height);
                  return boxes.flatMap(([name, a], i) => boxes.slice(i + 1)
                    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
                    .map(([other]) => `${name} and ${other}`));
                })"""
            )
            assert overlapping == [], key


def test_numbers_on_cards_say_what_they_count(open_page: Opener, site: str) -> None:
    """Without its head a number has its name before it."""
    with open_page(**PHONE) as page:
        page.goto(f"{site}/orders/?lines=any")
        cell = page.locator('td[data-column="lines"]').first
        assert (
            cell.evaluate("cell => getComputedStyle(cell, '::before').content").strip('"').startswith("Lines")
        )


def test_the_filters_are_a_drawer(open_page: Opener, site: str) -> None:
    """It opens over the list, stays open while one filters, and Esc or a tap beside it closes it."""
    with open_page(**PHONE) as page:
        page.goto(f"{site}/orders/")
        expect(page.locator("#filters")).to_be_hidden()
        page.locator("#filters-open").tap()
        expect(page.locator("#filters")).to_be_visible()
        page.get_by_role("checkbox", name="Sent", exact=True).tap()
        expect(page).to_have_url(re.compile("status=sent"))
        expect(page.locator("#filters")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#filters")).to_be_hidden()
        expect(page.locator(".wa-chips .wa-chip")).to_have_count(1)


def test_the_navigation_is_a_drawer(open_page: Opener, site: str) -> None:
    """The menu button opens it with the focus inside; a link leads on."""
    with open_page(**PHONE) as page:
        page.goto(f"{site}/orders/")
        page.get_by_role("link", name="Open navigation").tap()
        expect(page.locator("#side")).to_be_focused()
        page.locator("#side").get_by_role("link", name="Customers", exact=True).tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("Customers")


def test_a_form_is_saved(
    open_page: Opener, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """Fields stand one below the other, within the screen, and the buttons are in reach."""
    id = make_order()
    with open_page(**PHONE) as page:
        page.goto(f"{site}/orders/{id}/change/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        field(page, "Note").fill("From a telephone")
        page.get_by_role("button", name="Save", exact=False).first.tap()
        expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    assert stored(id).note == "From a telephone"


def test_from_right_to_left(page: Page, site: str) -> None:
    """Mirrored, the navigation stands on the right and nothing sticks out of the page."""
    for path in ("/", "/orders/", "/orders/add/", "/orders/explain/", "/account/"):
        page.goto(f"{site}{path}")
        page.evaluate("document.documentElement.dir = 'rtl'")
        side, main = page.locator("#side").bounding_box(), page.locator("#main").bounding_box()
        assert side, path
        assert main, path
        assert side["x"] > main["x"], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
