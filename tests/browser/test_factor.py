"""Setting up a second factor and logging in with it, as a person does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.factors import PASSWORD, code, site_over


def test_from_nothing_to_a_recovery_code(
    page: Page, live: Callable[[Any], str], sqlite_engine: Engine, axe: Callable[[Page], list[str]]
) -> None:
    """A role asks for it at the login; the picture is there under the content policy, and each step can be used by all."""
    site = site_over(sqlite_engine)
    site.account(role=True)
    address = live(site.admin)

    def log_in() -> None:
        page.goto(f"{address}/things/")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()

    log_in()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    box = page.locator(".wa-factor__picture svg").bounding_box()
    assert box is not None
    assert box["width"] == box["height"] > 150
    assert axe(page) == []
    secret = page.locator("#key").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(code(secret, -1))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#codes li")).to_have_count(10)
    assert axe(page) == []
    recovery = page.locator("#codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(f"{address}/things/")
    page.get_by_role("button", name="Log out").click()
    log_in()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    assert axe(page) == []
    page.keyboard.type(recovery)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/things/")
    expect(page.locator(".wa-toast")).to_contain_text("9 are left")
    page.goto(f"{address}/account/second/")
    assert axe(page) == []
