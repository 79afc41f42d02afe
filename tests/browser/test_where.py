"""Putting conditions together with and, or."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import rows, texts


def test_conditions_are_built(page: Page, site: str) -> None:
    """Rows of a builder make the expression; each change narrows the list, and a removed row widens it again."""
    page.goto(f"{site}/orders/")
    builder = page.locator(".wa-where")
    page.locator("summary", has_text="Conditions").click()
    builder.get_by_role("button", name="+ and").click()
    builder.get_by_label("Field").select_option(label="Status")
    builder.get_by_label("Value").select_option(label="Sent")
    expect(page).to_have_url(re.compile(r"where=status%3Asent$"))
    assert set(texts(page, "status")) == {"Sent"}
    page.locator(".wa-where").get_by_role("button", name="+ or").click()
    page.locator(".wa-where").get_by_label("Field").nth(1).select_option(label="Status")
    page.locator(".wa-where").get_by_label("Value").nth(1).select_option(label="Failed")
    expect(page.locator(".wa-chips .wa-chip")).to_have_text([re.compile("Status Sent or Status Failed")])
    assert set(texts(page, "status")) == {"Sent", "Failed"}
    page.locator(".wa-where").get_by_role("button", name="Remove this condition").first.click()
    expect(page).to_have_url(re.compile(r"where=status%3Afailed$"))
    page.get_by_label("Remove filter Conditions").click()
    expect(page).to_have_url(re.compile(r"/orders/$"))


def test_by_keyboard_alone(page: Page, site: str) -> None:
    """The builder is worked with Tab, letters and Enter; the focus is where the next thing is to be done."""
    page.goto(f"{site}/orders/")
    page.locator("summary", has_text="Conditions").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="+ and")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".wa-where").get_by_label("Field")).to_be_focused()
    page.keyboard.type("Tota")
    while page.locator(".wa-where").get_by_label("Field").input_value() != "total.gte":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"where=total\.gte%3A20"))
    expect(page.locator(".wa-chips .wa-chip")).to_have_text([re.compile(r"Total ≥ 20")])


def test_what_the_builder_cannot_show_stays_text(page: Page, site: str) -> None:
    """An expression of another shape is kept as it was written, in a field of text."""
    page.goto(f"{site}/orders/?where=status:sent|(status:failed;total.gte:1)")
    expect(page.locator("textarea[name=where]")).to_have_value("status:sent|(status:failed;total.gte:1)")
    assert rows(page).count() or page.locator(".wa-empty").count()
