"""A filter that the list refuses, told where it was typed."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import rows


def test_the_error_stands_at_its_field(page: Page, site: str, axe: Callable[[Page], list[str]]) -> None:
    """The list and its address stay as they are; a value that fits takes the error away."""
    page.goto(f"{site}/orders/")
    before = rows(page).count()
    field = page.locator('#filters input[name="total.gte"]')
    field.fill("much")
    field.press("Enter")
    error = page.locator('#filters [data-error-for="total.gte"]')
    expect(error).to_have_text("Total takes a number, not “much”.")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert rows(page).count() == before
    assert page.url.endswith("/orders/")
    assert axe(page) == []
    field.fill("50")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"total\.gte=50"))
    expect(error).to_have_count(0)


def test_two_fields_of_a_form(page: Page, site: str) -> None:
    """What a form says of two of its fields stands at the one that it names."""
    page.goto(f"{site}/reviews/?rating.gte=4")
    field = page.locator('#filters input[name="rating.lte"]')
    field.fill("2")
    field.press("Enter")
    expect(page.locator('#filters [data-error-for="rating.lte"]')).to_contain_text("must not be below")
    expect(page.locator('#filters input[name="rating.gte"]')).to_have_value("4")


def test_a_wrong_link_is_a_page_that_helps(page: Page, site: str, axe: Callable[[Page], list[str]]) -> None:
    """An address that was opened has a field for each filter to put right, and goes on from there."""
    page.goto(f"{site}/orders/?total.gte=much&status=paid")
    assert axe(page) == []
    page.get_by_label("Total · from").fill("50")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("h1")).to_have_text("Orders")
    expect(page).to_have_url(re.compile(r"status=paid"))
    expect(page.locator(".wa-chips .wa-chip")).to_have_count(2)
