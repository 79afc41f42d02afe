"""The host's page in a browser: its list grows as one scrolls."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from playwright.sync_api import Page, expect

Example = Callable[[str], ModuleType]
Live = Callable[[Any], str]


def test_scrolling_loads_further_rows(example: Example, live: Live, page: Page) -> None:
    """The first rows come with the page, the next ones on scrolling, each row once and in order, to the last."""
    address = live(example("host_page").app)
    page.goto(f"{address}/")
    rows = page.locator("#results tr[data-id]")
    expect(rows.first).to_be_visible()
    first = rows.count()
    assert first < 150
    page.wait_for_function(
        """() => {
            window.scrollTo(0, document.body.scrollHeight);
            return !document.querySelector("tr.wa-more");
        }""",
        polling=100,
    )
    ids = rows.evaluate_all("rows => rows.map(row => Number(row.dataset.id))")
    assert len(ids) == 150
    assert ids == sorted(set(ids), reverse=True)
    assert page.url == f"{address}/"
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders that are paid")


def test_a_row_leads_into_the_admin(example: Example, live: Live, page: Page) -> None:
    """A row's link opens its page in the admin."""
    address = live(example("host_page").app)
    page.goto(f"{address}/")
    page.locator("#results tr[data-id] a").first.click()
    page.wait_for_url(f"{address}/admin/orders/*/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-0")
