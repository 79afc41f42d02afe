"""Related rows on a form in the browser: one order, from its lines to a customer who was not there yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, Request, expect
from sqlalchemy import Engine

from tests.browser.conftest import field
from webadmin.demo.models import Customer, OrderLine


def _lines(engine: Engine, order: int) -> list[tuple[int, int]]:
    stmt = sa.select(OrderLine.position, OrderLine.quantity).where(OrderLine.order_id == order)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(stmt.order_by(OrderLine.position))]


def test_an_order_with_its_lines(
    page: Page,
    site: str,
    engine: Engine,
    make_order: Callable[..., int],
    stored: Callable[[int], Any],
    axe: Callable[[Page], list[str]],
) -> None:
    """Lines are changed, removed and added in place, a customer is made in a dialog, and one press saves it all; what nobody
    touched is not sent."""
    order = make_order()
    with engine.begin() as connection:
        lines = [
            {"order_id": order, "position": n, "product_id": n, "quantity": n, "unit_price": 1}
            for n in (1, 2, 3)
        ]
        connection.execute(sa.insert(OrderLine), lines)
    page.goto(f"{site}/orders/{order}/change/")
    table = page.locator("#inline-lines")
    field(page, "Note").fill("Typed before")
    table.get_by_label("Quantity, row 1").fill("40")
    table.get_by_role("checkbox", name="Remove row 2").check(force=True)
    table.get_by_role("button", name="Add").click()
    new = table.locator("tr[data-new]")
    expect(new).to_have_count(1)
    expect(table.get_by_label("Quantity, row 1")).to_have_value("40")
    expect(field(page, "Note")).to_have_value("Typed before")
    new.get_by_role("combobox").click()
    expect(page.locator("[role=option][data-value]").first).to_be_visible()
    assert axe(page) == []
    page.locator("[role=option][data-value]").first.click()
    new.get_by_label("Unit price, row 4").fill("9.50")
    page.locator("[data-field=customer]").get_by_role("link", name="New customer").click()
    dialog = page.locator("#create")
    expect(dialog.get_by_role("heading", name="New customer")).to_be_visible()
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    assert axe(page) == []
    dialog.get_by_label("Name", exact=False).first.fill("Made In Dialog")
    dialog.get_by_label("E-mail").fill("made@dialog.example")
    dialog.get_by_label("Country", exact=False).first.fill("DE")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("combobox", name="Customer")).to_have_value("Made In Dialog")
    expect(page.get_by_role("link", name="Open Made In Dialog")).to_be_visible()
    expect(field(page, "Note")).to_have_value("Typed before")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.keyboard.press("Control+s")
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    posted = sent[0].post_data or ""
    assert "lines-2-" not in posted, "the third line was left alone"
    with engine.connect() as connection:
        made = connection.execute(
            sa.select(Customer.id).where(Customer.email == "made@dialog.example")
        ).scalar_one()
    assert (stored(order).customer_id, stored(order).note) == (made, "Typed before")
    assert _lines(engine, order) == [(1, 40), (3, 3), (4, 1)]
