"""What each filter finds, against the same question asked in Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of
from webadmin.demo.models import Channel, Customer, Order, OrderStatus, Product
from webadmin.listing.listing import Listing
from webadmin.options.model_view import ModelView

NOW = datetime.now(UTC)
TODAY = NOW.date()


class Orders(ModelView, model=Order):
    column_filters = [
        "status", "channel", "placed_at", "due_on", "customer", "handled_by", "total", "tags", "id", "number",
        "delivery_window", "note", "lines", "customer.country", "customer.newsletter", "customer.search", "search",
        "meta", "recipient", "customer.orders", "customer.name", sa.func.lower(Order.number),
    ]  # fmt: skip


class Products(ModelView, model=Product):
    column_filters = ["weight", "active", "tags", "image", "labels", "stock", "price", "category"]


def day(text: str) -> date:
    return date.fromisoformat(text)


CASES: list[tuple[str, Callable[[Order], Any]]] = [
    ("status=paid", lambda o: o.status is OrderStatus.PAID),
    ("status=PAID&status=sent", lambda o: o.status in {OrderStatus.PAID, OrderStatus.SENT}),
    ("status.not=delivered&status.not=paid", lambda o: o.status not in {OrderStatus.PAID, OrderStatus.DELIVERED}),
    ("channel=sales_rep", lambda o: o.channel is Channel.SALES_REP),
    ("total.gte=50&total.lt=120.5", lambda o: Decimal(50) <= o.total < Decimal("120.5")),
    ("total.gt=50.005", lambda o: o.total > Decimal("50.005")),
    ("total.lte=80", lambda o: o.total <= 80),
    ("id=3&id=5&id=99999999", lambda o: o.id in {3, 5}),
    ("id.not=3", lambda o: o.id != 3),
    ("placed_at.range=last-30-days", lambda o: o.placed_at.date() > TODAY - timedelta(days=30) and o.placed_at.date() <= TODAY),
    (f"placed_at.gte={TODAY.year}", lambda o: o.placed_at.year >= TODAY.year),
    (f"placed_at.lt={TODAY.year}-01", lambda o: o.placed_at.year < TODAY.year),
    (f"placed_at.gt={TODAY}", lambda o: o.placed_at.date() > TODAY),
    (f"placed_at.lte={TODAY}", lambda o: o.placed_at.date() <= TODAY),
    ("due_on.range=this-month", lambda o: o.due_on and (o.due_on.year, o.due_on.month) == (TODAY.year, TODAY.month)),
    (f"due_on={TODAY.year}", lambda o: o.due_on and o.due_on.year == TODAY.year),
    (f"due_on.not={TODAY.year}", lambda o: not (o.due_on and o.due_on.year == TODAY.year)),
    ("due_on.lte=9999", lambda o: o.due_on is not None),
    ("due_on.gt=9999-12-31", lambda o: False),
    ("due_on.null=true", lambda o: o.due_on is None),
    ("due_on.null=false", lambda o: o.due_on is not None),
    ("note.contains=DELIVERY", lambda o: "delivery" in (o.note or "").lower()),
    ("note.contains=%25", lambda o: "%" in (o.note or "")),
    ("note.contains=_", lambda o: "_" in (o.note or "")),
    ("number=A-1000007", lambda o: o.number == "A-1000007"),
    ("recipient.not=Nobody", lambda o: o.recipient != "Nobody"),
    ("tags.contains=gift", lambda o: "gift" in o.tags),
    ("tags.contains=gift&tags.contains=fragile", lambda o: {"gift", "fragile"} <= set(o.tags)),
    ("delivery_window.gte=2+h", lambda o: o.delivery_window and o.delivery_window >= timedelta(hours=2)),
    ("delivery_window=1:00&delivery_window=4:00", lambda o: o.delivery_window in {timedelta(hours=1), timedelta(hours=4)}),
    ("handled_by=1&handled_by=2", lambda o: o.handled_by_id in {1, 2}),
    ("handled_by.not=1", lambda o: o.handled_by_id != 1),
    ("handled_by.null=true", lambda o: o.handled_by_id is None),
    ("customer.null=false", lambda o: o.customer_id is not None),
    ("lines=any", lambda o: o.lines),
    ("lines=none", lambda o: not o.lines),
    ("lines=1,1", lambda o: o.id == 1),
    ("customer.country=DE", lambda o: o.customer and o.customer.country == "DE"),
    ("customer.country.not=DE", lambda o: not (o.customer and o.customer.country == "DE")),
    ("customer.newsletter.null=true", lambda o: not o.customer or o.customer.newsletter is None),
    ("customer.newsletter=true", lambda o: o.customer and o.customer.newsletter),
    ("search.null=true", lambda o: False),
    ("note.empty=true", lambda o: not o.note),
    ("note.empty=false", lambda o: o.note),
    ("tags.empty=true", lambda o: not o.tags),
    ("tags.empty=false", lambda o: o.tags),
    ("customer.name.empty=false", lambda o: o.customer and o.customer.name),
    ("lower_number=a-1000007", lambda o: o.number == "A-1000007"),
    ("lower_number.contains=A-100000", lambda o: o.number.startswith("A-100000")),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), CASES, ids=[query for query, _ in CASES])
def test_a_filter_finds_what_it_says(
    shop_session: Session, query: str, expected: Callable[[Order], Any]
) -> None:
    """The rows of the list are those of which Python says the same."""
    found = keys(shop_session, Orders, query)
    every = shop_session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).all()
    assert found == {str(order.id) for order in every if expected(order)}


PRODUCTS: list[tuple[str, Callable[[Product], Any]]] = [
    ("weight.gte=1.5&weight.lt=3", lambda p: p.weight is not None and 1.5 <= p.weight < 3),
    ("weight.null=true", lambda p: p.weight is None),
    ("active=false", lambda p: not p.active),
    ("active=true&active=false", lambda p: True),
    ("tags=any", lambda p: p.tags),
    ("tags=none", lambda p: not p.tags),
    ("tags=1&tags=2", lambda p: {1, 2} & {tag.id for tag in p.tags}),
    ("tags.not=1", lambda p: 1 not in {tag.id for tag in p.tags}),
    ("image.null=true", lambda p: p.image is None),
    ("stock.gte=10", lambda p: p.stock >= 10),
    ("category=1", lambda p: p.category_id == 1),
]


@pytest.mark.parametrize(("query", "expected"), PRODUCTS, ids=[query for query, _ in PRODUCTS])
def test_filters_of_other_kinds(
    shop_session: Session, query: str, expected: Callable[[Product], Any]
) -> None:
    """Floats, booleans, many-to-many and binary columns."""
    found = keys(shop_session, Products, query)
    every = shop_session.scalars(sa.select(Product).where(Product.deleted_at.is_(None))).all()
    assert found == {str(product.id) for product in every if expected(product)}


def test_deleted_rows_do_not_count_as_related(shop_session: Session) -> None:
    """A relation to many has none when all of its rows are soft-deleted."""

    class Customers(ModelView, model=Customer):
        column_filters = ["orders"]

    customer = shop_session.scalars(
        sa.select(Customer).where(Customer.deleted_at.is_(None), Customer.orders.any())
    ).first()
    assert customer is not None
    key = str(customer.id)
    shop_session.execute(sa.update(Order).where(Order.customer_id == customer.id).values(deleted_at=NOW))
    assert key in keys(shop_session, Customers, "orders=none")
    assert key not in keys(shop_session, Customers, "orders=any")


def keys(session: Session, view_class: type[ModelView], query: str) -> set[str]:
    """The ids of all rows that the list has for a query string."""
    context = context_of(session, registry_of(view_class))
    view = context.registry.for_model(view_class.model)
    assert view is not None
    found: set[str] = set()
    params = params_of(view, f"{query}&per_page=200")
    listing = Listing.load(context, view, params)
    for page in range(1, listing.pages + 1):
        found |= {row.id for row in Listing.load(context, view, params.changed(page=page)).rows}
    return found
