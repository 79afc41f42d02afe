"""Fields that a person may read and not write, or neither: written by no form, no action and no way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.pages import parse
from tests.security.desk import Visitor, stored
from tests.security.ledger import COST, Good, GoodView, admin_of, boss_of, clerk_of, fill, saved
from webadmin import ModelView, OptionsError, User
from webadmin.database.own_tables.changes import change

SHUT = {
    "price": "99",
    "state": "sold",
    "cost": "1",
    "recipe": "mine",
    "buyer": "2",
    "buyer_id": "2",
    "meta": "{}",
}
"""What clerks may not write, with values that others could."""


@pytest.fixture
def ledger(engine: Engine) -> Engine:
    fill(engine)
    return engine


@pytest.fixture
def clerk(ledger: Engine) -> Visitor:
    return clerk_of(admin_of(ledger))


def is_refused(answer: Any, name: str) -> None:
    """A page that names the field, in a status that says that it is about rights."""
    assert answer.status_code == 403
    label = {"buyer_id": "buyer id"}.get(name, name)
    assert f"“{label}”" in " ".join(parse(answer.text).texts("main")).lower()


def everything(engine: Engine) -> list[Any]:
    with Session(engine) as session:
        return [tuple(row) for row in session.execute(sa.select(Good.__table__).order_by(Good.id))]


def test_what_is_only_to_be_read_is_shown_as_text(clerk: Visitor) -> None:
    """It stands on the form of a row without a field, and not on that of a new one; lists do not offer to edit it."""
    form = clerk.page("/goods/1/change/")
    assert form.text("#f-price") == "1"
    assert set(form.form()) & SHUT.keys() == set()
    assert form.css("#f-cost") == []
    assert set(clerk.page("/goods/add/").form()) & SHUT.keys() == set()
    offered = clerk.page("/goods/").css("[data-edit], [data-cell]")
    assert all("price" not in str(one.attrib) for one in offered)
    assert clerk.page("/goods/").css("button[value='rename']")
    assert not clerk.page("/goods/").css(
        "button[value='sell'], button[value='raise-price'], button[value='reprice']"
    )


def test_fields_that_are_sent_all_the_same(ledger: Engine, clerk: Visitor) -> None:
    """Whatever form one is sent with: the page says which field it is, and nothing of the form is saved."""
    before = everything(ledger)
    for name, value in SHUT.items():
        for answer in attempts(clerk, name, value):
            is_refused(answer, name)
        assert clerk.get(f"/goods/1/cell/{name}/").status_code == 404
        assert clerk.submit(f"/goods/1/cell/{name}/", {name: value}).status_code == 404
        assert clerk.get(f"/goods/add/?{name}={value}").status_code == 200
    assert everything(ledger) == before


def attempts(clerk: Visitor, name: str, value: str) -> Iterator[Any]:
    """The answers to forms of every kind that have one field too many."""
    typed = {"name": "Mine", name: value}
    plan = {"id": ["1", "2"], f"op-{name}": "set", f"with-{name}": value}
    yield saved(clerk, "/goods/1/change/", typed)
    yield saved(clerk, "/goods/add/", typed)
    yield saved(clerk, "/goods/1/change/", typed | {"_then": "new"})
    yield saved(clerk, "/goods/1/cell/name/", typed)
    yield clerk.submit("/goods/add/", {"_dialog": "1", "new-name": "Mine", f"new-{name}": value})
    yield clerk.submit("/goods/1/fields/", typed)
    yield clerk.submit("/goods/add/fields/", typed)
    yield saved(clerk, "/clients/1/change/", {"title": "Mine", "goods-0-_id": "1", f"goods-0-{name}": value})
    yield saved(
        clerk,
        "/clients/1/change/",
        {"goods-90-_id": "", "goods-90-name": "x", f"goods-90-{name}": value},
    )
    yield clerk.submit("/goods/actions/edit/", plan)
    yield clerk.submit("/goods/actions/edit/", plan | {"confirm": "1"})
    yield clerk.submit(
        "/goods/actions/edit/",
        {"id": ["1"], "op-name": "append", "with-name": "!", f"op-{name}": "clear"},
    )


def test_ready_made_actions_on_such_a_column(ledger: Engine, clerk: Visitor) -> None:
    """They are not there, whatever is sent."""
    before = everything(ledger)
    for action in ("sell", "raise-price", "reprice"):
        for more in ({}, {"confirm": "1"}, {"confirm": "1", "value": "1"}):
            assert clerk.submit(f"/goods/actions/{action}/", {"id": ["1", "2"], **more}).status_code == 404
    assert everything(ledger) == before


def test_what_is_left_can_be_saved(ledger: Engine, clerk: Visitor) -> None:
    """The other fields are saved; a new row has the defaults of those that its maker may not write."""
    assert saved(clerk, "/goods/1/change/", {"name": "Renamed"}).status_code == 303
    assert saved(clerk, "/goods/1/cell/name/", {"name": "Again"}).status_code == 303
    assert saved(clerk, "/goods/2/change/", {"name": "Copy", "_then": "new"}).status_code == 303
    assert saved(clerk, "/clients/1/change/", {"goods-0-name": "Inline"}).status_code == 303
    with Session(ledger) as session:
        copy = session.scalars(sa.select(Good).where(Good.name == "Copy")).one()
        assert (copy.price, copy.state, copy.cost) == (7, "new", COST)
    row = stored(ledger, Good, 1)
    assert (row.price, row.cost) == (1, COST + 1)


def test_a_field_that_must_be_filled_and_cannot(sqlite_engine: Engine) -> None:
    """A new row without a value that it needs, by somebody who may not give it one, is refused with a sentence."""

    class Strict(GoodView, model=Good):
        key = "goods"
        unread = frozenset()
        unwritten = frozenset({"name"})

    fill(sqlite_engine)
    clerk = clerk_of(admin_of(sqlite_engine, Strict))
    answer = saved(clerk, "/goods/add/", {"price": "3"})
    assert answer.status_code == 422
    assert "Name: It must have a value, and this form has no field for it." in " ".join(
        parse(answer.text).texts("main")
    )
    assert len(everything(sqlite_engine)) == 5


def test_undoing_does_not_write_it_either(ledger: Engine, clerk: Visitor) -> None:
    """A change of such a field is undone by nobody who may not write it; the page says which field, if they may read it."""
    boss = boss_of(admin_of(ledger))
    saved(boss, "/goods/1/change/", {"price": "50"})
    saved(boss, "/goods/2/change/", {"cost": "50"})
    saved(boss, "/goods/3/change/", {"name": "Other"})
    before = everything(ledger)
    with Session(ledger) as session:
        price, cost, name = session.scalars(sa.select(change.c.id).order_by(change.c.id)).all()
    for id, words in ((price, "“Price”"), (cost, "“a field that is not for you to see”")):
        for answer in (
            clerk.get(f"/changes/{id}/undo/"),
            clerk.submit(f"/changes/{id}/undo/", {"plan": "x"}),
        ):
            assert answer.status_code == 403
            assert words in " ".join(parse(answer.text).texts("main"))
    assert everything(ledger) == before
    assert saved(clerk, f"/changes/{name}/undo/", {}).status_code == 303
    assert stored(ledger, Good, 3).name == "Good 3"


def test_rows_cannot_be_moved_by_way_of_the_other_side(sqlite_engine: Engine) -> None:
    """Who may not write to whom a row belongs cannot add one to a parent, where that would say it."""

    class Fixed(GoodView, model=Good):
        key = "goods"
        unread = frozenset()
        unwritten = frozenset({"client_id"})

    fill(sqlite_engine)
    clerk = clerk_of(admin_of(sqlite_engine, Fixed))
    page = clerk.page("/clients/1/change/")
    assert page.css("[name='goods-0-name']")
    answer = saved(clerk, "/clients/1/change/", {"goods-90-_id": "", "goods-90-name": "New"})
    assert answer.status_code == 403
    is_refused(saved(clerk, "/goods/1/change/", {"client": ""}), "client")
    assert stored(sqlite_engine, Good, 1).client_id == 1


class Wrong(ModelView, model=Good):
    can_read_field = True  # type: ignore[assignment]

    def can_write_field(self, field: str) -> bool:  # type: ignore[override]
        return True


class Later(ModelView, model=Good):
    async def can_read_field(self, name: str, user: User) -> bool:  # type: ignore[override]
        return True

    def can_write_field(self, name: str, user: User, row: Any) -> bool:  # type: ignore[override]
        return True


def test_functions_that_cannot_be_asked(sqlite_engine: Engine) -> None:
    """They are told with all other faults when the program starts."""
    with pytest.raises(OptionsError) as caught:
        admin_of(sqlite_engine, Wrong, Later).check()
    assert [(fault.view, fault.option) for fault in caught.value.faults] == [
        ("Wrong", "can_read_field"),
        ("Wrong", "can_write_field"),
        ("Later", "can_read_field"),
        ("Later", "can_write_field"),
    ]
    assert "write def can_write_field(self, name, user)" in str(caught.value)
