"""Infinite scroll: pieces of a list by keyset."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of, statements
from webadmin.auth.keys import Keys
from webadmin.demo.models import Order
from webadmin.errors import BadRequest
from webadmin.listing import cursor
from webadmin.listing.fragment import Fragment
from webadmin.listing.listing import Listing
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.view import View

KEYS = Keys("a secret for tests")
NAMES = [
    "status",
    "placed_at",
    "due_on",
    "customer",
    "handled_by.name",
    "total",
    "id",
    "delivery_window",
    "channel",
    "number",
]
SORTS = [
    "", "total", "total:desc", "due_on", "due_on:desc", "status:desc,placed_at", "status,due_on:desc,total",
    "customer", "customer:desc,total", "handled_by.name:desc", "delivery_window:desc", "channel:desc,due_on:desc",
    "due_on,delivery_window", "due_on:desc,delivery_window,id:desc", "number:desc",
]  # fmt: skip


class Orders(ModelView, model=Order):
    column_sortable_list = NAMES


@pytest.fixture
def sortable(shop_session: Session) -> Context:
    return context_of(shop_session, registry_of(Orders))


def walk(context: Context, params: ListParams) -> tuple[list[str], Fragment]:
    """All ids from ``params`` on, and the last piece."""
    found: list[str] = []
    while True:
        piece = Fragment.load(context, params.view, params)
        found += [row.id for row in piece.rows]
        if piece.after is None:
            return found, piece
        params = params.changed(after=piece.after)


@pytest.mark.parametrize("sort", SORTS)
def test_pieces_follow_the_order_of_the_pages(sortable: Context, sort: str) -> None:
    """Forwards and backwards, with missing values and mixed directions, pieces hold each row once, in the list's order."""
    view = sortable.registry.views["orders"]
    params = params_of(view, f"sort={sort}&per_page=23")
    pages: list[str] = []
    for page in range(1, Listing.load(sortable, view, params).pages + 1):
        pages += [row.id for row in Listing.load(sortable, view, params.changed(page=page)).rows]
    forwards, last = walk(sortable, params)
    assert forwards == pages
    backwards = [row.id for row in last.rows]
    while last.before is not None:
        last = Fragment.load(sortable, view, params.changed(before=last.before))
        backwards = [row.id for row in last.rows] + backwards
    assert backwards == pages


def test_rows_that_come_and_go_do_not_shift_the_rest(context: Context) -> None:
    """A row deleted between two pieces costs no other row its place."""
    view = context.registry.views["orders"]
    params = params_of(view, "per_page=10")
    first = Fragment.load(context, view, params)
    everything, _last = walk(context, params)
    context.session.execute(
        sa.update(Order).where(Order.id == int(first.rows[4].id)).values(deleted_at=sa.func.now())
    )
    assert first.after is not None
    rest, _last = walk(context, params.changed(after=first.after))
    assert rest == everything[10:]


def test_statements_of_a_piece(context: Context) -> None:
    """A piece of the default order is one statement for its rows, and one more for a short end."""
    view = context.registry.views["orders"]
    params = params_of(view, "per_page=10")
    first = Fragment.load(context, view, params)
    with statements(context.session) as sent:
        Fragment.load(context, view, params.changed(after=first.after))
    assert len(sent) == 1
    assert "OR" not in sent[0].split("WHERE")[1].split()


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_a_broken_cursor_is_a_400(text: str) -> None:
    """Whatever stands for a place is one of this list or is refused."""
    with pytest.raises(BadRequest):
        cursor.decode(KEYS, params_of(VIEW, ""), text, 2)


@given(
    st.lists(st.none() | st.text(max_size=20) | st.integers(), max_size=4),
    st.integers(0, 200),
    st.integers(1, 255),
)
def test_a_forged_cursor_is_a_400(values: list[Any], at: int, flipped: int) -> None:
    """A cursor comes back as it was made; with one bit changed, made with another key or cut, it is refused."""
    params = params_of(VIEW, "sort=due_on:desc,total")
    text = cursor.encode(KEYS, params, tuple(values))
    assert cursor.decode(KEYS, params, text, len(values)) == tuple(values)
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[at % len(raw)] ^= flipped
    changed = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for forged in (changed, cursor.encode(Keys("other"), params, tuple(values)), text[:-4]):
        with pytest.raises(BadRequest):
            cursor.decode(KEYS, params, forged, len(values))


def test_a_cursor_of_another_order_is_a_400(context: Context) -> None:
    """A cursor works in the list and order that it was made for alone; the refusal leads back to the beginning."""
    view = context.registry.views["orders"]
    after = Fragment.load(context, view, params_of(view, "per_page=10")).after
    with pytest.raises(BadRequest) as caught:
        Fragment.load(context, view, params_of(view, f"sort=total&status=paid&after={after}"))
    assert caught.value.link == "?status=paid&sort=total:asc"


VIEW: View = registry_of(Orders).views["orders"]
