"""sqladmin's own view classes, passed unchanged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC
from typing import Any, cast
from urllib.parse import parse_qsl, quote_plus

import pytest
import sqlalchemy as sa
from sqladmin import ModelView as TheirView
from sqladmin import action, expose
from sqladmin.filters import (
    AllUniqueStringValuesFilter,
    BooleanFilter,
    ForeignKeyFilter,
    OperationColumnFilter,
    StaticValuesFilter,
)
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, User
from webadmin.demo.models import Category, Customer, Order, Product, Review
from webadmin.dialects import for_engine
from webadmin.errors import BadRequest
from webadmin.listing.filters import filters_of
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.registry import Registry
from webadmin.options.view import View


def built(view: type[Any]) -> View:
    registry = Registry()
    registry.add(view)
    return next(iter(registry))


def test_names() -> None:
    """Names that are set are taken; those that sqladmin makes up give way to ours."""

    class OrderAdmin(TheirView, model=Order):
        name = "Bestellung"
        name_plural = "Bestellungen"
        icon = "fa-solid fa-cart"
        category = "Shop"

    class ReviewAdmin(TheirView, model=Review):
        pass

    view = built(OrderAdmin)
    assert (view.name, view.name_plural, view.category, view.key) == (
        "Bestellung",
        "Bestellungen",
        "Shop",
        "orders",
    )
    view = built(ReviewAdmin)
    assert (view.name, view.name_plural) == ("Review", "Reviews")


def test_list() -> None:
    """Columns, labels by attribute, formatters, sorting, searching, page sizes and what may be done."""

    def upper(model: Any, attribute: str) -> str:
        return f"{attribute}:{getattr(model, attribute)}"

    class OrderAdmin(TheirView, model=Order):
        column_list = [Order.id, "number", Order.customer, "customer.name"]
        column_labels = {Order.number: "No.", "customer": "Buyer"}
        column_formatters = {Order.number: upper}
        column_formatters_detail = {"number": upper}
        column_sortable_list = [Order.number, Order.total]
        column_default_sort = [(Order.total, True), ("number", False)]
        column_searchable_list = [Order.number, "customer.name"]
        page_size = 20
        page_size_options = [20, 40]
        can_create = False
        can_export = False

    view = built(OrderAdmin)
    assert [column.name for column in view.list_columns] == ["id", "number", "customer", "customer.name"]
    assert [column.label for column in view.list_columns[:3]] == ["ID", "No.", "Buyer"]
    assert view.list_columns[1].formatter is upper
    assert view.default_sort == (("total", True), ("number", False))
    assert set(view.sortable) == {"number", "total"}
    assert [attribute.name for attribute in view.searchable] == ["number", "customer.name"]
    assert (view.page_size, view.page_sizes) == (20, (20, 40))
    assert [view.allows(User("x"), p) for p in ("view", "add", "change", "export")] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("number", (("number", False),)),
        (Order.number, (("number", False),)),
        (("number", True), (("number", True),)),
        ([("number", True), (Order.total, False)], (("number", True), ("total", False))),
        ([Order.number, "total"], (("number", False), ("total", False))),
    ],
)
def test_default_sort(given: Any, expected: Any) -> None:
    """Each way in which sqladmin takes a default order."""

    class OrderAdmin(TheirView, model=Order):
        column_default_sort = given

    assert built(OrderAdmin).default_sort == expected


def test_all_and_excluded() -> None:
    """``__all__``, and lists of what is left out."""

    class AllAdmin(TheirView, model=Order):
        column_list = "__all__"
        column_details_exclude_list = [Order.note]
        column_export_list = [Order.id]
        form_excluded_columns = [Order.note, "customer"]

    class FewAdmin(TheirView, model=Order):
        column_exclude_list = [Order.note, "customer"]

    view = built(AllAdmin)
    names = {column.name for column in view.list_columns}
    assert {"id", "number", "note", "customer"} <= names
    assert "note" not in {column.name for column in view.details_columns}
    assert [column.name for column in view.export_columns] == ["id"]
    assert not {"note", "customer"} & set(view.form_columns)
    assert {"note", "customer"}.isdisjoint(column.name for column in built(FewAdmin).list_columns)


def test_filters(caplog: pytest.LogCaptureFixture) -> None:
    """sqladmin's filter objects become ours for the same column, those of foreign keys ours for the relation."""

    class Own:
        title = "Own"
        parameter_name = "own"

    class ProductAdmin(TheirView, model=Product):
        column_filters = [
            BooleanFilter(Product.active, title="On sale"),
            AllUniqueStringValuesFilter(Product.name),
            StaticValuesFilter("sku", values=[("a", "A")]),
            ForeignKeyFilter(Product.category_id, "name", title="Kind"),
            OperationColumnFilter(Product.price),
            Own(),
        ]

    view = built(ProductAdmin)
    assert list(view.filters) == ["active", "name", "sku", "category", "price"]
    assert view.filters["active"].label == "On sale"
    assert view.filters["category"].label == "Kind"
    assert "the filter Own has no effect here" in caplog.text


