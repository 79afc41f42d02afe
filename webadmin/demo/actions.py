"""What the shop's staff do with several rows at once, besides editing and deleting them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from wtforms import ValidationError

from webadmin.changes.ready_actions import Increment, SetValue, Transition
from webadmin.demo.models import Order, OrderStatus, Product
from webadmin.options.actions import action
from webadmin.text import gettext as _
from webadmin.text import ngettext

OPEN = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PACKED)
"""Orders that have not left the house."""


class OrderActions:
    """For orders: a transition in the database, one row after the other with a question, and all rows at once."""

    mark_paid = Transition(
        Order.status, OrderStatus.PENDING, OrderStatus.PAID, label="Mark as paid", icon="check"
    )

    @action(on="row", allowed=Order.status.in_(OPEN), icon="clock")
    def postpone(
        self, order: Order, request: Any, days: Annotated[int, "From the day that it is due now"] = 7
    ) -> None:
        if order.due_on is None:
            raise ValidationError(_("It is due on no day."))
        order.due_on += timedelta(days=days)

    @action(label="Mark as sent", confirmation="Paid and packed orders become sent; others stay as they are.")
    def mark_sent(self, rows: Sequence[Order], request: Any) -> str:
        ready = [order for order in rows if order.status in {OrderStatus.PAID, OrderStatus.PACKED}]
        for order in ready:
            order.status = OrderStatus.SENT
        text = ngettext("%(n)s order is sent.", "%(n)s orders are sent.", len(ready)) % {"n": len(ready)}
        if left := len(rows) - len(ready):
            text += " " + _("%(n)s stay as they are.") % {"n": left}
        return text


class ProductActions:
    """For products: both are done in the database."""

    restock = Increment(Product.stock, label="Add to stock", icon="plus")
    take_out = SetValue(Product.active, False, label="Take out of the shop", icon="eye")
