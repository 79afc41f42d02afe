"""A sort without an index, in a browser: marked, asked about, gone on with, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from tests.listing.sorting.goods import Good, Goods, fill
from tests.plugins.web import opened_page
from webadmin import Admin


class Few(Goods, model=Good):
    """A view that asks early."""

    slow_sort_rows = 100


@pytest.fixture
def site(sqlite_engine: Engine, live: Callable[[Any], str]) -> str:
    fill(sqlite_engine, 400)
    admin = Admin(sqlite_engine)
    admin.add_view(Few)
    return live(admin)


def test_asked_and_gone_on_with(page: Page, site: str, axe: Callable[[Page], list[str]]) -> None:
    """A click in the menu brings the question in place of the rows; going on shows them, and Back returns to the list."""
    page.goto(f"{site}/goods/")
    assert page.locator("th[data-head=maker] .wa-sort__slow").count() == 1
    page.locator("#sort-by > summary").click()
    assert axe(page) == []
    page.locator("[data-sort-by=cost]").click()
    page.wait_for_selector("#sort-cost")
    assert page.locator("#results").count() == 0
    assert axe(page) == []
    page.locator("#sort-anyway").click()
    page.wait_for_selector("#results")
    assert "sort.slow=yes" in page.url
    page.go_back()
    page.wait_for_selector("#sort-cost")
    page.locator("#sort-not").click()
    page.wait_for_selector("#results")
    assert "sort=" not in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_narrow_screen(
    browser: Browser, site: str, axe: Callable[[Page], list[str]], scheme: str
) -> None:
    """The menu is within reach, the question fits, in both colours."""
    options: Any = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme}
    with opened_page(browser, **options) as page:
        page.goto(f"{site}/goods/")
        page.locator("#sort-by > summary").click()
        choice = page.locator("[data-sort-by=cost]")
        box = choice.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < 390
        assert box["y"] < 844
        choice.click()
        page.wait_for_selector("#sort-cost")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert axe(page) == []


def test_without_scripts(browser: Browser, site: str) -> None:
    """Links do it all."""
    with opened_page(browser, java_script_enabled=False) as page:
        page.goto(f"{site}/goods/?sort=cost")
        page.locator("#sort-anyway").click()
        page.wait_for_selector("#results tbody tr")
        assert "sort.slow=yes" in page.url
