"""A matrix of rights, held against what every address answers."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.security.desk import Comment, Label, Person, Ticket, TicketView, admin_of
from webadmin import Admin, User
from webadmin.database.own_tables import accounts
from webadmin.testing import assert_permissions, permissions_of, rolled_back

STAFF = User("red", grants=["*.view", "tickets.change", "tickets.action:shout"])
MATRIX: Any = {
    "staff": {
        "tickets": {"view", "change", "action:shout"},
        "people": {"view"},
        "labels": {"view"},
        "comments": {"view"},
    },
    "nobody": {},
}
PEOPLE = {"staff": STAFF, "nobody": None}


@pytest.fixture(scope="module")
def webadmin_admin(small_desk: Engine) -> Admin:
    return admin_of(small_desk)


def contents(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [
            connection.execute(sa.select(model.__table__).order_by(model.__table__.c.id)).all()
            for model in (Person, Label, Ticket, Comment)
        ]


def test_a_matrix_that_is_right(webadmin_admin: Admin, small_desk: Engine) -> None:
    """It passes for people, for somebody who is not logged in, and changes nothing."""
    before = contents(small_desk)
    assert_permissions(webadmin_admin, MATRIX, people=PEOPLE)
    assert_permissions(
        webadmin_admin,
        {User("red"): dict.fromkeys(MATRIX["staff"], "*") | {"@accounts": True, "@database": True}},
    )
    assert contents(small_desk) == before


def test_every_wrong_right_is_told(webadmin_admin: Admin) -> None:
    """The failure has one line for each right: whose, of which model, what is wrong, and which addresses say so."""
    wrong = {"staff": MATRIX["staff"] | {"tickets": {"view", "change", "delete"}, "labels": set()}}
    with pytest.raises(AssertionError) as failed:
        assert_permissions(webadmin_admin, wrong, people=PEOPLE)
    head, *lines = str(failed.value).splitlines()
    assert re.fullmatch(r"3 of \d+ rights are not as the matrix says:", head)
    told = {tuple(line.split()[:3]): line for line in lines}
    assert set(told) == {
        ("staff", "tickets", "action:shout"),
        ("staff", "tickets", "delete"),
        ("staff", "labels", "view"),
    }
    assert (
        "allowed and should be refused: POST /tickets/actions/shout/ → 404"
        in told["staff", "tickets", "action:shout"]
    )
    assert "refused and should be allowed: " in told["staff", "tickets", "delete"]
    assert "GET /tickets/…/delete/ → 403" in told["staff", "tickets", "delete"]


def test_an_address_that_is_let_open(webadmin_admin: Admin, small_desk: Engine) -> None:
    """What a view's own code allows beside the grants shows in the matrix."""

    class Open(TicketView, model=Ticket):
        key = "tickets"
        can_purge = False

        def is_accessible(self, request: Any) -> bool:
            return "/history/" not in str(request.url)

    with pytest.raises(
        AssertionError, match=r"tickets +view +refused by some addresses and should be allowed"
    ):
        assert_permissions(admin_of(small_desk, Open), MATRIX, people=PEOPLE)
    found = permissions_of(admin_of(small_desk, Open), User("red"))
    assert {"change", "delete"} <= found["tickets"]
    assert not {"view", "purge"} & found["tickets"]


def test_roles_of_the_database(webadmin_admin: Admin, webadmin_connection: sa.Connection) -> None:
    """A name that is nobody's is that of a role."""
    role = uuid.uuid4()
    webadmin_connection.execute(sa.insert(accounts.role).values(id=role, name="clerks"))
    grants = [{"role_id": role, "name": name} for name in ("labels.view", "labels.add", "labels.export")]
    webadmin_connection.execute(sa.insert(accounts.role_grant), grants)
    with rolled_back(webadmin_admin):
        assert_permissions(webadmin_admin, {"clerks": {"labels": {"view", "add", "export"}}, "thieves": {}})


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ({"staff": {"tickts": {"view"}}}, "there is no list 'tickts'; there are people"),
        ({"staff": {"tickets": {"wiew"}}}, "tickets has no right wiew; it has action:shout, add"),
    ],
)
def test_words_that_are_none(webadmin_admin: Admin, matrix: Any, message: str) -> None:
    """A model or a right that does not exist is told as such, not as a right that is missing."""
    with pytest.raises(ValueError, match=message):
        assert_permissions(webadmin_admin, matrix, people=PEOPLE)
