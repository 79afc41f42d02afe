"""Columns of many rows, changed at once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.changes import selection
from webadmin.database.own_tables.base import metadata as own_tables
from webadmin.demo.models import Order, OrderLine, OrderStatus, Staff


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


def test_keys_of_several_columns_are_written_in_portions(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One statement for so many rows each, all in one transaction, and no row is left out between two."""
    monkeypatch.setattr(selection, "PORTION", 50)
    lines = number(admin, model=OrderLine)
    assert lines > 100
    plan = preview(admin, opened(admin, "/order_lines/"), **{"op-quantity": "add", "with-quantity": "1000"})
    assert counts(plan) == (lines, lines)
    with admin.statements() as seen:
        admin.post(plan.action("form"), plan.form("form") | {"confirm": "1"})
    written = [stmt for stmt in seen if "UPDATE order_lines" in stmt]
    assert len(written) == -(-lines // 50)
    assert number(admin, OrderLine.quantity > 1000, model=OrderLine) == lines


def test_chosen_rows_of_a_model_with_history(admin: Admin) -> None:
    """The change is kept, under the label of how many rows it was."""
    own_tables.create_all(admin.engine)
    page = admin.get("/products/")
    ids = page.ids()[:3]
    form = opened(admin, "/products/", ids)
    plan = preview(admin, form, **{"op-price": "percent", "with-price": "-10"})
    after = admin.post(plan.action("form"), plan.form("form") | {"confirm": "1"})
    assert after.messages() == ["3 products were changed."]
    changes = sa.text("SELECT kind, list_key, label, row_count FROM webadmin_change")
    with admin.engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(changes)] == [
            ("change", "products", "3 products", 3)
        ]


def test_what_is_asked_for_is_as_wide_as_the_list(admin: Admin) -> None:
    """Deleted rows are among all that match where the list shows them, and to-one relations are set by the form's lookup."""
    gone = number(admin, Order.deleted_at.is_not(None))
    staff = admin.value(sa.select(Staff.id).limit(1))
    form = opened(admin, "/orders/?deleted=show&per_page=10")
    assert int(form.one("h1").get("data-rows")) == number(admin)
    assert form.css('[data-bulk-column="with-handled_by"] [data-lookup]')
    plan = preview(admin, form, **{"op-handled_by": "set", "with-handled_by": str(staff)})
    admin.post(plan.action("form"), plan.form("form") | {"confirm": "1"})
    assert number(admin, Order.handled_by_id == staff, Order.deleted_at.is_not(None)) == gone > 0
