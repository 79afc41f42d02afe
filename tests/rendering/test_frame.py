"""The frame of a page: navigation and what the person may see of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, ModelView, User
from webadmin.demo.models import Customer, Order, Product


def navigation(engine: sa.Engine, user: User, address: str, **options: Any) -> dict[str, str]:
    """Where the navigation leads, and which link is the page's own."""
    admin = Admin(engine, identify=lambda request: user, **options)
    for model in (Order, Customer, Product):
        admin.add_view(
            type(
                f"{model.__name__}View",
                (ModelView,),
                {"model": model, "category": "Shop" if model is Order else ""},
            )
        )
    with TestClient(admin) as client:
        page = parse(client.get(address).text)
    return {
        link.get("href"): link.get("aria-current") or ""
        for link in page.css("nav a[href]")
        if "?" not in link.get("href")
    }


def test_rights(shop_sqlite: sa.Engine) -> None:
    """Only lists that the person may look at are there, and ways to add rows where they may."""
    every = navigation(shop_sqlite, User("Ada"), "/orders/")
    assert {"/orders/", "/customers/", "/products/"} <= set(every)
    assert every["/orders/"] == "page"
    few = navigation(shop_sqlite, User("Ada", grants=("orders.view",)), "/orders/")
    assert not {"/customers/", "/products/", "/orders/add/"} & set(few)


def test_read_only(shop_sqlite: sa.Engine) -> None:
    """An admin that only reads has no way to add anything."""
    found = navigation(shop_sqlite, User("Ada"), "/orders/", read_only=True)
    assert "/orders/" in found
    assert not [address for address in found if address.endswith("/add/")]
