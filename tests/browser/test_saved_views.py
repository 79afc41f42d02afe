"""Saved views and columns of a list as a person at a keyboard or with a mouse uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import rows, texts
from webadmin.database.own_tables.lists import list_setting, saved_view
from webadmin.demo.saved_views import SHARED, prepare

Opener = Callable[..., Any]


@pytest.fixture(autouse=True)
def own_tables(engine: Engine) -> None:
    """webadmin's own tables as the demo has them, with its shared views and nothing else."""
    prepare(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(list_setting))
        connection.execute(sa.delete(saved_view).where(saved_view.c.person != "demo"))


def tab(page: Page, name: str) -> Any:
    return page.get_by_role("navigation", name="Saved views").get_by_role("link").filter(has_text=name)


def heads(page: Page) -> list[str]:
    return [str(head.get_attribute("data-head")) for head in page.locator("#results th[data-head]").all()]


def test_a_view_is_made_changed_and_made_the_default(page: Page, site: str) -> None:
    """Filter, save, change, save again, rename, open the list with it, and find the way out."""
    page.goto(f"{site}/orders/?status=sent")
    page.get_by_text("Save view").click()
    page.get_by_label("Name of the new view").fill("On their way 🚚")
    page.keyboard.press("Enter")
    expect(page.locator(".wa-toast")).to_contain_text("was saved")
    expect(tab(page, "On their way 🚚")).to_have_attribute("aria-current", "page")
    expect(page.locator("#save-view")).to_have_count(0)
    page.get_by_role("checkbox", name="Paid", exact=True).check()
    expect(page.get_by_role("img", name="changed, not saved")).to_be_visible()
    page.get_by_text("Save view").click()
    page.get_by_role("button", name="Save the changes").click()
    expect(page.locator(".wa-toast")).to_contain_text("was saved")
    assert set(texts(page, "status")) <= {"Sent", "Paid"}
    page.get_by_role("link", name="Manage…").click()
    line = page.locator(".wa-viewlist > li").filter(has_text="On their way")
    line.get_by_label("Name of On their way").fill("Under way")
    line.get_by_role("button", name="Rename").click()
    page.locator(".wa-viewlist > li").filter(has_text="Under way").get_by_role(
        "button", name="Open the list with it"
    ).click()
    page.goto(f"{site}/orders/")
    expect(tab(page, "Under way")).to_have_attribute("aria-current", "page")
    tab(page, "All").click()
    expect(page).to_have_url(re.compile(r"view=none$"))
    expect(tab(page, "All")).to_have_attribute("aria-current", "page")
    expect(page.locator(".wa-chip")).to_have_count(0)
    page.go_back()
    expect(tab(page, "Under way")).to_have_attribute("aria-current", "page")


def test_numbers_come_by_themselves(page: Page, site: str) -> None:
    """Shared views show how many rows they have, and what is being typed meanwhile is not disturbed."""
    page.goto(f"{site}/orders/")
    for key, name, _query in SHARED:
        if key == "orders":
            expect(tab(page, name).locator(".wa-tab__n")).to_have_text(re.compile(r"^[\d,]+$"))


def test_a_shared_view(page: Page, site: str) -> None:
    """Shared with a tick, its page says so; unshared with a button."""
    page.goto(f"{site}/orders/?status=failed&deleted=show")
    page.get_by_text("Save view").click()
    page.get_by_label("Name of the new view").fill("All failures")
    page.get_by_label("Share with everybody").check()
    page.get_by_role("button", name="Save as a new view").click()
    expect(tab(page, "All failures")).to_have_attribute("title", "shared by you")
    page.get_by_role("link", name="Manage…").click()
    line = page.locator(".wa-viewlist > li").filter(has_text="All failures")
    line.get_by_role("button", name="Stop sharing").click()
    expect(line.get_by_role("button", name="Share", exact=True)).to_be_visible()
    line.get_by_text("Delete…").click()
    line.get_by_role("button", name="Delete “All failures”").click()
    expect(page.locator(".wa-viewlist > li")).to_have_count(len([v for v in SHARED if v[0] == "orders"]))


