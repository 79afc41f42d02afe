"""The search box."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of
from webadmin.demo.models import Customer, Order, Product, Staff
from webadmin.listing.listing import Listing
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView


def search(context: Context, key: str, q: str, query: str = "") -> Listing:
    view = context.registry.views[key]
    params = params_of(view, query).changed(q=q, per_page=200)
    return Listing.load(context, view, params)


def test_words_are_found_and_marked(context: Context) -> None:
    """A word is found in the search column, an unfinished last one too, and marked in what is shown."""
    for word in ("delivery", "deliv"):
        listing = search(context, "orders", word, "columns=number,note")
        assert listing.rows
        for row in listing.rows:
            assert "deliv" in row.row.note.lower()
            assert "<mark>" in row.highlights["note"]
            assert isinstance(row.highlights["note"], Markup)


def test_marked_texts_are_escaped(context: Context) -> None:
    """What stands in a row never becomes markup."""
    order = context.session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).first()
    assert order is not None
    order.note = "<b>zyxwv & co</b>"
    context.session.flush()
    (row,) = search(context, "orders", "zyxwv", "columns=number,note").rows
    assert row.highlights["note"] == "&lt;b&gt;<mark>zyxwv</mark> &amp; co&lt;/b&gt;"


def test_only_common_words(context: Context) -> None:
    """A search that has nothing left to look for says so."""
    listing = search(context, "products", "the")
    if context.dialect.supports_search_vector:
        assert listing.rows == ()
        assert "common" in listing.search_note
    assert search(context, "products", "unheard-of").search_note == ""


@pytest.mark.parametrize("wild", ["%", "_", "\\", "100%", "'", '"', "a:b & !c | (d", "-", "<->", "\u202e"])
def test_signs_stand_for_themselves(shop_session: Session, wild: str) -> None:
    """Wildcards and operators are ordinary characters, in every kind of search."""

    class Searching(ModelView, model=Staff):
        column_searchable_list = ["name", "job"]

    context = context_of(shop_session, registry_of(Searching))
    found = search(context, "staff", wild).rows
    assert {row.row.id for row in found} == {
        staff.id
        for staff in shop_session.scalars(sa.select(Staff))
        if all(word in f"{staff.name}|{staff.job}" for word in wild.lower().split())
    }
    search(context, "orders", wild)


def test_every_word_counts(shop_session: Session) -> None:
    """Words may stand in different columns, and of a related row; all of them must be there."""

    class Searching(ModelView, model=Product):
        column_searchable_list = ["name", "category.name"]
        column_list = ["name", "category"]
        search_vector = None

    context = context_of(shop_session, registry_of(Searching))
    product = shop_session.scalars(
        sa.select(Product).where(Product.category_id.is_not(None), Product.deleted_at.is_(None))
    ).first()
    assert product is not None
    assert product.category is not None
    word, category = product.name.split()[0], product.category.name.split()[0]
    found = search(context, "products", f"{word.upper()} {category.lower()}").rows
    assert str(product.id) in {row.id for row in found}
    assert search(context, "products", f"{word} {category} nowhere").rows == ()


def test_a_key_finds_its_row(context: Context) -> None:
    """A number or a UUID that is a row's key finds it; one that no key can be finds nothing and breaks nothing."""
    order = context.session.scalars(sa.select(Order.id).where(Order.deleted_at.is_(None))).first()
    assert str(order) in {row.id for row in search(context, "orders", str(order)).rows}
    customer = context.session.scalars(sa.select(Customer).where(Customer.deleted_at.is_(None))).first()
    assert customer is not None
    assert [row.id for row in search(context, "customers", str(customer.id)).rows] == [str(customer.id)]
    assert search(context, "orders", "99999999999999999999999").rows == ()
