"""The one door to rows."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of, statements
from webadmin.auth.user import User
from webadmin.demo.models import Customer, Order, OrderLine, StaffNote
from webadmin.errors import NotFound
from webadmin.listing.fragment import Fragment
from webadmin.listing.listing import Listing
from webadmin.listing.lookup import rows_by_id, search_rows
from webadmin.listing.scope import many, one, scope
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView


class Germans(ModelView, model=Customer):
    """Only customers from Germany."""

    def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
        return stmt.where(Customer.country == "DE")


@pytest.fixture
def german(shop_session: Session) -> Context:
    return context_of(shop_session, registry_of(Germans))


def test_deleted_rows_hide_show_or_stand_alone(context: Context) -> None:
    """Soft-deleted rows are hidden, shown, or the only ones."""
    view = context.registry.views["orders"]
    counting = sa.select(sa.func.count()).select_from(Order)
    live, every, gone = (
        context.session.scalar(scope(context, view, counting, how)) for how in ("hide", "show", "only")
    )
    assert live
    assert gone
    assert live + gone == every == context.session.scalar(counting)


def test_only_deleted_rows_of_a_table_without_soft_delete(context: Context) -> None:
    """A table whose rows are gone when deleted has no deleted ones."""
    view = context.registry.views["staff"]
    assert context.session.scalars(scope(context, view, sa.select(view.model), "only")).all() == []


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("orders", (10**18,)),
        ("orders", (2**63,)),
        ("orders", (-(2**70),)),
        ("order_lines", (1, 2**40)),
        ("order_lines", (1,)),
        ("staff_notes", ("no\x00such",)),
        ("staff_notes", ("half \ud800",)),
        ("orders", (None,)),
    ],
)
def test_a_key_that_no_row_has(context: Context, key: str, values: tuple[Any, ...]) -> None:
    """A key that does not exist, or that the column could not hold, is a 404, and the transaction goes on."""
    with pytest.raises(NotFound):
        one(context, context.registry.views[key], values)
    assert context.session.scalar(sa.select(1)) == 1


def test_one_row_by_every_kind_of_key(context: Context) -> None:
    """Numbers, UUIDs, texts and keys of two columns find their row, locked too."""
    for model in (Order, Customer, OrderLine, StaffNote):
        view = context.registry.for_model(model)
        assert view is not None
        row = context.session.scalars(sa.select(model).limit(1)).one()
        assert one(context, view, view.info.key_of(row), lock=True) is row


def test_a_row_outside_the_scope_does_not_exist(german: Context) -> None:
    """List, single row, look-up, labels and numbers of related rows know only what the person may see."""
    view = german.registry.views["customers"]
    foreign = german.session.scalars(sa.select(Customer).where(Customer.country != "DE").limit(1)).one()
    with pytest.raises(NotFound):
        one(german, view, (foreign.id,))
    params = params_of(view, "per_page=200&deleted=show&columns=country")
    assert {row.row.country for row in Listing.load(german, view, params).rows} == {"DE"}
    assert {row.row.country for row in Fragment.load(german, view, params).rows} == {"DE"}
    assert rows_by_id(german, view, [str(foreign.id)]) == []
    found, _more = search_rows(german, Customer, foreign.name, deleted=True)
    assert str(foreign.id) not in {choice.id for choice in found}
    german.session.expunge_all()
    orders = german.registry.views["orders"]
    listing = Listing.load(
        german, orders, params_of(orders, f"per_page=200&customer={foreign.id}&deleted=show")
    )
    assert listing.labels == {}
    german.session.expunge_all()
    listing = Listing.load(german, orders, params_of(orders, "per_page=200&columns=customer"))
    shown = {row.row.customer.id for row in listing.rows if row.row.customer}
    germans = german.session.scalars(sa.select(Customer.id).where(Customer.country == "DE")).all()
    assert shown
    assert shown <= set(germans)


def test_many_rows_at_once(german: Context, context: Context) -> None:
    """A thousand rows take two statements, come in the order that they were asked for in, and once each."""
    view = context.registry.views["orders"]
    ids = list(context.session.scalars(sa.select(Order.id).order_by(Order.total).limit(700)))
    with statements(context.session) as sent:
        rows = many(context, view, [(id,) for id in [*ids, ids[0], 2**70]])
    assert [row.id for row in rows] == ids
    assert len(sent) == -(-len(ids) // 500)
    lines = context.session.execute(sa.select(OrderLine.order_id, OrderLine.position).limit(3)).all()
    found = many(context, context.registry.views["order_lines"], lines, lock=True)
    assert [(line.order_id, line.position) for line in found] == [tuple(line) for line in lines]
    everybody = sa.select(Customer.id, Customer.country).limit(50)
    people: dict[Any, str] = {row.id: row.country for row in german.session.execute(everybody)}
    seen = many(german, german.registry.views["customers"], [(id,) for id in people])
    assert [row.id for row in seen] == [id for id, country in people.items() if country == "DE"]
