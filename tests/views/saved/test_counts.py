"""The numbers on the tabs of saved views."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.views.saved.conftest import Person, tabs
from webadmin.demo.models import Order, OrderStatus
from webadmin.views.saved import counts


def test_numbers_come_after_the_list(ada: Person, shop: Engine) -> None:
    """The list names the address; what comes from there goes into the tabs, and the next list has it at once."""
    page = ada.save("status=paid", "Paid")
    id = tabs(page)["Paid"]
    assert page.text(f"#n-{id}") == ""
    address = page.one(".wa-tabs").get("hx-get")
    part = ada.get(address)
    stmt = sa.select(sa.func.count()).where(Order.status == OrderStatus.PAID, Order.deleted_at.is_(None))
    assert part.text(f"#n-{id}[hx-swap-oob]") == f"{ada.value(stmt):,}"
    again = ada.get("/orders/")
    assert again.text(f"#n-{id}") == f"{ada.value(stmt):,}"
    assert again.one(".wa-tabs").get("hx-get") is None


def test_known_numbers_are_not_counted_again(ada: Person) -> None:
    """Within a minute nothing is sent for them; a changed view is another one."""
    id = tabs(ada.save("status=paid", "Paid"))["Paid"]
    ada.get("/orders/views/counts/")
    with ada.statements() as sent:
        ada.get("/orders/views/counts/")
    assert len(sent) == 0
    page = ada.get(f"/orders/?status=sent&view={id}")
    ada.post(page.action(f"/views/{id}/"), page.form(f"/views/{id}/") | {"do": "save"})
    assert ada.get("/orders/").one(".wa-tabs").get("hx-get")


def test_all_of_them_have_a_limit(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is up, the rest has no number, and is asked for the next time."""
    for name in ("One", "Two"):
        page = ada.save("status=paid", name)
    monkeypatch.setattr(counts, "TIME", -1.0)
    part = ada.client.get("/admin/orders/views/counts/")
    assert part.status_code == 200
    assert "hx-swap-oob" not in part.text
    assert page.one(".wa-tabs").get("hx-get")


def test_no_number_of_another_scope(ada: Person, person: Callable[..., Person]) -> None:
    """What was counted for one session is not shown in another."""
    id = tabs(ada.save("status=paid", "Paid", shared="1"))["Paid"]
    ada.get("/orders/views/counts/")
    bob = person("Bob", "orders.view")
    assert bob.get("/orders/").text(f"#n-{id}") == ""
