"""A numbered page of a list."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of, statements
from webadmin.demo.models import Category, Order, OrderLine, Product, Review
from webadmin.errors import BadRequest
from webadmin.listing.listing import STATEMENTS, Listing
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView

QUERIES = [
    "",
    "page=3",
    "page=last",
    "page=99999",
    "per_page=7&page=2",
    "sort=total:desc,status",
    "deleted=only",
    "deleted=show",
    "q=delivery",
    "q=the",
    "q=zzzzzz",
    "q=1000042",
    "status=paid&status=sent",
    "lines=none",
    "columns=id,number,lines,customer",
    "q=delivery&columns=id,note,lines&handled_by=1&handled_by=2&page=1",
    "handled_by=1&handled_by=2&handled_by.not=3&columns=number,lines&page=2&per_page=5",
]


def load(context: Context, key: str, query: str = "") -> Listing:
    view = context.registry.views[key]
    return Listing.load(context, view, params_of(view, query))


@pytest.mark.parametrize("query", QUERIES)
def test_four_statements_at_most(context: Context, query: str) -> None:
    """No list page sends more than four statements, with nothing remembered from earlier ones, and showing it none."""
    with statements(context.session) as sent:
        listing = load(context, "orders", query)
        for listed in listing.rows:
            for shown in listing.columns:
                if shown.attribute.relation is None or not shown.attribute.relation.uselist:
                    shown.attribute.value(listed.row)
            assert context.registry.views["orders"].row_label(listed.row)
    assert len(sent) <= STATEMENTS


def test_every_view_lists(context: Context) -> None:
    """Every list of the shop loads with its defaults, and its numbers agree."""
    for view in context.registry:
        listing = Listing.load(context, view, params_of(view, ""))
        context.session.expunge_all()
        assert listing.rows
        assert listing.exact
        assert listing.last_row == len(listing.rows)
        assert all(listed.id for listed in listing.rows)


@pytest.mark.parametrize(
    "sort", ["", "&sort=total", "&sort=total:desc", "&sort=handled_by_id:desc", "&sort=status,id:desc"]
)
def test_pages_hold_every_row_once(context: Context, sort: str) -> None:
    """All pages together are all rows, in one order, also those that are read from the end."""
    first = load(context, "orders", f"per_page=30{sort}")
    found: list[str] = []
    for page in range(1, first.pages + 1):
        listing = load(context, "orders", f"per_page=30&page={page}{sort}")
        assert (listing.page, listing.first_row) == (page, len(found) + 1)
        assert listing.has_next is (page < first.pages)
        found += [row.id for row in listing.rows]
    live = context.session.scalars(sa.select(Order.id).where(Order.deleted_at.is_(None))).all()
    assert len(found) == len(set(found)) == first.total
    assert set(found) == {str(key) for key in live}
    assert load(context, "orders", f"per_page=30&page=last{sort}").rows[-1].id == found[-1]
    beyond = load(context, "orders", f"per_page=30&page=4000{sort}")
    assert (beyond.page, beyond.rows[-1].id) == (first.pages, found[-1])


def test_an_empty_list_is_page_one_of_one(context: Context) -> None:
    """A list without rows says so in all its numbers."""
    listing = load(context, "orders", "note.contains=never+written&page=7")
    assert (listing.total, listing.page, listing.pages, listing.first_row, listing.last_row) == (
        0,
        1,
        1,
        0,
        0,
    )
    assert listing.exact
    assert not listing.has_next


def test_only_what_is_shown_is_loaded(context: Context) -> None:
    """Columns that are not shown are not loaded, and nothing loads them later by accident."""
    row = load(context, "products", "columns=name").rows[0].row
    assert row.name
    for name in ("description", "image", "reviews", "category"):
        with pytest.raises((AttributeError, exc.InvalidRequestError)):
            getattr(row, name)


def test_related_rows_are_counted(context: Context) -> None:
    """To-many columns show how many related rows live, also over link tables and onto the same table."""
    listing = load(context, "categories", "columns=name,children,products&per_page=200")
    for listed in listing.rows:
        key = int(listed.id)
        live = sa.select(sa.func.count()).select_from(Product).where(Product.deleted_at.is_(None))
        children = sa.select(sa.func.count()).select_from(Category).where(Category.parent_id == key)
        assert listed.to_many["products"] == context.session.scalar(live.where(Product.category_id == key))
        assert listed.to_many["children"] == context.session.scalar(children)
    products = load(context, "products", "columns=name,tags,reviews")
    for listed in products.rows:
        reviews = sa.select(sa.func.count()).select_from(Review).where(Review.product_id == int(listed.id))
        assert listed.to_many["reviews"] == context.session.scalar(reviews)


def test_deleted_rows_are_marked(context: Context) -> None:
    """Rows know whether they are deleted."""
    listing = load(context, "orders", "deleted=show&per_page=200")
    assert {listed.deleted for listed in listing.rows} == {True, False}
    assert all(listed.deleted is (listed.row.deleted_at is not None) for listed in listing.rows)


def test_a_value_out_of_the_columns_range(context: Context) -> None:
    """A number that the column cannot hold is a 400 and no error of the database, or finds nothing."""
    query = "stock.gte=99999999999&category=1"
    if context.dialect.integer_bytes(Product.__table__.c.stock.type) == 8:
        assert load(context, "products", query).rows == ()
        return
    with pytest.raises(BadRequest) as caught:
        load(context, "products", query)
    assert caught.value.link == "?category=1"


def test_formatters_get_their_row(shop_session: Session) -> None:
    """A formatter reads any column of its row, and its relation, without a statement of its own."""

    class Lines(ModelView, model=Order):
        column_list = ["number", "lines", "customer.country"]
        column_formatters = {"lines": lambda row, _name: f"{len(row.lines)} of {row.currency}"}

    context = context_of(shop_session, registry_of(Lines))
    view = context.registry.views["orders"]
    listing = Listing.load(context, view, params_of(view, ""))
    with statements(shop_session) as sent:
        texts = [
            shown.formatter(listed.row, "lines")
            for listed in listing.rows
            for shown in listing.columns
            if shown.formatter
        ]
        countries = [listing.columns[2].attribute.value(listed.row) for listed in listing.rows]
    assert sent == []
    assert all(text[:1].isdigit() and text[-3:].isupper() for text in texts)
    assert any(countries)


def test_expressions_are_shown_and_sorted_by(shop_session: Session) -> None:
    """A column may be an SQL expression of the view's own."""

    class Amounts(ModelView, model=OrderLine):
        column_list = ["order_id", (OrderLine.quantity * OrderLine.unit_price).label("amount")]
        column_sortable_list = [(OrderLine.quantity * OrderLine.unit_price).label("amount")]

    context = context_of(shop_session, registry_of(Amounts))
    view = context.registry.views["order_lines"]
    amounts = [
        listed.row.amount for listed in Listing.load(context, view, params_of(view, "sort=amount:desc")).rows
    ]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] > 0


