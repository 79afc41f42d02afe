"""The forms of the demo's shop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.forms.posting import context, control, registry, saved, sent, statements
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.save import save
from webadmin.demo import models
from webadmin.options.registry import Registry

MODELS: list[type[Any]] = [
    models.Staff, models.Customer, models.Category, models.Tag, models.Product, models.Order, models.OrderLine,
    models.Review, models.StaffNote,
]  # fmt: skip


@pytest.fixture
def views() -> Registry:
    return registry(*MODELS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_unchanged(shop: Engine, views: Registry, model: type[Any]) -> None:
    """The forms of the shop's rows, sent as they are, write nothing."""
    with context(shop, views) as ctx:
        rows = ctx.session.scalars(sa.select(model).limit(8)).all()
        assert rows
        for row in rows:
            form = sent(ctx, model, row)
            assert form.validate(), form.errors
            assert form.changes() == {}
            with statements(ctx.session) as written:
                save(form)
            assert written == []


def test_order(shop: Engine, views: Registry) -> None:
    """An order is created with what the database gives, and changed."""
    with context(shop, views) as ctx:
        customer = ctx.session.scalars(sa.select(models.Customer).limit(1)).one()
        order = saved(
            ctx, models.Order, None, customer=str(customer.id), total="12.50", tags="rush\ngift",
            delivery_window="1 day 2:00", meta='{"a": [1]}', status="PAID",
        )  # fmt: skip
        ctx.session.refresh(order)
        assert order.number.startswith("A-")
        assert (order.total, order.tags, order.status, order.customer) == (
            Decimal("12.50"), ["rush", "gift"], models.OrderStatus.PAID, customer,
        )  # fmt: skip
        saved(ctx, models.Order, order, customer="", note="x")
        assert (order.customer_id, order.note) == (None, "x")


def test_taken_number(shop: Engine, views: Registry) -> None:
    """A number that a live order has is refused, and names that order; a deleted order's number is free."""
    with context(shop, views) as ctx:
        first, second = ctx.session.scalars(
            sa.select(models.Order)
            .where(models.Order.deleted_at.is_(None))
            .order_by(models.Order.id)
            .limit(2)
        )
        form = sent(ctx, models.Order, second, number=first.number, total="-1")
        assert form.validate()
        with pytest.raises(SaveRefused):
            save(form)
        form = sent(ctx, models.Order, second, number=first.number)
        assert form.validate()
        with pytest.raises(SaveRefused) as caught:
            save(form)
        assert caught.value.errors == {"number": [f"“{first.number}” is already used by {first.number}."]}
        form = sent(ctx, models.Order, second, total="-1")
        assert form.validate()
        with pytest.raises(SaveRefused) as caught:
            save(form)
        assert caught.value.errors == {"total": ["Enter 0 or more."]}
        form.refuse(caught.value.errors)
        assert control(form, "total").value == "-1"


def test_composite_key(shop: Engine, views: Registry) -> None:
    """A row whose key has two columns is created through its relation."""
    with context(shop, views) as ctx:
        order = ctx.session.scalars(sa.select(models.Order).limit(1)).one()
        product = ctx.session.scalars(sa.select(models.Product).limit(1)).one()
        typed = {"order": str(order.id), "position": "900", "product": str(product.id), "unit_price": "1.00"}
        line = saved(ctx, models.OrderLine, None, **typed)
        assert (line.order_id, line.position, line.quantity) == (order.id, 900, 1)
        ctx.session.expunge(line)
        form = sent(ctx, models.OrderLine, None, **typed)
        assert form.validate()
        with pytest.raises(SaveRefused) as caught:
            save(form)
        assert set(caught.value.errors) == {"order", "position"}
