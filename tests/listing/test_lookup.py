"""Rows to choose from."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.listing.conftest import statements
from webadmin.demo.models import Category, Customer, Order, OrderLine, StaffNote, Tag
from webadmin.errors import BadRequest
from webadmin.listing.lookup import label_of_key, rows_by_id, search_rows
from webadmin.options.context import Context
from webadmin.options.registry import Registry


@pytest.mark.parametrize("model", [Order, Customer, Category, OrderLine, StaffNote, Tag])
def test_choices_of_every_model(context: Context, model: type) -> None:
    """Without a search the first rows are offered, in one statement, and each is found again by its id."""
    with statements(context.session) as sent:
        found, more = search_rows(context, model, "", limit=5)
    assert len(sent) == 1
    assert len(found) == 5
    assert more
    assert all(choice.label and not choice.label.startswith("<") for choice in found)
    again = rows_by_id(context, model, [choice.id for choice in found])
    assert {(choice.id, choice.label) for choice in again} == {(choice.id, choice.label) for choice in found}


def test_words_of_the_label(context: Context) -> None:
    """Every word must stand in the label, whatever its case."""
    customer = context.session.scalars(sa.select(Customer).where(Customer.deleted_at.is_(None))).first()
    assert customer is not None
    found, _more = search_rows(context, Customer, customer.name.lower())
    assert customer.name in {choice.label for choice in found}


def test_models_without_a_view(context: Context) -> None:
    """A model that only a relation leads to can be chosen from as well."""
    bare = Context(context.session, context.dialect, context.user, Registry())
    found, _more = search_rows(bare, Category, "f")
    assert found
    named = sa.select(Category.name).where(Category.name.icontains("f"))
    assert {choice.label for choice in found} >= set(context.session.scalars(named))
    deleted = context.session.scalars(sa.select(Customer).where(Customer.deleted_at.is_not(None))).first()
    assert deleted is not None
    assert str(deleted.id) not in {choice.id for choice in search_rows(bare, Customer, deleted.name)[0]}


def test_deleted_rows_only_when_asked(context: Context) -> None:
    """Soft-deleted rows are not offered, but keep their name."""
    deleted = context.session.scalars(sa.select(Customer).where(Customer.deleted_at.is_not(None))).first()
    assert deleted is not None
    key = str(deleted.id)
    assert key not in {choice.id for choice in search_rows(context, Customer, deleted.name)[0]}
    offered = {choice.id: choice for choice in search_rows(context, Customer, deleted.name, deleted=True)[0]}
    assert offered[key].deleted
    assert label_of_key(context, Customer, key) == deleted.name


def test_chosen_fields(context: Context) -> None:
    """``fields`` says where to look instead."""
    customer = context.session.scalars(sa.select(Customer).where(Customer.deleted_at.is_(None))).first()
    assert customer is not None
    found, _more = search_rows(context, Customer, customer.email, fields=["email"])
    assert [choice.id for choice in found] == [str(customer.id)]
    assert search_rows(context, Customer, customer.name + customer.email, fields=["email"]) == ([], False)


def test_what_no_row_can_have(context: Context) -> None:
    """Impossible ids are no rows, and a search that cannot be asked is a 400."""
    assert rows_by_id(context, Order, ["x", "", "99999999999999999999", "1,2", "a\x00b"]) == []
    with pytest.raises(BadRequest):
        search_rows(context, Order, "a\x00b")
