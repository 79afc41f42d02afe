"""A Pydantic model or a WTForms form as filters: its set fields apply, nothing else can be asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest
import sqlalchemy as sa
import wtforms
from pydantic import BaseModel, Field, field_validator, model_validator
from sqlalchemy.orm import Session
from wtforms.validators import DataRequired, NumberRange

from tests.listing.conftest import context_of, params_of, registry_of
from tests.listing.filters.test_conditions import keys
from webadmin.demo.models import Customer, Order, OrderStatus
from webadmin.errors import BadRequest, OptionsError
from webadmin.listing.filters import filters_of
from webadmin.listing.panel import chips, filter_controls
from webadmin.options.form_filters import operators_of
from webadmin.options.model_view import ModelView


class Asked(BaseModel):
    status: list[OrderStatus] | None = None
    least: Decimal | None = Field(None, alias="total.gte", ge=0, title="At least")
    total__lte: Decimal | None = Field(None, le=100_000)
    customer__country: str | None = Field(None, max_length=2)
    currency: Literal["EUR", "USD"] | None = None
    meta__source: str | None = None
    due_on__range: str | None = None
    note__null: bool | None = None
    busy: int | None = Field(None, title="Lines from")

    @field_validator("customer__country")
    @classmethod
    def _upper(cls, value: str | None) -> str | None:
        return value.upper() if value else value

    @model_validator(mode="after")
    def _in_order(self) -> Asked:
        if self.least is not None and self.total__lte is not None and self.least > self.total__lte:
            raise ValueError("the least total is above the greatest")
        return self

    def where_busy(self, value: int) -> sa.ColumnElement[bool]:
        from webadmin.demo.models import OrderLine

        lines = sa.select(sa.func.count()).where(OrderLine.order_id == Order.id).scalar_subquery()
        return lines >= value


class ByModel(ModelView, model=Order):
    column_filters = [Asked, "channel"]


class AskedForm(wtforms.Form):
    status = wtforms.SelectMultipleField("State", choices=[("paid", "Is paid"), ("sent", "Is sent")])
    total__gte = wtforms.DecimalField("From", validators=[NumberRange(min=0, message="not below zero")])
    total__lte = wtforms.DecimalField("To", validators=[DataRequired()])
    customer__country = wtforms.StringField("Country", filters=[lambda text: text.upper() if text else None])
    large = wtforms.SelectField(choices=[("y", "Large ones"), ("n", "Others")])

    def where_large(self, value: str) -> sa.ColumnElement[bool]:
        return Order.total >= 100 if value == "y" else Order.total < 100

    def validate_total__lte(self, field: Any) -> None:
        if self.total__gte.data is not None and field.data is not None and self.total__gte.data > field.data:
            raise wtforms.ValidationError("must not be below the other")


class ByForm(ModelView, model=Order):
    column_filters = [AskedForm]


Matches = Callable[[Order], Any]
CASES: list[tuple[type[ModelView], str, Matches]] = [
    (ByModel, "status=paid&status=sent", lambda o: o.status in {OrderStatus.PAID, OrderStatus.SENT}),
    (ByModel, "total.gte=50&total.lte=100", lambda o: 50 <= o.total <= 100),
    (ByModel, "customer.country=de", lambda o: o.customer and o.customer.country == "DE"),
    (ByModel, "currency=EUR", lambda o: o.currency == "EUR"),
    (ByModel, "meta.source=newsletter", lambda o: (o.meta or {}).get("source") == "newsletter"),
    (ByModel, "due_on.range=this-year", lambda o: o.due_on and o.due_on.year == date.today().year),
    (ByModel, "note.null=true", lambda o: o.note is None),
    (ByModel, "busy=3", lambda o: len(o.lines) >= 3),
    (ByModel, "channel=web", lambda o: o.channel.value == "web"),
    (ByModel, "where=status:paid|busy:3", lambda o: o.status is OrderStatus.PAID or len(o.lines) >= 3),
    (ByForm, "status=paid", lambda o: o.status is OrderStatus.PAID),
    (ByForm, "total.gte=50", lambda o: o.total >= 50),
    (ByForm, "customer.country=de", lambda o: o.customer and o.customer.country == "DE"),
    (ByForm, "large=y", lambda o: o.total >= 100),
    (ByForm, "where=large:n;total.gte:50", lambda o: 50 <= o.total < 100),
]  # fmt: skip


@pytest.mark.parametrize(("view", "query", "matches"), CASES)
def test_set_fields_apply(shop_session: Session, view: type[ModelView], query: str, matches: Matches) -> None:
    """The rows of the list are those that the fields ask for."""
    every = shop_session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).all()
    assert keys(shop_session, view, query) == {str(order.id) for order in every if matches(order)}


BAD: list[tuple[type[ModelView], str, str, list[str]]] = [
    (ByModel, "total.gte=-1", "At least: Input should be greater than or equal to 0.", ["total.gte"]),
    (ByModel, "total.gte=much", "At least: Input should be a valid decimal.", ["total.gte"]),
    (ByModel, "customer.country=DEU", "at most 2 characters", ["customer.country"]),
    (ByModel, "currency=GBP", "'EUR' or 'USD'", ["currency"]),
    (ByModel, "busy=few", "Lines from: Input should be a valid integer", ["busy"]),
    (ByModel, "busy=1&busy=2", "Lines from takes one value.", ["busy"]),
    (ByModel, "total.gte=9&total.lte=5", "the least total is above the greatest.", ["total.gte", "total.lte"]),
    (ByModel, "due_on.range=sometime", "has no range", ["due_on.range"]),
    (ByModel, "total.gt=5", "not a way to filter here. There are: total.gte, total.lte.", []),
    (ByModel, "status.not=paid", "not a way to filter", []),
    (ByModel, "recipient=x", "does not know “recipient”", []),
    (ByModel, "where=total.gt:5", "is not known", ["where"]),
    (ByModel, "where=total.gte:-5", "greater than or equal to 0", ["where"]),
    (ByForm, "total.gte=-1", "not below zero", ["total.gte"]),
    (ByForm, "total.gte=9&total.lte=5", "must not be below the other", ["total.lte"]),
    (ByForm, "status=lost", "not a valid choice", ["status"]),
    (ByForm, "large=maybe", "Not a valid choice", ["large"]),
]  # fmt: skip


@pytest.mark.parametrize(("view", "query", "sentence", "fields"), BAD)
def test_errors_stand_at_their_fields(
    shop_session: Session, view: type[ModelView], query: str, sentence: str, fields: list[str]
) -> None:
    """What the form refuses is a sentence, told at the field that it is about."""
    registry = registry_of(view)
    with pytest.raises(BadRequest) as found:
        params_of(registry.views["orders"], f"{query}&page=1&deleted=show")
    assert sentence.lower() in found.value.message.lower()
    assert [field.name for field in found.value.fields] == fields
    assert (
        found.value.link
        == "?" + ("total.gte=9&" if "lte=5" in query and len(fields) == 1 else "") + "deleted=show"
    )


def test_the_panel_has_one_control_for_each_field(shop_session: Session) -> None:
    """Controls have the form's labels and choices; other ways to filter are not offered."""
    context = context_of(shop_session, registry_of(ByForm))
    view = context.registry.views["orders"]
    params = params_of(view, "status=paid&large=y")
    shown = filter_controls(params, {}, url=lambda query: query, lookup_url=lambda name: name)
    controls = {control.name: control for control in shown if control.name in filters_of(view)}
    assert [(one.name, one.label) for one in controls["total"].inputs] == [
        ("total.gte", "From"),
        ("total.lte", "To"),
    ]
    assert [option.label for option in controls["large"].inputs[0].options] == ["Any", "Large ones", "Others"]
    assert [one.name for one in controls["customer.country"].inputs] == ["customer.country"]
    said = [(chip.label, chip.value) for chip in chips(params, {}, url=lambda query: query)]
    assert said == [("State", "Paid"), ("Large", "Large ones")]


def test_what_cannot_be_a_form() -> None:
    """Fields that name nothing, operators that do not fit and fields that must be set stop the program, all at once."""

    class Wrong(BaseModel):
        nothing: str | None = None
        status__gte: str | None = None
        total: Decimal
        lines__null: bool | None = None

    class View(ModelView, model=Order):
        column_filters = [Wrong]

    with pytest.raises(OptionsError) as found:
        _ = registry_of(View).views
    assert [fault.value for fault in found.value.faults] == [
        "Wrong.total",
        "Wrong.nothing",
        "Wrong.status__gte",
    ]


@pytest.mark.parametrize("model", [Order, Customer])
def test_the_operators_of_forms_are_those_of_filters(model: type) -> None:
    """What a form may name is what the filter of the column's kind takes."""
    names = [column.key for column in sa.inspect(model).column_attrs]
    view = registry_of(type("View", (ModelView,), {"model": model, "column_filters": names})).for_model(model)
    assert view is not None
    for name, filter_ in filters_of(view).items():
        if name in names:
            assert {*operators_of(filter_.attribute)} == {*filter_.operators, "null"}, name
