"""Fields of the shop that are not for everybody."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, User
from webadmin.demo.models import Customer, Product
from webadmin.demo.views import register


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_credit_and_stock(shop: sa.Engine) -> None:
    """Who may not mark orders as paid sees no credit limit; who may not restock reads the stock and cannot write it."""
    grants: list[str] = ["customers.*", "products.*"]
    admin = Admin(shop, identify=lambda _request: User("Ana", grants=grants))
    register(admin)
    client = TestClient(admin)
    with shop.connect() as connection:
        customer = connection.scalar(
            sa.select(Customer.id).where(Customer.credit_limit.is_not(None)).limit(1)
        )
        product = connection.scalar(sa.select(Product.id).where(Product.deleted_at.is_(None)).limit(1))
    assert "credit limit" not in client.get(f"/customers/{customer}/").text.lower()
    assert client.get("/customers/?credit_limit.gte=1").status_code == 400
    grants[:] = ["customers.*", "products.view", "products.change", "orders.action:mark-paid"]
    assert "credit limit" in client.get(f"/customers/{customer}/").text.lower()
    form = parse(client.get(f"/products/{product}/change/").text)
    assert form.css("output#f-stock") != []
    sent = client.post(f"/products/{product}/change/", data=form.form() | {"stock": "9"})
    assert sent.status_code == 403
    grants.append("products.action:restock")
    assert parse(client.get(f"/products/{product}/change/").text).css("input#f-stock") != []