def test_filters_of_their_own_kind(caplog: pytest.LogCaptureFixture, shop_session: Session) -> None:
    """A filter class made as sqladmin documents it filters here too; one that needs an operator is named."""

    class Dear:
        title = "Dear"
        parameter_name = "dear"

        async def lookups(self, request: Any, model: Any, run_query: Any) -> list[tuple[str, str]]:
            return [("all", "All"), ("yes", "From 100"), ("no", "Below")]

        async def get_filtered_query(self, query: Any, value: Any, model: Any) -> Any:
            if value == "all":
                return query
            return query.filter(model.price >= 100 if value == "yes" else model.price < 100)

    class InCategory:
        title = "Category's name"
        parameter_name = "of"

        async def lookups(self, request: Any, model: Any, run_query: Any) -> list[tuple[str, str]]:
            return [(row[0], row[0]) for row in await run_query(sa.select(Category.name))]

        async def get_filtered_query(self, query: Any, value: Any, model: Any) -> Any:
            return query.join(model.category).filter(Category.name == value)

    class WithOperator(Dear):
        parameter_name = "op"
        has_operator = True

    class ProductAdmin(TheirView, model=Product):
        column_filters = [
            Dear(),
            InCategory(),
            WithOperator(),
            StaticValuesFilter("sku", values=[("a", "A one")]),
        ]

    registry = Registry()
    registry.add(ProductAdmin)
    view = registry.views["products"]
    assert list(view.filters) == ["dear", "of", "sku"]
    assert "the filter WithOperator has no effect here" in caplog.text
    filters = filters_of(view)
    assert [label for _value, label in view.filters["sku"].custom.pairs] == ["A one"]
    context = Context(
        shop_session, for_engine(cast(Any, shop_session.get_bind()).engine), User("someone"), registry
    )
    every = shop_session.scalars(sa.select(Product)).all()
    name = shop_session.scalars(sa.select(Category.name).join(Product)).first()
    for query, wanted in (
        ("dear=yes", [p.id for p in every if p.price >= 100]),
        ("dear=no", [p.id for p in every if p.price < 100]),
        (f"of={quote_plus(str(name))}", [p.id for p in every if p.category and p.category.name == name]),
    ):
        value = ListParams.parse(parse_qsl(query), view, UTC).filters[0]
        condition = filters[value.name].condition(context, value)
        assert sorted(shop_session.scalars(sa.select(Product.id).where(condition))) == sorted(wanted)
    with pytest.raises(BadRequest, match="there is no “maybe”"):
        ListParams.parse([("dear", "maybe")], view, UTC)


def test_forms() -> None:
    """Options of forms are handed on as they are."""

    class OrderAdmin(TheirView, model=Order):
        form_columns = [Order.number, "customer"]
        form_args = {"number": {"label": "No."}}
        form_widget_args = {"number": {"readonly": True}}
        form_ajax_refs = {"customer": {"fields": ("name",), "order_by": "name"}}
        form_include_pk = True

    view = built(OrderAdmin)
    assert view.form_columns == ("number", "customer")
    assert view.options.form_args == {"number": {"label": "No."}}
    assert view.options.form_include_pk


