"""Sessions in the database: who has one, until when, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from webadmin.auth.accounts import sessions
from webadmin.auth.cookie import SessionData
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata
from webadmin.mixins import uuid7

LIFETIME = sessions.Lifetime()
CONNECTION = HTTPConnection(
    {"type": "http", "headers": [(b"user-agent", b"Browser\x1b[31m 1")], "client": ("127.0.0.9", 1)}
)


@pytest.fixture(params=["pg_engine", "sqlite_engine"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    engine: Engine = request.getfixturevalue(request.param)
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session


@pytest.fixture
def ada(session: Session) -> UUID:
    """An account with a grant of its own, a role with two, and a role without any."""
    account_id, packer, guest = uuid7(), uuid7(), uuid7()
    session.execute(sa.insert(tables.account).values(id=account_id, name="Ada", name_key="ada"))
    session.execute(
        sa.insert(tables.role), [{"id": packer, "name": "packer"}, {"id": guest, "name": "guest"}]
    )
    grants = [{"role_id": packer, "name": name} for name in ("orders.view", "orders.change")]
    session.execute(sa.insert(tables.role_grant), grants)
    session.execute(
        sa.insert(tables.account_role),
        [{"account_id": account_id, "role_id": role} for role in (packer, guest)],
    )
    session.execute(sa.insert(tables.account_grant).values(account_id=account_id, name="products.view"))
    return account_id


def log_in(session: Session, **more: Any) -> SessionData:
    cookie = SessionData(id="planted")
    sessions.open_session(session, cookie, CONNECTION, LIFETIME, kind="password", **more)
    return cookie


def test_login(session: Session, ada: UUID) -> None:
    """A new token is in the cookie, its hash in the database, and one statement tells who it is and what they may do."""
    cookie = log_in(session, account_id=ada)
    stored = session.execute(sa.select(tables.session)).one()
    assert cookie.id != "planted"
    assert cookie.id not in map(str, stored)
    assert stored.address == "127.0.0.9"
    assert stored.agent == "Browser[31m 1"
    known = sessions.known(session, cookie, LIFETIME)
    assert known is not None
    assert known.name == "Ada"
    assert known.grants == {"orders.view", "orders.change", "products.view"}
    assert known.roles == ("guest", "packer")
    assert sessions.known(session, SessionData(id="planted", user="x"), LIFETIME) is None


def test_without_account(session: Session) -> None:
    """Whoever has the terminal's token is known by a name alone."""
    known = sessions.known(session, log_in(session, name="admin"), LIFETIME)
    assert known is not None
    assert (known.account_id, known.name, known.grants) == (None, "admin", frozenset())


@pytest.mark.parametrize("column", ["ends_at", "seen_at", "disabled_at"])
def test_over(session: Session, ada: UUID, column: str) -> None:
    """A session ends by its age, by rest, and with the account that it belongs to."""
    cookie = log_in(session, account_id=ada)
    long_ago = sessions.now() - timedelta(days=1)
    table = tables.account if column == "disabled_at" else tables.session
    session.execute(sa.update(table).values({column: long_ago}))
    assert sessions.known(session, cookie, LIFETIME) is None


def test_ended_ones_are_forgotten(session: Session, ada: UUID) -> None:
    """The next login of anybody takes away what has ended."""
    log_in(session, account_id=ada)
    session.execute(sa.update(tables.session).values(ends_at=sessions.now() - timedelta(seconds=1)))
    log_in(session, account_id=ada)
    assert session.scalar(sa.select(sa.func.count()).select_from(tables.session)) == 1


def test_renew_and_end(session: Session, ada: UUID) -> None:
    """A renewed session has another token, the old one is worth nothing; ending it leaves none."""
    cookie = log_in(session, account_id=ada, pending=sessions.SECOND_FACTOR)
    before = SessionData(id=cookie.id, user=cookie.user)
    sessions.renew(session, cookie)
    known = sessions.known(session, cookie, LIFETIME)
    assert known is not None
    assert not known.pending
    assert sessions.known(session, before, LIFETIME) is None
    sessions.end(session, cookie)
    assert sessions.known(session, cookie, LIFETIME) is None


def test_revoke(session: Session, ada: UUID) -> None:
    """One session of a person is ended by its id, or all of them but one's own."""
    first, second, third = (log_in(session, account_id=ada) for _ in range(3))
    id_of = sa.select(tables.session.c.id).where(
        tables.session.c.token_hash == sessions.token_hash(second.id)
    )
    assert sessions.revoke(session, ada, id=session.scalar(id_of)) == 1
    assert sessions.known(session, second, LIFETIME) is None
    assert sessions.revoke(session, ada, but=sessions.token_hash(first.id)) == 1
    assert sessions.known(session, first, LIFETIME) is not None
    assert sessions.known(session, third, LIFETIME) is None


def test_roles_by_name(session: Session, ada: UUID) -> None:
    """What roles may do is found by their names; a name that is none gives nothing."""
    assert sessions.grants_of_roles(session, ["packer", "nobody"]) == {"orders.view", "orders.change"}
