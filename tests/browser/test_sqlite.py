"""The same admin over an SQLite file."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import field, ids, texts
from webadmin.demo.app import build
from webadmin.demo.models import Order


def test_a_days_work(page: Page, shop_sqlite: Engine, live: Callable[..., str]) -> None:
    """Search, filter, sort, change, delete and restore."""
    page.goto(f"{live(build(shop_sqlite))}/admin/orders/")
    page.locator("#q").fill("gift")
    expect(page.locator("#results mark").first).to_be_visible()
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("checkbox", name="Delivered", exact=True).check()
    expect(page).to_have_url(re.compile("status=delivered"))
    page.click("#sort-total")
    expect(page.locator('th[data-head="total"]')).to_have_attribute("aria-sort", "ascending")
    assert set(texts(page, "status")) == {"Delivered"}
    id = ids(page)[0]
    page.locator(f'tr[data-id="{id}"] [data-row-edit]').click()
    field(page, "Note").fill("Changed in a file")
    page.keyboard.press("Control+s")
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    expect(page).to_have_url(re.compile("status=delivered"))
    page.locator(f'tr[data-id="{id}"]').get_by_role("link", name="Delete").click()
    page.locator("#form").get_by_role("button", name="Delete").click()
    expect(page.locator(f'tr[data-id="{id}"]')).to_have_count(0)
    page.locator(".wa-toast").get_by_role("button", name="Restore").click()
    expect(page.locator(f'tr[data-id="{id}"]:not([data-deleted])')).to_have_count(1)
    with shop_sqlite.connect() as connection:
        assert (
            connection.execute(sa.select(Order.note).where(Order.id == int(id))).scalar()
            == "Changed in a file"
        )
