"""The shop's admin: what a view looks like when somebody has given it thought, and models that nobody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_symbol
from sqlalchemy import func

from webadmin.demo.actions import OrderActions, ProductActions
from webadmin.demo.fields import CustomerFields, ProductFields
from webadmin.demo.filters import CustomerCountry, Delay, ReviewQuestions
from webadmin.demo.models import (
    Base,
    Category,
    Channel,
    Customer,
    Order,
    OrderLine,
    Product,
    Review,
)
from webadmin.demo.words import COUNTRIES
from webadmin.options.actions import action
from webadmin.options.depends import Depends, FieldState
from webadmin.options.fieldsets import Fieldset
from webadmin.options.inlines import Inline
from webadmin.options.model_view import ModelView
from webadmin.options.uploads import Upload
from webadmin.site import Admin
from webadmin.text import current_language, format_number, ngettext
from webadmin.text import gettext as _

_CURRENCIES = {country.code: country.currency for country in COUNTRIES}


@lru_cache(maxsize=256)
def _symbol(currency: str, language: str) -> str:
    return get_currency_symbol(currency, language)


def _amount(value: Decimal | None, currency: str) -> str | None:
    if value is None:
        return None
    return f"{_symbol(currency, current_language())} {format_number(value, 2)}"


def in_euros(row: Any, attribute: str) -> str | None:
    """The amount of a column as the shop's own money."""
    return _amount(getattr(row, attribute), "EUR")


def in_currency(row: Any, attribute: str) -> str | None:
    """The amount of a column in the order's currency."""
    return _amount(getattr(row, attribute), row.currency)


def as_percent(row: Any, attribute: str) -> str | None:
    """A part of one as a percentage; nothing for none."""
    value = getattr(row, attribute)
    return f"{format_number(value * 100, 0)} %" if value else None


def currency_of_customer(values: Mapping[str, Any], request: Any) -> FieldState:
    """An order's currency is that of the customer's country, until somebody writes another."""
    customer = request.session.get(Customer, values["customer"]) if values["customer"] else None
    return FieldState(value=_CURRENCIES.get(customer.country, "EUR")) if customer else FieldState()


def who_took_the_order(values: Mapping[str, Any], request: Any) -> FieldState:
    """Somebody took every order that came by phone or through a sales rep."""
    if values["channel"] in {Channel.PHONE, Channel.SALES_REP}:
        return FieldState(required=True, help=_("Who took the order"))
    return FieldState()


class OrderView(OrderActions, ModelView, model=Order):
    category = "Sales"
    change_reason = "optional"
    row_label = Order.number
    column_list = [
        Order.number,
        "customer",
        Order.status,
        Order.total,
        "lines",
        Order.placed_at,
        Order.note,
    ]
    column_labels = {
        Order.meta: "Metadata",
        Order.placed_at: "Placed",
        Order.due_on: "Due",
        "customer.country": "Country code",
        "meta.source": "Source",
    }
    column_descriptions = {Order.delivery_window: "How long the courier may take at the door"}
    column_editable_list = [Order.status, Order.total, Order.note]
    column_formatters = {Order.total: in_currency}
    column_formatters_detail = {Order.total: in_currency}
    # Sorting by the due day has no index behind it: the list says so, asks before it sorts as many orders as the demo has
    # when it is started without options, and the query panel says what that costs.
    slow_sort_rows = 15_000
    column_sortable_list = [
        Order.number,
        Order.status,
        Order.total,
        Order.placed_at,
        Order.created_at,
        Order.due_on,
    ]
    column_default_sort = (Order.placed_at, True)
    column_filters = [
        Order.status,
        Order.placed_at,
        Order.total,
        CustomerCountry,
        "lines",
        "customer",
        Order.channel,
        Order.tags,
        Order.note,
        Order.due_on,
        Delay,
        "meta.source",
        "handled_by",
        "approved_by",
        "customer.country",
        Order.created_at,
    ]
    search_vector = Order.search
    form_fieldsets = [
        Fieldset(
            "Order",
            [Order.number, "customer", (Order.status, Order.channel), (Order.total, Order.currency)],
        ),
        Fieldset(
            "Delivery",
            [(Order.placed_at, Order.due_on), (Order.recipient, Order.delivery_window), Order.note],
        ),
        Fieldset("Office", [("handled_by", "approved_by"), Order.tags, Order.meta]),
    ]
    form_ajax_refs = {"customer": {"fields": ("name", "email"), "order_by": "name"}}
    form_depends = {
        Order.currency: Depends(["customer"], currency_of_customer),
        "handled_by": Depends([Order.channel], who_took_the_order),
    }
    inlines = [
        Inline(
            "lines",
            columns=[
                OrderLine.position,
                "product",
                OrderLine.quantity,
                OrderLine.unit_price,
                OrderLine.discount,
            ],
        )
    ]
    form_args = {
        "number": {"description": "Left empty, the next number is taken"},
        "total": {"unit": Order.currency},
    }


