"""sqladmin's filter objects, in views passed unchanged."""

from __future__ import annotations

from datetime import UTC
from typing import Any, cast
from urllib.parse import parse_qsl, quote_plus

import pytest
import sqlalchemy as sa
from sqladmin import ModelView as TheirView
from sqladmin.filters import (
    AllUniqueStringValuesFilter,
    BooleanFilter,
    ForeignKeyFilter,
    OperationColumnFilter,
    StaticValuesFilter,
)
from sqlalchemy.orm import Session

from webadmin import User
from webadmin.demo.models import Category, Product
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
