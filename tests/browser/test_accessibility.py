"""No page kind has an accessibility violation: light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import field
from webadmin.demo.models import Category, Order, OrderLine

Judge = Callable[[Page], list[str]]


def _paths(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        order = connection.execute(
            sa.select(Order.id)
            .join(Order.lines)
            .where(Order.deleted_at.is_(None), Order.customer_id.is_not(None))
            .limit(1)
        ).scalar_one()
        gone = connection.execute(
            sa.select(Order.id).join(OrderLine).where(Order.deleted_at.is_not(None)).limit(1)
        ).scalar_one()
        parent = connection.execute(
            sa.select(Category.parent_id).where(Category.parent_id.is_not(None)).limit(1)
        ).scalar_one()
    return [
        "/",
        "/orders/?deleted=show&status=delivered&status=failed&total.gte=1&sort=total:desc,status:asc",
        "/orders/?q=gift",
        "/orders/?q=gift&columns=number,total",
        "/orders/?q=delivry",
        "/orders/?q=zzzzzz",
        "/products/",
        f"/orders/{order}/",
        f"/orders/{gone}/",
        f"/orders/{order}/change/",
        "/products/add/",
        f"/orders/{order}/delete/",
        f"/orders/{gone}/purge/",
        "/changes/?deleted",
        f"/categories/{parent}/delete/",
        "/orders/explain/?sort=due_on:asc",
        "/database/doctor/?all=1",
        "/database/indexes/",
        "/account/",
        "/orders/?sort=nothing",
        "/nothing/",
    ]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_page_has_a_violation(
    open_page: Callable[..., Any], site: str, engine: Engine, axe: Judge, theme: str, width: int
) -> None:
    """Axe finds nothing, on any page."""
    with open_page(
        color_scheme=theme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    ) as page:
        found = {}
        for path in _paths(engine):
            page.goto(f"{site}{path}")
            if violations := axe(page):
                found[path] = violations
        assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_opened_part_has_a_violation(
    open_page: Callable[..., Any], site: str, axe: Judge, make_order: Callable[..., int], theme: str
) -> None:
    """Dialogs, options, the bar of chosen rows, the measured panel, a refused form and the narrow drawers are clean too."""
    with open_page(
        color_scheme=theme, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    ) as page:
        page.goto(f"{site}/orders/?per_page=10")
        page.locator("[data-select]").first.check()
        page.keyboard.press("q")
        page.get_by_role("button", name="Measure").click()
        expect(page.get_by_role("button", name="Measure again")).to_be_visible()
        assert axe(page) == []
        page.keyboard.press("?")
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.keyboard.type("o")
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.locator("#filters").get_by_role("combobox", name="Customer", exact=True).click()
        expect(page.locator("#filters [role=option]").first).to_be_visible()
        assert axe(page) == []
        page.goto(f"{site}/orders/{make_order()}/change/")
        field(page, "Total").fill("x")
        page.get_by_role("combobox", name="Customer").click()
        expect(page.locator("#form [role=option]").first).to_be_visible()
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Save and keep editing").click()
        expect(page.locator("#errors")).to_be_focused()
        assert axe(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{site}/orders/?per_page=10", wait_until="load")
        page.locator("#filters-open").click()
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Open navigation").click()
        assert axe(page) == []