def test_columns_by_keyboard(page: Page, site: str) -> None:
    """Open the menu, untick one, move one up, keep: nothing but keys."""
    page.goto(f"{site}/orders/")
    page.locator("#columns summary").focus()
    page.keyboard.press("Enter")
    status = page.locator("#chooser").get_by_role("checkbox", name="Status")
    status.focus()
    page.keyboard.press("Space")
    up = page.get_by_role("button", name="Move Total up")
    up.focus()
    for _step in range(3):
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move Total down")).to_be_focused()  # it is the first now
    assert page.locator("#chooser input[name=column]").first.get_attribute("value") == "total"
    page.get_by_role("button", name="Keep for this list").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#results th[data-head]")).to_have_count(6)
    assert heads(page) == ["total", "number", "customer", "lines", "placed_at", "note"]
    page.goto(f"{site}/orders/?columns=id")
    assert heads(page) == ["id"]
    page.goto(f"{site}/orders/?sort=total:desc")
    assert heads(page)[0] == "total"


def test_the_columns_menu_closes(page: Page, site: str) -> None:
    """By Esc, with the focus back on its button."""
    page.goto(f"{site}/orders/")
    page.locator("#columns summary").click()
    page.locator("#chooser").get_by_role("checkbox", name="Status").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#columns")).not_to_have_attribute("open", "")
    expect(page.locator("#columns summary")).to_be_focused()


def test_page_size_and_density_stay(page: Page, site: str) -> None:
    """Chosen once, they hold for this list and no other."""
    page.goto(f"{site}/orders/")
    with page.expect_response(re.compile(r"/orders/settings/")):
        page.locator("#page-size").select_option("10")
    expect(rows(page)).to_have_count(10)
    with page.expect_response(re.compile(r"/orders/settings/")):
        page.get_by_role("button", name="Compact rows").click()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    page.goto(f"{site}/orders/")
    expect(rows(page)).to_have_count(10)
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    page.goto(f"{site}/products/")
    expect(page.locator("html")).to_have_attribute("data-density", "comfortable")


def test_without_scripts(open_page: Opener, site: str) -> None:
    """Save a view, choose and move columns, keep a page size."""
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site}/orders/?status=sent")
        page.get_by_text("Save view").click()
        page.get_by_label("Name of the new view").fill("Sent ones")
        page.get_by_role("button", name="Save as a new view").click()
        expect(tab(page, "Sent ones")).to_have_attribute("aria-current", "page")
        page.goto(f"{site}/orders/")
        page.locator("#columns summary").click()
        page.get_by_role("link", name="Choose columns").click()
        page.get_by_role("button", name="Move Number down").click()
        page.get_by_label("Note", exact=True).uncheck()
        page.get_by_role("button", name="Keep for this list").click()
        assert heads(page) == ["customer", "number", "status", "total", "lines", "placed_at"]
        page.select_option("#page-size", "10")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(rows(page)).to_have_count(10)
        expect(page).to_have_url(f"{site}/orders/")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_violation(
    open_page: Opener, site: str, axe: Callable[[Page], list[str]], theme: str, width: int
) -> None:
    """Axe finds nothing in the tabs, the menus and the pages, nor does a narrow screen scroll sideways."""
    with open_page(
        color_scheme=theme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    ) as page:
        page.goto(f"{site}/orders/?status=sent&total.gte=1")
        page.get_by_text("Save view").click()
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.locator("#columns summary").click()
        expect(page.locator("#chooser")).to_be_visible()
        assert axe(page) == []
        tab(page, "To send").click()
        expect(tab(page, "To send")).to_have_attribute("aria-current", "page")
        assert axe(page) == []
        for path in ("/orders/views/", "/orders/columns/"):
            page.goto(f"{site}{path}")
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
