"""Filters of the host's own: classes with a condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import wtforms
from sqlalchemy.orm import Session
from wtforms.validators import NumberRange

from tests.listing.conftest import context_of, params_of, registry_of
from tests.listing.filters.test_conditions import keys
from webadmin import Filter
from webadmin.auth.user import User
from webadmin.demo.models import Customer, Order, OrderStatus
from webadmin.errors import BadRequest, OptionsError
from webadmin.listing.filters import filters_of
from webadmin.listing.panel import chips, filter_controls
from webadmin.options.model_view import ModelView


class Size(Filter):
    choices = {"small": "Up to 50", "large": "Above 50"}

    def condition(self, value: str, user: User) -> sa.ColumnElement[bool]:
        return Order.total <= 50 if value == "small" else Order.total > 50


class PlacedBefore(Filter):
    label = "Placed before"
    type = date

    def condition(self, value: date, user: User) -> sa.ColumnElement[bool]:
        return Order.placed_at < datetime(value.year, value.month, value.day, tzinfo=UTC)


class Countries(Filter):
    several = True

    def condition(self, value: list[str], user: User) -> sa.ColumnElement[bool]:
        return Order.customer.has(Customer.country.in_(value))


class Above(Filter):
    field = wtforms.DecimalField(validators=[NumberRange(min=0, message="must not be below zero")])

    def condition(self, value: Decimal, user: User) -> sa.ColumnElement[bool]:
        return Order.total > value


class Mine(Filter):
    type = bool

    def condition(self, value: bool, user: User) -> sa.ColumnElement[bool]:
        return (Order.note == user.name) == sa.literal(value)


class States(Filter):
    name = "in_state"
    type = OrderStatus
    several = True

    def condition(self, value: list[OrderStatus], user: User) -> sa.ColumnElement[bool]:
        return Order.status.in_(value)


class Orders(ModelView, model=Order):
    column_filters = ["status", Size, PlacedBefore, Countries, Above, Mine, States]


MONTH_AGO = datetime.now(UTC) - timedelta(days=30)

CASES: list[tuple[str, Callable[[Order], Any]]] = [
    ("size=small", lambda o: o.total <= 50),
    (f"placed_before={MONTH_AGO:%Y-%m-%d}", lambda o: o.placed_at.date() < MONTH_AGO.date()),
    ("countries=DE&countries=FR", lambda o: o.customer and o.customer.country in {"DE", "FR"}),
    ("above=99.5", lambda o: o.total > Decimal("99.5")),
    ("in_state=paid&in_state=sent", lambda o: o.status in {OrderStatus.PAID, OrderStatus.SENT}),
    ("where=size:large;status:paid|above:200", lambda o: (o.total > 50 and o.status is OrderStatus.PAID) or o.total > 200),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), CASES, ids=[query for query, _ in CASES])
def test_a_filter_of_ones_own(shop_session: Session, query: str, expected: Callable[[Order], Any]) -> None:
    """The rows of the list are those of its condition."""
    every = shop_session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).all()
    assert keys(shop_session, Orders, query) == {str(order.id) for order in every if expected(order)}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("size=huge", "Size: there is no “huge”; there are: small, large."),
        ("size=small&size=large", "Size takes one value."),
        ("size.not=small", "not a way to filter"),
        ("placed_before=soon", "Placed before: that takes a day such as 2026-01-31, not “soon”."),
        ("above=-1", "Above: must not be below zero."),
        ("above=much", "Above: Not a valid decimal value."),
        ("mine=perhaps", "Mine: write true or false, not “perhaps”."),
        ("in_state=lost", "In state: there is no “lost”"),
        ("where=size:huge", "there is no “huge”"),
    ],
)
def test_bad_values_are_said(shop_session: Session, query: str, sentence: str) -> None:
    """What a filter does not take is refused in a sentence."""
    context = context_of(shop_session, registry_of(Orders))
    with pytest.raises(BadRequest) as found:
        params_of(context.registry.views["orders"], query)
    assert sentence in found.value.message


def test_the_form_and_the_chips(shop_session: Session) -> None:
    """Choices are a select or boxes to tick, other values a field of their kind; chips have the labels."""
    context = context_of(shop_session, registry_of(Orders))
    view = context.registry.views["orders"]
    params = params_of(view, "size=small&in_state=paid&mine=true&placed_before=2026-01-31")
    controls = {
        c.name: c for c in filter_controls(params, {}, url=lambda query: query, lookup_url=lambda name: name)
    }
    kinds = {name: control.inputs[0].type for name, control in controls.items() if name in filters_of(view)}
    assert kinds == {
        "status": "checkbox", "size": "select", "placed_before": "date", "countries": "text", "above": "text", "mine": "select",
        "in_state": "checkbox", "where": "where",
    }  # fmt: skip
    assert [option.label for option in controls["size"].inputs[0].options] == ["Any", "Up to 50", "Above 50"]
    said = [(chip.label, chip.value) for chip in chips(params, {}, url=lambda query: query)]
    assert said == [
        ("Size", "Up to 50"),
        ("Placed before", "2026-01-31"),
        ("Mine", "Yes"),
        ("In state", "Paid"),
    ]


def test_what_cannot_be_a_filter() -> None:
    """A filter without a condition, one with a name that no address takes, and two of one name stop the program."""

    class Nothing(Filter):
        pass

    class Wrong(ModelView, model=Order):
        column_filters = [Nothing, Size(name="a.b"), Size, Size(label="Again")]

    with pytest.raises(OptionsError) as found:
        _ = registry_of(Wrong).views
    assert len(found.value.faults) == 3
