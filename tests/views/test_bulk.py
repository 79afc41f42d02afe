"""Columns of many rows, changed at once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.demo.models import Customer, Order, OrderStatus, Product, Staff

EDIT = "/orders/actions/edit/"


def opened(admin: Admin, path: str, ids: list[str] | None = None, **more: str) -> Page:
    """The form for these rows of a list, or for all that it shows."""
    page = admin.get(path)
    fields = page.form("bulk") | ({"id": ids} if ids is not None else {"all": "1"}) | more
    return admin.post(page.one('#bulk button[value="edit"]').get("formaction"), fields, 200)


def preview(admin: Admin, form: Page, status: int = 200, **picked: str) -> Page:
    return admin.post(form.action("form"), form.form("form") | picked | {"step": "preview"}, status)


def counts(page: Page) -> tuple[int, int]:
    plan = page.one("#plan")
    return int(plan.get("data-total")), int(plan.get("data-changing"))


def number(admin: Admin, *where: Any, model: Any = Order) -> int:
    return int(admin.value(sa.select(sa.func.count()).select_from(model).where(*where)))


def test_all_that_match_are_changed_after_a_look(admin: Admin) -> None:
    """The page says how many would change and shows some, from what to what; looking at it changes nothing."""
    delivered = (Order.status == OrderStatus.DELIVERED, Order.deleted_at.is_(None))
    many = number(admin, *delivered)
    other = number(admin, *delivered, Order.currency != "EUR")
    form = opened(admin, "/orders/?status=delivered&per_page=10")
    assert int(form.one("h1").get("data-rows")) == many
    picked = {"op-status": "set", "with-status": "PAID", "op-currency": "set", "with-currency": "EUR"}
    plan = preview(admin, form, **picked)
    assert counts(plan) == (many, many)
    assert plan.texts("#samples tbody tr:first-child td")[0] == "Delivered → Paid"
    assert number(admin, *delivered) == many
    assert len(plan.css("#samples tbody tr")) == min(many, 10)
    after = admin.post(plan.action("form"), plan.form("form") | {"confirm": "1"})
    assert after.messages() == [f"{many} orders were changed."]
    assert number(admin, *delivered) == 0
    assert other == 0 or number(admin, Order.status == OrderStatus.PAID, Order.currency != "EUR") < other
