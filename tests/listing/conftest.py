"""The shop's views, a context over a filled shop, and a count of the statements sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from webadmin.auth.user import User
from webadmin.demo import models
from webadmin.dialects import for_engine
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry
from webadmin.options.view import View

MODELS = (
    models.Order, models.Customer, models.Product, models.Category, models.Tag, models.OrderLine, models.Review,
    models.Staff, models.StaffNote,
)  # fmt: skip

Parse = Callable[..., ListParams]


def registry_of(*views: type[ModelView]) -> Registry:
    """A registry of the given views, and of plain ones for the shop's other models."""
    registry = Registry()
    given = {view.model for view in views}
    for view in views:
        registry.add(view)
    for model in MODELS:
        if model not in given:
            registry.add(type(f"{model.__name__}View", (ModelView,), {"model": model}))
    return registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Plain views of the whole shop."""
    return registry_of()


@pytest.fixture(scope="session")
def orders(registry: Registry) -> View:
    return registry.views["orders"]


@pytest.fixture
def context(shop_session: Session, registry: Registry) -> Context:
    """A context over the filled shop; the test runs on PostgreSQL and on SQLite."""
    return context_of(shop_session, registry)


def context_of(session: Session, registry: Registry) -> Context:
    """A context for somebody who may do everything."""
    bind: Any = session.get_bind()
    return Context(session, for_engine(bind.engine), User("someone"), registry)


def params_of(view: View, query: str, zone: tzinfo = UTC) -> ListParams:
    """The parameters of a query string."""
    return ListParams.parse(parse_qsl(query, keep_blank_values=True), view, zone)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that are sent within, without savepoints."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(sql)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)
