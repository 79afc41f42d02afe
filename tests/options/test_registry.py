"""Views by key and by model."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from webadmin import Admin, ModelView, User
from webadmin.demo.models import Base, Customer, Order
from webadmin.options.registry import RESERVED_KEYS, Registry
from webadmin.routes import ROUTES


def keys(*views: type[Any]) -> list[str]:
    registry = Registry()
    for view in views:
        registry.add(view)
    return [view.key for view in registry]


def plain(model: Any, **options: Any) -> type[ModelView]:
    return type(f"{model.__name__}View", (ModelView,), {"model": model, **options})


def table(name: str, schema: str | None = None) -> Any:
    """A model of a table of this name."""

    class Own(DeclarativeBase):
        pass

    columns = {"id": mapped_column(sa.Integer, primary_key=True)}
    return type("Thing", (Own,), {"__tablename__": name, "__table_args__": {"schema": schema}, **columns})


def test_keys() -> None:
    """The key is the table's name as far as an address takes it, with the schema or a number where it is taken."""
    assert keys(plain(table("orders")), plain(table("orders", "sales")), plain(table("orders"))) == [
        "orders", "sales.orders", "orders-2",
    ]  # fmt: skip
    assert keys(plain(table("Order Details")), plain(table("a/b?c")), plain(table("?!"))) == [
        "Order-Details",
        "a-b-c",
        "table",
    ]
    assert keys(plain(table("login")), plain(table("static"))) == ["login-2", "static-2"]
    assert keys(plain(Order, key="mine"), plain(Order), plain(Order)) == ["mine", "orders", "orders-2"]


def test_reserved() -> None:
    """No list can take the place of a page."""
    pages = {route.pattern.split("/")[0] for route in ROUTES}
    assert {page for page in pages if page and not page.startswith("{")} <= RESERVED_KEYS


def test_by_model() -> None:
    """The first view of a model is the one that others lead to."""
    registry = Registry()
    for key in ("one", "two"):
        registry.add(plain(Order, key=key))
    found = registry.for_model(Order)
    assert found is not None
    assert found.key == "one"
    assert registry.for_model(Customer) is None
    assert registry.for_model(int) is None


def test_everything(shop_sqlite: sa.Engine) -> None:
    """Everything mapped is added beside what has a view already, once, also by names of classes."""
    admin = Admin(shop_sqlite, identify=lambda request: User("Ada"))
    admin.add_view(plain(Order, name="Purchase"))
    admin.add_models(Base)
    admin.add_models([Customer])
    admin.check()
    models = [view.model for view in admin.registry]
    assert len(models) == len(set(models)) == len(list(Base.registry.mappers))
    assert admin.registry.views["orders"].name == "Purchase"


def test_read_only() -> None:
    """In an admin that only reads, no view allows to write."""
    registry = Registry(read_only=True)
    registry.add(plain(Order))
    view = registry.views["orders"]
    allowed = {
        p
        for p in ("view", "add", "change", "delete", "restore", "purge", "export", "import", "explain")
        if view.allows(User("x"), p)
    }
    assert allowed == {"view", "export", "explain"}
    assert not view.allows(User("x"), "action:ship")


def test_rights() -> None:
    """A right is the person's grant and the view's own permission together."""
    registry = Registry()
    registry.add(plain(Order, can_edit=False))
    view = registry.views["orders"]
    assert not view.allows(User("x"), "change")
    assert view.allows(User("x", grants=("orders.delete",)), "delete")
    assert not view.allows(User("x", grants=("orders.delete",)), "view")
    assert not view.allows(User("x", grants=()), "view")
