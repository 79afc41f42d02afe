"""Fields made anew while a form is open."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.pages import Page, parse
from tests.views.conftest import Admin
from webadmin.demo.models import Customer, Order


def _customer(admin: Admin, country: str) -> Any:
    return admin.value(
        sa.select(Customer.id).where(Customer.country == country, Customer.deleted_at.is_(None)).limit(1)
    )


def _refreshed(admin: Admin, page: Page, field: str, **typed: str) -> Page:
    url = page.one(f"[data-field={field}]").get("hx-post")
    answer = admin.client.post(url, data=page.form() | typed, headers={"hx-request": "true"})
    assert answer.status_code == 200
    return parse(answer.text)


def test_only_what_depends_comes_back(reader: Admin) -> None:
    """The fields alone, each for the one of its name; what was typed stays in them, and nothing is written."""
    page = reader.get("/orders/add/")
    assert not page.one("[data-field=handled_by]").get("hx-post")
    with reader.statements() as seen:
        part = _refreshed(reader, page, "channel", channel="PHONE", currency="XTS")
    assert [one.get("id") for one in part.css("[data-field]")] == ["w-f-currency", "w-f-handled_by"]
    assert all(one.get("hx-swap-oob") == "true" for one in part.css("[data-field]"))
    assert part.one("[name=currency]").get("value") == "XTS"
    assert part.one("[name=handled_by]").get("required") is not None
    assert part.one("#h-f-handled_by").text_content() == "Who took the order"
    assert not [one for one in seen if not one.startswith("SELECT")]


def test_a_value_follows(reader: Admin) -> None:
    """The currency is that of the chosen customer's country, also for a form that is sent without scripts."""
    page = reader.get("/orders/add/")
    customer = str(_customer(reader, "JP"))
    part = _refreshed(reader, page, "customer", customer=customer)
    assert part.one("[name=currency]").get("value") == "JPY"
    button = page.one("[data-field=customer] .wa-nojs button[name=_do]")
    again = reader.post(page.action(), page.form() | {"customer": customer, "_do": button.get("value")}, 200)
    assert again.form()["currency"] == "JPY"
    assert not again.errors()


def test_a_row_keeps_its_own(admin: Admin) -> None:
    """An order that has changed its channel needs somebody who took it; one that has not is saved as it is."""
    id = admin.value(
        sa.select(Order.id).where(
            Order.deleted_at.is_(None), Order.channel == "web", Order.handled_by_id.is_not(None)
        )
    )
    page = admin.get(f"/orders/{id}/change/")
    again = admin.post(page.action(), page.form() | {"channel": "PHONE", "handled_by": ""}, 422)
    assert list(again.errors()) == ["handled_by"]
    part = _refreshed(admin, page, "channel", channel="PHONE")
    assert part.one("[name=handled_by]").get("value") == page.form()["handled_by"]