class OrderLineView(ModelView, model=OrderLine):
    category = "Sales"
    column_list = [
        "order",
        OrderLine.position,
        "product",
        OrderLine.quantity,
        OrderLine.unit_price,
        OrderLine.discount,
    ]
    column_formatters = {OrderLine.unit_price: in_euros, OrderLine.discount: as_percent}
    column_filters = [OrderLine.quantity, OrderLine.unit_price, "product", "order", "order.status"]
    column_searchable_list = ()
    form_include_pk = True


class CategoryView(ModelView, model=Category):
    category = "Catalogue"
    # No index of words here: the texts themselves are looked through, also those of the category above.
    column_searchable_list = [Category.name, "parent.name"]


class ProductView(ProductFields, ProductActions, ModelView, model=Product):
    category = "Catalogue"
    column_list = [
        Product.name,
        Product.sku,
        "category",
        Product.price,
        Product.stock,
        Product.active,
        Product.labels,
    ]
    column_editable_list = ["category", Product.price, Product.stock, Product.active]
    column_labels = {Product.sku: "SKU", Product.active: "In the shop"}
    column_formatters = {Product.price: in_euros}
    column_formatters_detail = {Product.price: in_euros}
    column_default_sort = [(Product.name, False)]
    column_filters = [
        Product.active,
        "category",
        Product.price,
        Product.stock,
        Product.weight,
        Product.description,
        Product.labels,
        "tags",
        "reviews",
        Product.created_at,
    ]
    search_vector = Product.search
    save_as = True
    form_uploads = {Product.image: Upload(image=True, max_size=2_000_000)}
    form_fieldsets = [
        Fieldset("Product", [(Product.name, Product.sku), "category", Product.active]),
        Fieldset("Price and stock", [(Product.price, Product.stock, Product.weight)]),
        Fieldset("Found by", [Product.labels, "tags"], help="Shown to customers, below the name"),
        Fieldset("Text", [Product.description, Product.image], tab="In the shop"),
        Fieldset("Measures", [Product.attributes], tab="In the shop", collapsed=True),
    ]


class CustomerView(CustomerFields, ModelView, model=Customer):
    category = "People"
    column_list = [
        Customer.name,
        Customer.email,
        Customer.country,
        "orders",
        Customer.tags,
        Customer.created_at,
    ]
    column_labels = {
        Customer.born_on: "Born",
        Customer.email: "E-mail",
        Customer.created_at: "Customer since",
    }
    column_formatters = {Customer.credit_limit: in_euros}
    column_formatters_detail = {Customer.credit_limit: in_euros}
    # Names without regard to case, along an index of their own.
    column_sortable_list = [
        func.lower(Customer.name),
        Customer.email,
        Customer.country,
        Customer.born_on,
        Customer.created_at,
    ]
    column_default_sort = (Customer.created_at, True)
    column_filters = [
        Customer.country,
        Customer.newsletter,
        Customer.created_at,
        Customer.born_on,
        Customer.tags,
        Customer.credit_limit,
        "orders",
        "reviews",
    ]
    search_vector = Customer.search
    # The rest of an order is on its own form.
    inlines = [
        Inline(
            "orders",
            columns=[Order.number, Order.status, Order.total, Order.due_on],
            order_by=[(Order.id, True)],
            page_size=10,
        )
    ]


class ReviewView(ModelView, model=Review):
    category = "Catalogue"
    column_filters = [ReviewQuestions, "product", "customer", Review.created_at]

    @action(label="Approve")
    def approve(self, rows: Sequence[Review], request: Any) -> str:
        for review in rows:
            review.approved = True
        return ngettext("%(n)s review approved.", "%(n)s reviews approved.", len(rows)) % {"n": len(rows)}


def register(admin: Admin) -> None:
    """Add the shop to an admin: the views above, and every other model without a single option."""
    for view in (OrderView, OrderLineView, CategoryView, ProductView, ReviewView, CustomerView):
        admin.add_view(view)
    admin.add_models(Base)
