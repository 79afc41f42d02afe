"""Deleting in the browser: the plan first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import LONG_AGO
from webadmin.demo.models import Category, OrderLine, Product


def test_delete_and_undo(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """From the row's page through the plan; the message brings it back with one press."""
    id = make_order()
    page.goto(f"{site}/orders/{id}/")
    page.get_by_role("link", name="Delete…").click()
    page.locator("#form").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    assert stored(id).deleted_at is not None
    page.locator(".wa-toast").get_by_role("button", name="Restore").click()
    expect(page.locator(".wa-toast").first).to_contain_text("was restored")
    assert stored(id).deleted_at is None


def test_what_stands_in_the_way(page: Page, site: str, engine: Engine) -> None:
    """A blocked plan names the rows, links to them and has no button that deletes."""
    with engine.connect() as connection:
        parent = connection.execute(
            sa.select(Category.parent_id).where(Category.parent_id.is_not(None)).limit(1)
        ).scalar_one()
    page.goto(f"{site}/categories/{parent}/delete/")
    expect(page.locator("#plan-blocked")).to_contain_text("Categories (parent)")
    expect(page.get_by_role("button", name="Delete for good")).to_have_count(0)
    page.get_by_role("link", name="Go back").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_what_goes_with_it(page: Page, site: str, engine: Engine, make_order: Callable[..., int]) -> None:
    """A purge shows what the database takes along, and takes that along."""
    id = make_order(deleted_at=LONG_AGO)
    with engine.begin() as connection:
        product = connection.execute(sa.select(Product.id).limit(1)).scalar_one()
        for position in (1, 2):
            connection.execute(
                sa.insert(OrderLine).values(order_id=id, position=position, product_id=product, unit_price=1)
            )
    page.goto(f"{site}/orders/{id}/")
    page.get_by_role("link", name="Delete for good…").click()
    line = page.locator('#plan-deleted [data-rule="cascade"]')
    expect(line).to_have_attribute("data-rows", "2")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".wa-toast").first).to_contain_text("was deleted for good")
    with engine.connect() as connection:
        assert not connection.execute(sa.select(sa.func.count()).where(OrderLine.order_id == id)).scalar()
