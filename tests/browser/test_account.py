"""How pages look for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import field


def test_theme_density_and_zone_are_kept(page: Page, site: str, make_order: Callable[..., int]) -> None:
    """What is chosen on the account page holds on every page."""
    id = make_order(placed_at=dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC))
    page.goto(f"{site}/account/")
    page.get_by_text("Dark", exact=True).click()
    page.get_by_text("Compact", exact=True).click()
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".wa-toast").first).to_be_visible()
    page.goto(f"{site}/orders/{id}/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    expect(page.locator("[data-column=placed_at] dd")).to_contain_text("21:00")
    page.goto(f"{site}/orders/{id}/change/")
    expect(field(page, "Placed")).to_have_value("2026-03-04T21:00")


def test_switches_act_at_once(page: Page, site: str) -> None:
    """The theme button and the density buttons change the page at once and are kept."""
    page.goto(f"{site}/orders/")
    page.get_by_role("button", name="Switch theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    with page.expect_response(lambda answer: "/settings/" in answer.url):
        page.get_by_role("button", name="Compact rows").click()
    expect(page.get_by_role("button", name="Compact rows")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