def test_rows_without_a_key(context: Context) -> None:
    """A table without a key lists its rows, equal ones too, sorted by choice; they have no address."""
    registry, session = registry_of(), context.session
    session.execute(sa.text("CREATE TABLE log (level integer, message text)"))
    session.execute(sa.text("INSERT INTO log VALUES (1, 'a'), (1, 'a'), (2, NULL), (NULL, 'b'), (3, 'c')"))
    model: Any = _keyless_model()
    registry.add(type("LogView", (ModelView,), {"model": model, "column_sortable_list": ["level"]}))
    context = context_of(session, registry)
    view = context.registry.views["log"]
    plain = Listing.load(context, view, params_of(view, "per_page=3&page=2"))
    assert (plain.total, len(plain.rows), {listed.id for listed in plain.rows}) == (5, 2, {""})
    down = Listing.load(context, view, params_of(view, "sort=level:desc"))
    assert [row.row.message for row in down.rows if row.row.level is not None] == ["c", None, "a", "a"]


def _keyless_model() -> type:
    from sqlalchemy.orm import DeclarativeBase

    class Base(DeclarativeBase):
        pass

    table = sa.Table("log", Base.metadata, sa.Column("level", sa.Integer), sa.Column("message", sa.Text))
    attributes = {
        "__table__": table,
        "__webadmin__": {"keyless": True, "read_only": True},
        "__mapper_args__": {"primary_key": list(table.c)},
    }
    return type("Log", (Base,), attributes)
