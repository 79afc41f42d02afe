"""Roles in the database, and the last one who may manage people."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webadmin.auth.accounts import people, roles, store
from webadmin.database.own_tables.base import metadata


def account(session: Session, name: str, *grants: str, **more: object) -> UUID:
    return store.create(session, name, password=None, grants=grants, **more)  # type: ignore[arg-type]


def test_who_can_manage_people(session: Session) -> None:
    """By themselves or by a role; neither who is disabled nor who has no way to log in."""
    metadata.create_all(session.connection())
    staff = roles.new("Staff", "", False, ["@accounts"])
    roles.save(session, staff)
    by_role = store.create(session, "ada", password="a long enough one", roles=[staff.id])
    alone = store.create(session, "bob", password="a long enough one", grants=["*"])
    account(session, "without a password", "*")
    store.create(session, "carl", password="a long enough one", grants=["*.view"])
    assert roles.administrators(session) == {by_role, alone}
    people.disable(session, alone)
    assert roles.administrators(session, lock=True) == {by_role}
    with pytest.raises(roles.LastAdministrator), roles.keeping_one(session):
        roles.remove(session, staff.id)


def test_nobody_is_kept_where_there_was_none(session: Session) -> None:
    """Where people come from elsewhere, there is no last one to keep."""
    metadata.create_all(session.connection())
    with roles.keeping_one(session):
        account(session, "ada")


def test_what_holders_may_do(session: Session) -> None:
    """All that anybody may do who has a role, by whatever way, and the roles that they have besides."""
    metadata.create_all(session.connection())
    one, two = roles.new("One", "", False, ["a.view"]), roles.new("Two", "", False, ["b.view"])
    roles.save(session, one)
    roles.save(session, two)
    account(session, "ada", "c.view", roles=[one.id, two.id])
    account(session, "bob", "d.view", roles=[two.id])
    three = roles.new("Three", "", False, [])
    roles.save(session, three)
    assert roles.held_with(session, one.id) == ({"a.view", "b.view", "c.view"}, {"Two"})
    assert roles.held_with(session, two.id) == ({"a.view", "b.view", "c.view", "d.view"}, {"One"})
    assert roles.held_with(session, three.id) == (frozenset(), frozenset())
    assert roles.rights_by_names(session, ["One", "gone"]) == {"One": {"a.view"}}


def test_two_cannot_take_each_others_right_at_once(pg_engine: Engine) -> None:
    """The second waits for the first, and is refused."""
    metadata.create_all(pg_engine)
    with Session(pg_engine) as session, session.begin():
        ada, bob = (
            store.create(session, name, password="a long enough one", grants=["@accounts"])
            for name in ("ada", "bob")
        )
    refused: list[Exception] = []

    def other() -> None:
        try:
            with Session(pg_engine) as second, second.begin(), roles.keeping_one(second):
                people.disable(second, ada)
        except roles.LastAdministrator as error:
            refused.append(error)

    with Session(pg_engine) as first, first.begin():
        with roles.keeping_one(first):
            people.disable(first, bob)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(20)
    assert len(refused) == 1
    with Session(pg_engine) as session:
        assert roles.administrators(session) == {ada}
