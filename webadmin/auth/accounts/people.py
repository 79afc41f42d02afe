"""Accounts as somebody sees them who manages people: found, read, made, disabled."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webadmin.auth.accounts import sessions, store
from webadmin.database.own_tables import accounts as tables

State = Literal["", "enabled", "disabled"]
_account, _link, _role, _session = tables.account.c, tables.account_role.c, tables.role.c, tables.session.c
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that look like others: passwords are read from one screen and typed at another."""
_GROUPS, _GROUP = 4, 5


@dataclass(frozen=True, slots=True)
class Person:
    """An account, without anything that is secret."""

    id: UUID
    name: str
    full_name: str
    email: str
    created_at: dt.datetime
    disabled_at: dt.datetime | None
    last_login_at: dt.datetime | None
    last_login_address: str
    must_change_password: bool
    has_password: bool
    elsewhere: bool
    """Another system knows the person, who logs in there."""
    second_factor: bool

    @property
    def called(self) -> str:
        """The full name, or the one that is typed."""
        return self.full_name or self.name


@dataclass(frozen=True, slots=True)
class Login:
    """One session of an account; its token is nowhere in it."""

    id: UUID
    kind: str
    created_at: dt.datetime
    seen_at: dt.datetime
    address: str
    agent: str
    token_hash: str


_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    _account.id,
    _account.name,
    _account.full_name,
    _account.email,
    _account.created_at,
    _account.disabled_at,
    _account.last_login_at,
    _account.last_login_address,
    _account.must_change_password,
    _account.password_hash.is_not(None).label("has_password"),
    _account.subject.is_not(None).label("elsewhere"),
    _account.totp_confirmed_at.is_not(None).label("second_factor"),
)


def find(
    session: Session,
    *,
    words: str = "",
    state: State = "",
    role: UUID | None = None,
    skip: int = 0,
    limit: int = 25,
) -> tuple[list[Person], int]:
    """Accounts by name, and how many there are in all.

    :param words: each of them stands in a name or in the address.
    :param state: whether those who are disabled are meant.
    :param role: those who have it.
    """
    wanted: list[sa.ColumnElement[bool]] = []
    for word in words.split():
        places = (_account.name, _account.full_name, _account.email)
        wanted.append(sa.or_(*(place.icontains(word, autoescape=True) for place in places)))
    if state:
        off = _account.disabled_at
        wanted.append(off.is_(None) if state == "enabled" else off.is_not(None))
    if role is not None:
        wanted.append(_account.id.in_(sa.select(_link.account_id).where(_link.role_id == role)))
    count = session.scalar(sa.select(sa.func.count()).select_from(tables.account).where(*wanted)) or 0
    stmt = sa.select(*_COLUMNS).where(*wanted).order_by(_account.name_key).offset(skip).limit(limit)
    return [Person(**row._mapping) for row in session.execute(stmt)], count


def roles_of(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """The names of the roles of each of these accounts, in one statement."""
    stmt = sa.select(_link.account_id, _role.name).join(tables.role, _role.id == _link.role_id)
    found: dict[UUID, list[str]] = defaultdict(list)
    for account_id, name in session.execute(stmt.where(_link.account_id.in_(ids)).order_by(_role.name)):
        found[account_id].append(name)
    return found


def get(session: Session, id: UUID, *, lock: bool = False) -> Person | None:
    """The account of an id.

    :param lock: nobody else changes it, or what it may do, until the transaction ends.
    """
    stmt = sa.select(*_COLUMNS).where(_account.id == id)
    row = session.execute(stmt.with_for_update() if lock else stmt).one_or_none()
    return Person(**row._mapping) if row is not None else None


def role_ids(session: Session, id: UUID) -> frozenset[UUID]:
    """The roles of an account."""
    return frozenset(session.execute(sa.select(_link.role_id).where(_link.account_id == id)).scalars())


def logins(session: Session, id: UUID) -> list[Login]:
    """Where an account is logged in, the one used last first."""
    columns = [getattr(_session, name) for name in Login.__slots__]
    stmt = sa.select(*columns).where(_session.account_id == id, _session.ends_at > sessions.now())
    return [
        Login(**row._mapping) for row in session.execute(stmt.order_by(_session.seen_at.desc()).limit(100))
    ]


def rename(session: Session, id: UUID, values: Mapping[str, str]) -> None:
    """Write who somebody is. Raises NameTaken where another has the name, even since a moment ago."""
    try:
        with session.begin_nested():
            _write(session, id, **values)
    except IntegrityError as error:
        raise store.NameTaken(values["name"]) from error


def _write(session: Session, id: UUID, **values: Any) -> None:
    session.execute(sa.update(tables.account).where(_account.id == id).values(**values))


def hand_out_password(session: Session, id: UUID) -> str:
    """Give an account a password that only opens the page on which another is chosen; returns it. Who is logged in with the old
    one is not any more."""
    password = temporary_password()
    store.set_password(session, id, password, must_change=True)
    sessions.revoke(session, id)
    return password


def temporary_password() -> str:
    """A password that nobody can guess and anybody can type."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def disable(session: Session, id: UUID) -> None:
    """Let nobody in with an account any more, and end its sessions."""
    _write(session, id, disabled_at=sessions.now())
    sessions.revoke(session, id)
