"""A row's form saved as a new row."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.pages import parse
from tests.views.conftest import Admin
from webadmin.demo.models import Order, OrderLine, Product, product_tags
from webadmin.demo.views import OrderView
from webadmin.site import Admin as Site


def test_a_new_row_with_the_same_values(admin: Admin) -> None:
    """What the form holds becomes a new row, links to others included; the old one keeps its own values."""
    id = admin.value(
        sa.select(Product.id)
        .join(product_tags)
        .where(Product.deleted_at.is_(None))
        .order_by(Product.id)
        .limit(1)
    )
    page = admin.get(f"/products/{id}/change/")
    assert page.one('button[name=_then][value="new"]').text_content() == "Save as new"
    name = admin.value(sa.select(Product.name).where(Product.id == id))
    again = admin.post(page.action(), page.form() | {"name": "A copy", "_then": "new"}, 422)
    assert list(again.errors()) == ["sku"], "the number is the old one's"
    assert (again.h1, again.action("form")) == ("New product", "/admin/products/add/")
    assert again.form()["name"] == "A copy"
    after = admin.confirm(again, sku="COPY-1", _then="edit")
    copy = admin.value(sa.select(Product.id).where(Product.sku == "COPY-1"))
    assert after.action("form") == f"/admin/products/{copy}/change/"
    assert after.messages() == ["A copy was created."]
    tags = sa.select(sa.func.count()).select_from(product_tags)
    assert admin.value(tags.where(product_tags.c.product_id == copy)) == admin.value(
        tags.where(product_tags.c.product_id == id)
    )
    assert admin.value(sa.select(Product.name).where(Product.id == id)) == name


def test_only_where_the_view_says_so(admin: Admin) -> None:
    """A view without save_as refuses, and writes neither the old row nor a new one: what was meant as a copy must not
    become a change."""
    id = admin.value(sa.select(Order.id).where(Order.deleted_at.is_(None)).limit(1))
    before = admin.value(sa.select(sa.func.count()).select_from(Order))
    page = admin.get(f"/orders/{id}/change/")
    assert not page.css('button[name=_then][value="new"]')
    admin.post(page.action(), page.form() | {"note": "A copy", "_then": "new"}, 403)
    assert admin.value(sa.select(sa.func.count()).select_from(Order)) == before
    assert admin.value(sa.select(Order.note).where(Order.id == id)) != "A copy"


def test_rows_of_other_tables_stay(admin: Admin) -> None:
    """The lines of an order stay the old order's; those typed in are the new one's."""
    view = type("CopiedOrderView", (OrderView,), {"save_as": True, "model": Order, "inlines": ["lines"]})
    site = Site(admin.engine)
    site.add_view(view)
    site.add_model(OrderLine)
    site.add_model(Product)
    other = Admin(TestClient(site), admin.engine)
    order = admin.value(sa.select(OrderLine.order_id).join(Order).where(Order.deleted_at.is_(None)).limit(1))
    lines = sa.select(sa.func.count()).select_from(OrderLine)
    had = admin.value(lines.where(OrderLine.order_id == order))
    opened = other.client.get(f"/orders/{order}/change/")
    page = parse(opened.text)
    typed = page.form() | {"number": "", "note": "copied", "_then": "new", "lines-0-quantity": "77"}
    answer = other.client.post(page.action(), data=typed, follow_redirects=False)
    assert answer.status_code == 303, parse(answer.text).errors()
    copy = admin.value(sa.select(Order.id).where(Order.note == "copied"))
    assert answer.headers["location"].startswith(f"/orders/{copy}/change/")
    assert admin.value(lines.where(OrderLine.order_id == copy)) == 0
    assert admin.value(lines.where(OrderLine.order_id == order)) == had
    assert admin.value(lines.where(OrderLine.quantity == 77)) == 0
