"""Accounts of people whom another system knows, made at the same moment in two processes."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webadmin.auth.accounts import elsewhere
from webadmin.auth.accounts.oidc import OIDC, Person
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata
from webadmin.errors import Forbidden

OWN = OIDC("https://login.example.com", "webadmin")


def person(sub: str = "1", *names: str) -> Person:
    return Person(f"https://login.example.com {sub}", names or ("ada",), "Ada", "", (), factor=False)


def test_at_the_same_moment(pg_engine: Engine) -> None:
    """Two first logins of one person make one account, and none of the tries leaves anything behind."""
    metadata.create_all(pg_engine)
    found: list[UUID] = []

    def second() -> None:
        with Session(pg_engine) as other, other.begin():
            found.append(elsewhere.account_of(other, OWN, person(), "").id)

    with Session(pg_engine) as session, session.begin():
        found.append(elsewhere.account_of(session, OWN, person(), "").id)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.5)  # it waits for this transaction, or has not come so far; both have to end well
    thread.join(30)
    with pg_engine.connect() as connection:
        names = list(connection.execute(sa.select(tables.account.c.name)).scalars())
    assert (len(found), len(set(found)), names) == (2, 1, ["ada"])


@pytest.mark.parametrize(
    ("names", "called"),
    [(("", "\x07", "Lin"), "Lin"), (("a" * 300, "b"), "b"), (("\x00",), "Person"), (("ADA",), "ADA 2")],
)
def test_names(sqlite_engine: Engine, names: tuple[str, ...], called: str) -> None:
    """The first name that an account can have is taken, with a number where somebody has it."""
    metadata.create_all(sqlite_engine)
    with Session(sqlite_engine) as session:
        elsewhere.account_of(session, OWN, person("0"), "")
        assert elsewhere.account_of(session, OWN, person("1", *names), "").name == called


@pytest.mark.parametrize("options", [{"create": False}, {"roles": {"staff": "packer"}}])
def test_none_is_made(sqlite_engine: Engine, options: dict[str, Any]) -> None:
    """Somebody new is refused where administrators make accounts, and where no group of theirs gives a role."""
    metadata.create_all(sqlite_engine)
    oidc = OIDC("https://login.example.com", "webadmin", **options)
    with Session(sqlite_engine) as session, pytest.raises(Forbidden):
        elsewhere.account_of(session, oidc, person(), "")
