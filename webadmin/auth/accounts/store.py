"""Accounts as logging in needs them: made, found by the name that is typed, given a password."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webadmin.auth.accounts import passwords, sessions
from webadmin.database.own_tables import accounts as tables
from webadmin.dialects.upserts import insert
from webadmin.errors import Unprocessable
from webadmin.mixins import uuid7
from webadmin.text import gettext as _

_account = tables.account.c
GIVEN_OUT_FOR = dt.timedelta(days=7)
"""How long somebody can log in for the first time with a password that was given out to them."""
_FIRST = "first account"
"""The row that those lock who want to make the first account; no other key looks like it."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in, with what only logging in may know."""

    id: UUID
    name: str
    full_name: str
    email: str
    password_hash: str | None
    """None where another system knows the person."""
    password_changed_at: dt.datetime | None
    must_change_password: bool
    totp_confirmed_at: dt.datetime | None
    disabled_at: dt.datetime | None

    @property
    def known_words(self) -> tuple[str, ...]:
        """What others know of the person, and no password should be made of."""
        return tuple(filter(None, (self.name, self.full_name, self.email)))


_COLUMNS = [_account[name] for name in Account.__slots__]


class NameTaken(Unprocessable):
    """Another account has this name, or one that differs in case alone."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is an account with the name {name} already.").format(name=name))


def plain_name(name: str) -> str:
    """A name as it is kept: composed, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", name[: 4 * tables.NAME]).split())


def name_key(name: str) -> str:
    """A name as it is compared: two that only differ in case, width or the like are the same person's (NFKC, folded), and so are
    those that differ in what nobody sees."""
    folded = unicodedata.normalize("NFKC", plain_name(name)).casefold()
    return "".join(char for char in unicodedata.normalize("NFKC", folded) if char.isprintable())


def name_fault(name: str) -> str | None:
    """What is wrong with the name of a new account, in a sentence; None when nothing is."""
    plain = plain_name(name)
    if not plain:
        return _("Enter a name.")
    if max(len(name), len(name_key(name))) > tables.NAME:
        return _("A name has at most {count} characters.").format(count=tables.NAME)
    if not plain.isprintable():
        return _("A name is made of letters, digits and signs that can be seen.")
    return None


def by_name(session: Session, name: str) -> Account | None:
    """The account that somebody means who types ``name``."""
    return _one(session, _account.name_key == name_key(name))


def get(session: Session, id: UUID) -> Account | None:
    """The account of an id."""
    return _one(session, _account.id == id)


def _one(session: Session, wanted: sa.ColumnElement[bool]) -> Account | None:
    row = session.execute(sa.select(*_COLUMNS).where(wanted)).one_or_none()
    return Account(**row._mapping) if row is not None else None


def any_account(session: Session) -> bool:
    """Whether there is an account at all."""
    return session.execute(sa.select(sa.literal(1)).select_from(tables.account).limit(1)).first() is not None


def create_first(session: Session, name: str, password: str) -> UUID | None:
    """Make the first account, which may do everything; None when there is one already, or was made at the same time.

    Raises Unprocessable for a name that cannot be one.
    """
    claimed = {"key": _FIRST, "failures": 0, "last_at": sessions.now()}
    stmt = insert(session.connection(), tables.login_attempt).values(claimed)
    own = tables.login_attempt.c.key
    # Whoever comes at the same time waits here until this transaction has ended, and finds the account.
    session.execute(stmt.on_conflict_do_update(index_elements=[own], set_={"failures": 0}))
    made = None if any_account(session) else create(session, name, password=password, grants=["*"])
    session.execute(sa.delete(tables.login_attempt).where(own == _FIRST))
    return made


def create(
    session: Session,
    name: str,
    *,
    password: str | None = None,
    must_change: bool = False,
    full_name: str = "",
    email: str = "",
    grants: Collection[str] = (),
    roles: Collection[UUID] = (),
) -> UUID:
    """Make an account; returns its id. Raises Unprocessable for a name that cannot be one, NameTaken for one that is.

    :param password: one that the policy has nothing against; None where another system knows the person.
    :param must_change: the password only opens the page on which another is chosen.
    """
    fault = name_fault(name)
    if fault is not None:
        raise Unprocessable(fault)
    id = uuid7()
    values: dict[str, Any] = {
        "id": id,
        "name": plain_name(name),
        "name_key": name_key(name),
        "full_name": full_name,
        "email": email,
        "must_change_password": must_change,
    }
    if password is not None:
        values |= {"password_hash": passwords.hashed(password), "password_changed_at": sessions.now()}
    if by_name(session, name) is not None:
        raise NameTaken(values["name"])
    try:
        with session.begin_nested():
            session.execute(sa.insert(tables.account).values(values))
    except IntegrityError:  # somebody was faster
        raise NameTaken(values["name"]) from None
    if grants:
        own = [{"account_id": id, "name": grant} for grant in sorted(set(grants))]
        session.execute(sa.insert(tables.account_grant), own)
    if roles:
        links = [{"account_id": id, "role_id": role} for role in sorted(set(roles))]
        session.execute(sa.insert(tables.account_role), links)
    return id


def set_password(session: Session, id: UUID, password: str, *, must_change: bool = False) -> None:
    """Give an account another password, one that the policy has nothing against. Its sessions stay: see ``sessions.revoke``."""
    values = {
        "password_hash": passwords.hashed(password),
        "password_changed_at": sessions.now(),
        "must_change_password": must_change,
    }
    session.execute(sa.update(tables.account).where(_account.id == id).values(values))


def enable(session: Session, id: UUID) -> None:
    """Let somebody in again."""
    session.execute(sa.update(tables.account).where(_account.id == id).values(disabled_at=None))


def proven(account: Account | None, password: str) -> bool:
    """Whether ``password`` is that of an account which may log in; takes as long where there is none.

    One that somebody else has given out is good for a week (``GIVEN_OUT_FOR``), and then has to be given out again.
    """
    right = passwords.fits(account.password_hash if account is not None else None, password)
    return right and account is not None and account.disabled_at is None and not has_run_out(account)


def has_run_out(account: Account) -> bool:
    """Whether the account's password was given out by somebody else, and has not been changed in time."""
    since = account.password_changed_at
    return account.must_change_password and since is not None and sessions.now() - since > GIVEN_OUT_FOR


def note_login(session: Session, account: Account, password: str, address: str) -> bool:
    """Write down that somebody logs in with ``password``; its hash is made anew where costs have changed since.

    False where the password was changed, or the account disabled, while the password was looked at: nobody may come in then.
    """
    values: dict[str, Any] = {
        "last_login_at": sessions.now(),
        "last_login_address": address[: tables.ADDRESS],
    }
    if account.password_hash is not None and passwords.is_outdated(account.password_hash):
        values["password_hash"] = passwords.hashed(password)
    still = (_account.password_hash == account.password_hash, _account.disabled_at.is_(None))
    stmt = sa.update(tables.account).where(_account.id == account.id, *still).values(values)
    # The row stays locked: whoever changes the password after that ends the session that is about to begin.
    result: Any = session.execute(stmt)
    return bool(result.rowcount)


def pending_of(account: Account, *, factor_given: bool = False) -> str:
    """What has to be done before any page is shown to somebody who has just proven who they are: a code, then a new password.

    :param factor_given: the code has been given.
    """
    if account.totp_confirmed_at is not None and not factor_given:
        return sessions.SECOND_FACTOR
    return sessions.PASSWORD if account.must_change_password else ""
