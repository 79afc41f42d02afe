"""The shop's own filters: conditions that no column has, and a form."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
import wtforms
from wtforms.validators import NumberRange, ValidationError

from webadmin.auth.user import User
from webadmin.demo.models import Customer, Order, OrderStatus, Review
from webadmin.demo.words import COUNTRY_NAMES
from webadmin.options.own_filters import Filter
from webadmin.text import current_zone

_OPEN = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PACKED)


class Delay(Filter):
    """Open orders that should have gone out by now."""

    choices = {"any": "Overdue", "week": "Overdue by a week", "none": "In time"}

    def condition(self, value: str, user: User) -> sa.ColumnElement[bool]:
        today = datetime.now(current_zone()).date()
        until = today - timedelta(days=7) if value == "week" else today
        late = sa.and_(Order.status.in_(_OPEN), Order.due_on < until)
        return sa.not_(sa.func.coalesce(late, sa.false())) if value == "none" else late


class CustomerCountry(Filter):
    """Customers' countries by name; in the table stand their codes."""

    label = "Customer's country"
    choices = COUNTRY_NAMES

    def condition(self, value: str, user: User) -> sa.ColumnElement[bool]:
        return Order.customer.has(Customer.country == value)


class ReviewQuestions(wtforms.Form):
    """What is asked of reviews: every set field applies."""

    text__search = wtforms.StringField("Words")
    rating__gte = wtforms.IntegerField(
        "Stars from", validators=[NumberRange(1, 5, "a review has 1 to 5 stars")]
    )
    rating__lte = wtforms.IntegerField(
        "Stars to", validators=[NumberRange(1, 5, "a review has 1 to 5 stars")]
    )
    reading = wtforms.SelectField(
        "Reading", choices=[("new", "Nobody has read it"), ("done", "Somebody has")]
    )
    customer__country = wtforms.StringField("Country", filters=[lambda text: text.upper() if text else None])

    def validate_rating__lte(self, field: wtforms.IntegerField) -> None:
        least = self.rating__gte.data
        if least is not None and field.data is not None and least > field.data:
            raise ValidationError("must not be below the other number of stars")

    def where_reading(self, value: str) -> sa.ColumnElement[bool]:
        return Review.approved.is_(None) if value == "new" else Review.approved.is_not(None)
