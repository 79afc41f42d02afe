"""Cells of rows: types, formatters, relations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Session

from webadmin import ModelView, User
from webadmin.demo.models import Customer, Order
from webadmin.dialects import for_engine
from webadmin.options.context import Context
from webadmin.options.registry import Registry
from webadmin.options.view import View
from webadmin.rendering.urls import Urls
from webadmin.rendering.values import Cells


def views(user: User | None = None, **options: Any) -> tuple[Context, View]:
    """A view of orders with these options, and of customers."""
    registry = Registry()
    registry.add(type("OrderView", (ModelView,), {"model": Order, **options}))
    registry.add(type("CustomerView", (ModelView,), {"model": Customer}))
    context = Context(Session(), for_engine(sa.create_engine("sqlite://")), user or User("x"), registry)
    return context, registry.views["orders"]


def cell(row: Any, name: str, user: User | None = None, **options: Any) -> Any:
    context, view = views(user, column_list=[name], **options)
    return Cells(context, view, Urls("/in")).maker(view.list_columns[0])(row, {})


@pytest.mark.parametrize(
    ("formatter", "text"),
    [
        (lambda row, name: f"<b>{name}</b>", "<b>number</b>"),
        (lambda row, name: Markup("<b>x</b>"), Markup("<b>x</b>")),
        (lambda row, name: 5, "5"),
        (lambda row, name: None, "–"),
    ],
)
def test_formatters(formatter: Any, text: str) -> None:
    """A formatter's text stays text, its markup markup; nothing is a dash."""
    found = cell(Order(number="1"), "number", column_formatters={Order.number: formatter})
    assert found.text == text
    assert isinstance(found.text, Markup) is isinstance(text, Markup)


def test_by_type() -> None:
    """A formatter of a type is used for the values of that type."""
    found = cell(
        Order(total=Decimal("2.5")), "total", column_type_formatters={Decimal: lambda value: f"{value} €"}
    )
    assert found.text == "2.5 €"


def test_wrong_types() -> None:
    """A value that is not what its column promises is shown as it is."""
    for name in ("total", "placed_at", "status"):
        assert cell(Order(**{name: object}), name).text
    assert cell(Order(total="a lot"), "total").text == "a lot"


def test_to_one() -> None:
    """A related row is called by its name and leads to its page, where the person may look at it."""
    order = Order(customer=Customer(name="Ada", id="018bf544-5ca0-7c4c-9a42-38a0b923820d"))
    found = cell(order, "customer")
    assert (found.text, found.href) == ("Ada", "/in/customers/018bf544-5ca0-7c4c-9a42-38a0b923820d/")
    assert cell(order, "customer", user=User("x", grants=("orders.*",))).href is None
    assert cell(Order(), "customer").empty
    assert cell(order, "customer.name").text == "Ada"
    assert cell(Order(), "customer.name").empty
