"""sqladmin's own view classes, passed unchanged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqladmin import ModelView as TheirView
from sqladmin import action, expose
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, User
from webadmin.demo.models import Customer, Order, Review
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
        "OrderAdmin: column_import_list", "OrderAdmin: list_template", "OrderAdmin: search_query",
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