def test_without_effect(caplog: pytest.LogCaptureFixture) -> None:
    """What does nothing here is named at start-up, and nothing else is."""

    class OrderAdmin(TheirView, model=Order):
        list_template = "mine.html"
        save_as = True
        column_import_list = [Order.number]
        helper = 5
        column_labels = {Order.number: "No."}

        def search_query(self, stmt: Any, term: str) -> Any:
            return stmt

        @action(name="ship", label="Ship")
        async def ship(self, request: Any) -> Any:
            return None

        @expose("/page")
        async def page(self, request: Any) -> Any:
            return None

        def own_helper(self) -> int:
            return self.helper

    with caplog.at_level(logging.WARNING, logger="webadmin"):
        built(OrderAdmin)
    said = sorted(record.getMessage() for record in caplog.records)
    assert [line.split(" has no effect here")[0] for line in said] == [
        "OrderAdmin: column_import_list", "OrderAdmin: list_template", "OrderAdmin: save_as", "OrderAdmin: search_query",
        "OrderAdmin: the action ship", "OrderAdmin: the page page",
    ]  # fmt: skip


class Calls(list[Any]):
    pass


@pytest.fixture
def admin(shop: sa.Engine) -> tuple[Admin, Calls]:
    """An admin with a view that has hooks which call those of their base, and that shows some rows only."""
    calls = Calls()

    class Base(TheirView):
        prefix = "hook"

        def note(self, what: str) -> None:
            calls.append(f"{self.prefix} {what}")

        async def on_model_change(self, data: Any, model: Any, is_created: bool, request: Any) -> None:
            self.note(f"on {is_created}")
            await super().on_model_change(data, model, is_created, request)

    class CustomerAdmin(Base, model=Customer):
        async def on_model_change(self, data: Any, model: Any, is_created: bool, request: Any) -> None:
            await super().on_model_change(data, model, is_created, request)
            assert request.session.get(Customer, model.id) is model

        async def after_model_change(self, data: Any, model: Any, is_created: bool, request: Any) -> None:
            self.note("after")

        def is_accessible(self, request: Any) -> bool:
            return super().is_accessible(request) and "x-banned" not in request.headers

        def is_visible(self, request: Any) -> bool:
            return "x-hidden" not in request.headers

        def list_query(self, request: Any) -> Any:
            return super().list_query(request).where(Customer.country == request.headers.get("x-country"))

    made = Admin(shop, identify=lambda request: User("Ada"))
    made.add_view(CustomerAdmin)
    made.add_model(Order)
    return made, calls


def test_hooks(admin: tuple[Admin, Calls], shop: sa.Engine) -> None:
    """Hooks run with the base class behind them; list_query is the scope of every page."""
    made, calls = admin
    with Session(shop) as session:
        found = sa.select(Customer.id, Customer.country).where(Customer.deleted_at.is_(None)).limit(1)
        id, country = session.execute(found).one()
    other = "XX" if country != "XX" else "YY"
    with TestClient(made) as client:
        mine, theirs = {"x-country": country}, {"x-country": other}
        assert client.get(f"/customers/{id}/", headers=mine).status_code == 200
        assert client.get(f"/customers/{id}/", headers=theirs).status_code == 404
        assert client.get(f"/customers/{id}/change/", headers=theirs).status_code == 404
        assert parse(client.get("/customers/", headers=theirs).text).table() == []
        assert client.get("/customers/", headers=mine | {"x-banned": "1"}).status_code == 403
        form = parse(client.get(f"/customers/{id}/change/", headers=mine).text).form("form")
        form["name"] = "Somebody else"
        answer = client.post(f"/customers/{id}/change/", data=form, headers=mine, follow_redirects=False)
        assert answer.status_code == 303
    assert calls == ["hook on False", "hook after"]


def test_navigation(admin: tuple[Admin, Calls], links: Callable[[str], list[str]]) -> None:
    """is_visible and is_accessible keep a view out of the navigation."""
    made, _ = admin
    with TestClient(made) as client:
        seen = [
            links(client.get("/", headers=headers).text)
            for headers in ({}, {"x-hidden": "1"}, {"x-banned": "1"})
        ]
    assert ["/customers/" in found for found in seen] == [True, False, False]


@pytest.fixture
def links() -> Callable[[str], list[str]]:
    """The addresses in the navigation of a page."""
    return lambda text: [link.get("href") for link in parse(text).css("nav a[href]")]
