"""Everything that counts, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import expect
from sqlalchemy import Engine

from tests.browser.conftest import ids, rows, texts
from webadmin.demo.models import Customer

Opener = Callable[..., Any]


def test_a_list(open_page: Opener, site: str) -> None:
    """Sort, filter, search, pages, toggle and number of rows are links and forms."""
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site}/orders/")
        page.click("#sort-total")
        expect(page).to_have_url(re.compile("sort=total(:|%3A)asc"))
        page.get_by_role("checkbox", name="Sent", exact=True).check()
        page.get_by_role("button", name="Apply filters").click()
        assert set(texts(page, "status")) == {"Sent"}
        expect(page).to_have_url(re.compile("sort=total(:|%3A)asc"))
        page.get_by_label("Remove filter Status").click()
        page.fill("#q", "gift")
        page.get_by_role("button", name="Search").click()
        expect(page.locator("#results mark").first).to_be_visible()
        page.goto(f"{site}/orders/")
        first = ids(page)
        page.get_by_label("Next page").click()
        assert not set(first) & set(ids(page))
        page.select_option("#page-size", "50")
        page.get_by_role("button", name="Show").click()
        expect(rows(page)).to_have_count(50)
        page.get_by_role("link", name="only").click()
        expect(page.locator("#results tr[data-deleted]").first).to_be_visible()


def test_rows_are_chosen_deleted_and_restored(
    open_page: Opener, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """The bar shows as soon as a row is ticked, and its buttons are a form's."""
    made = [make_order(), make_order()]
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site}/orders/")
        for id in made:
            page.locator(f'tr[data-id="{id}"] [data-select]').check()
        page.locator("#bulk").get_by_role("button", name="Delete…").click()
        page.locator("#form").get_by_role("button", name="Delete").click()
        assert all(stored(id).deleted_at is not None for id in made)
        page.goto(f"{site}/orders/?deleted=only")
        page.locator(f'tr[data-id="{made[0]}"]').get_by_role("button", name="Restore").click()
        assert stored(made[0]).deleted_at is None


def test_a_form(
    open_page: Opener, site: str, engine: Engine, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """A relation takes its id, an array a line for each member, and a refused form keeps what was typed."""
    id = make_order()
    with engine.connect() as connection:
        customer = connection.execute(
            sa.select(Customer.id).where(Customer.deleted_at.is_(None)).limit(1)
        ).scalar_one()
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site}/orders/{id}/change/")
        page.fill('[name="customer"]', str(customer))
        page.fill('[name="tags"]', "gift\nfragile")
        page.fill('[name="total"]', "much")
        page.get_by_role("button", name="Save", exact=False).first.click()
        expect(page.locator("#errors")).to_be_visible()
        expect(page.locator('[name="tags"]')).to_have_value("gift\nfragile")
        page.fill('[name="total"]', "12")
        page.get_by_role("button", name="Save", exact=False).first.click()
        expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    assert (stored(id).customer_id, stored(id).tags, stored(id).total) == (customer, ["gift", "fragile"], 12)


def test_the_query_panel_is_a_page(open_page: Opener, site: str) -> None:
    """Its link leads to the same panel, with a button that measures."""
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site}/orders/?sort=due_on:asc")
        page.locator("#query > summary").click()
        page.get_by_role("link", name="Show the statements and their plans").click()
        page.get_by_role("button", name="Measure").click()
        expect(page.get_by_role("columnheader", name="Actual").first).to_be_visible()


def test_drawers_are_targets(open_page: Opener, site: str) -> None:
    """On a narrow screen navigation and filters open by their own address."""
    with open_page(java_script_enabled=False, viewport={"width": 390, "height": 844}) as page:
        page.goto(f"{site}/orders/")
        expect(page.locator("#filters")).to_be_hidden()
        page.get_by_role("link", name="Filters").click()
        expect(page.locator("#filters")).to_be_visible()
        page.goto(f"{site}/orders/")
        page.get_by_role("link", name="Open navigation").click()
        page.locator("#side").get_by_role("link", name="Products", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Products")


def test_the_hosts_page_leads_to_the_rows(open_page: Opener, host: str) -> None:
    """Where nothing scrolls in, the page still leads to the admin."""
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{host}/")
        page.get_by_role("link", name="Open the admin").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Fernhill Shop")


def test_preferences(open_page: Opener, site: str) -> None:
    """The account page is a plain form."""
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site}/account/")
        page.get_by_text("Dark", exact=True).click()
        page.get_by_role("button", name="Save").click()
        page.goto(f"{site}/")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
