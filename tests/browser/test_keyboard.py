"""The admin by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import field, ids


def test_rows_by_keys(page: Page, site: str) -> None:
    """j and k move, x chooses, Shift+X chooses up to here, Enter opens, e edits."""
    page.goto(f"{site}/orders/")
    shown = ids(page)
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(page.locator(f'tr[data-id="{shown[at]}"]')).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-bulk-count]")).to_have_text("3")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/orders/{shown[3]}/$"))
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(rf"/orders/{shown[3]}/change/"))
    page.goto(f"{site}/orders/")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(rf"/orders/{shown[0]}/change/"))


def test_the_list_by_keys(page: Page, site: str) -> None:
    """/ searches, ] and [ turn pages, f leads into the filters and Esc out of them, q shows the query panel, n makes a row, g h goes home."""
    page.goto(f"{site}/orders/")
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile("page=2"))
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile(r"/orders/$"))
    page.keyboard.press("f")
    expect(page.get_by_label("Find a filter")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#results tbody tr").first).to_be_focused()
    page.locator("#filters-open").press("Enter")
    expect(page.locator("#filters")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.get_by_label("Find a filter")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    expect(page.locator("section#explain")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("nj")
    expect(page.locator("#q")).to_have_value("nj")
    page.goto(f"{site}/orders/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile(r"/admin/$"))
    page.goto(f"{site}/orders/")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/orders/add/$"))


def test_every_shortcut_is_listed(page: Page, site: str) -> None:
    """? opens the list of keys, Esc closes it, and each key in it does something."""
    page.goto(f"{site}/orders/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    expect(dialog.locator("dt")).to_have_count(17)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_palette(page: Page, site: str) -> None:
    """Ctrl+K finds every list and form by a part of its name; the arrow keys move, Enter goes there."""
    page.goto(f"{site}/orders/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Jump to")
    expect(box).to_be_focused()
    page.keyboard.type("cust")
    expect(page.locator("#palette [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/customers/$"))
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_saving_by_key(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """Ctrl+S saves while one types."""
    id = make_order()
    page.goto(f"{site}/orders/{id}/change/")
    field(page, "Note").fill("By key")
    page.keyboard.press("Control+s")
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    assert stored(id).note == "By key"


def test_single_keys_can_be_switched_off(page: Page, site: str) -> None:
    """Off, a letter does nothing; shortcuts with Ctrl still work."""
    page.goto(f"{site}/account/")
    page.get_by_role("switch").uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{site}/orders/")
    page.keyboard.press("n")
    page.keyboard.press("j")
    page.wait_for_timeout(200)
    expect(page).to_have_url(re.compile("/orders/$"))
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_tab_reaches_content_first(page: Page, site: str) -> None:
    """The first stop skips the navigation."""
    page.goto(f"{site}/orders/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
