"""Rows as plain values."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from tests.listing.conftest import MODELS, context_of, params_of, registry_of
from webadmin.demo.models import Customer, Order, Product
from webadmin.listing import loading
from webadmin.listing.listing import Listing
from webadmin.listing.loading import LoadPlan, load_plan
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry
from webadmin.options.view import View
from webadmin.rendering.urls import Urls
from webadmin.rendering.values import Cells

QUERIES = ["", "page=2&per_page=20", "page=last&per_page=7"]


def _plan(context: Context, view: View) -> LoadPlan:
    return load_plan(context, view, view.list_columns)


def _shown(context: Context, view: View, query: str) -> list[Any]:
    """All that a page makes of the rows: address, name, marks, cells."""
    listing = Listing.load(context, view, params_of(view, query))
    cells = Cells(context, view, Urls(""))
    makers = [cells.maker(column) for column in listing.columns]
    return [
        (row.id, view.row_label(row.row), row.deleted, [make(row.row, row.to_many) for make in makers])
        for row in listing.rows
    ]


@pytest.fixture
def instances(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists read instances of the model, whatever they show."""
    monkeypatch.setattr(loading, "_is_light", lambda node: False)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_light_rows_show_what_instances_show(
    shop_session: Session, model: type, query: str, request: pytest.FixtureRequest
) -> None:
    """A page is the same whether its rows are values or instances of the model."""
    light = context_of(shop_session, registry_of())
    view = light.registry.for_model(model)
    assert view is not None
    assert _plan(light, view).light is not None
    shown = _shown(light, view, query)
    request.getfixturevalue("instances")
    heavy = context_of(shop_session, registry_of())
    same = heavy.registry.for_model(model)
    assert same is not None
    assert _plan(heavy, same).light is None
    assert shown == _shown(heavy, same, query)
    assert shown


def test_no_instances_are_made(shop_session: Session) -> None:
    """A list of light rows leaves the session empty."""
    context = context_of(shop_session, registry_of())
    shop_session.expunge_all()
    Listing.load(context, context.registry.views["orders"], params_of(context.registry.views["orders"], ""))
    assert not list(shop_session)


def _method(row: Any, name: str) -> str:
    return str(row.label_in_words())


class Whole(ModelView, model=Product):
    """A formatter that asks the row for something that is no column."""

    column_list = ["name"]
    column_formatters = {"name": _method}


class Reads(ModelView, model=Product):
    """A formatter of columns."""

    column_list = ["name"]
    column_formatters = {"name": lambda row, name: f"{row.sku} {row.name}"}


class RelatedFormatter(ModelView, model=Order):
    """A formatter of a relation may ask the related row for anything."""

    column_list = ["number", "customer"]
    column_formatters = {"customer": lambda row, name: row.customer.name.upper() if row.customer else ""}


class OwnRows(ModelView, model=Customer):
    """A scope of its own, in another view's relation."""

    def scope(self, stmt: Any, user: Any) -> Any:
        return stmt.where(Customer.id < 10)


@pytest.mark.parametrize(
    ("views", "key", "light"),
    [
        ((Whole,), "products", False),
        ((Reads,), "products", True),
        ((RelatedFormatter,), "orders", False),
        ((OwnRows,), "orders", False),
        ((OwnRows,), "products", True),
    ],
    ids=["a method", "columns", "a relation", "a scope", "a scope elsewhere"],
)
def test_where_values_are_not_enough(
    shop_session: Session, views: tuple[type[ModelView], ...], key: str, light: bool
) -> None:
    """What may ask a row for more than columns gets an instance of the model, and so does what depends on the person."""
    context = context_of(shop_session, registry_of(*views))
    assert (_plan(context, context.registry.views[key]).light is not None) is light


def test_a_formatter_of_columns(shop_session: Session) -> None:
    """A formatter that reads columns gets them."""
    context = context_of(shop_session, registry_of(Reads))
    view = context.registry.views["products"]
    listing = Listing.load(context, view, params_of(view, ""))
    make = Cells(context, view, Urls("")).maker(listing.columns[0])
    row = listing.rows[0]
    assert make(row.row, {}).text == f"{row.row.sku} {row.row.name}"


class _Base(DeclarativeBase):
    pass


class _Animal(_Base):
    __tablename__ = "animals"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    def __str__(self) -> str:
        return f"an animal {self.name}"


class _Dog(_Animal):
    __mapper_args__ = {"polymorphic_identity": "dog"}

    def __str__(self) -> str:
        return f"the dog {self.name}"


class _Odd(_Base):
    """Attributes called like methods of a tuple, words of Python and private names."""

    __tablename__ = "odd"
    id: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int]
    count: Mapped[int]
    _hidden: Mapped[str] = mapped_column("hidden")
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("odd.id"))
    parent: Mapped[_Odd | None] = relationship(remote_side=[id])

    def __str__(self) -> str:
        return f"{self.index} of {self.count}"


def _context(session: Session, model: type) -> tuple[Context, View]:
    registry = Registry()
    registry.add(type("V", (ModelView,), {"model": model}))
    return context_of(session, registry), registry.views[model.__tablename__]  # type: ignore[attr-defined]


def test_rows_of_subclasses_are_instances(engine: Engine) -> None:
    """A row of a subclass has that class's name for itself."""
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(_Dog(id=1, name="Rex"))
        session.commit()
        context, view = _context(session, _Animal)
        assert [label for _id, label, *_rest in _shown(context, view, "")] == ["the dog Rex"]


def test_attributes_of_any_name(engine: Engine) -> None:
    """Attributes may have the names that a tuple or the language use themselves; a missing related row is None."""
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(_Odd(id=1, index=3, count=7, _hidden="x"))
        session.add(_Odd(id=2, index=4, count=8, _hidden="y", parent_id=1))
        session.commit()
        context, view = _context(session, _Odd)
        assert _plan(context, view).light is not None
        rows = [listed.row for listed in Listing.load(context, view, params_of(view, "sort=id")).rows]
    assert [(row.index, row.count, str(row)) for row in rows] == [(3, 7, "3 of 7"), (4, 8, "4 of 8")]
    assert rows[0].parent is None
    assert str(rows[1].parent) == "3 of 7"
    assert rows[0] != rows[1]
    assert len({*rows}) == 2
