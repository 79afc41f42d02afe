"""Sessions in the database: opened at a login, ended by time, by the person or by an administrator.

The cookie's random id is the token; the database has its hash alone, so that whoever reads the table can log in as nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import address_of
from webadmin.database.own_tables import accounts as tables
from webadmin.mixins import uuid7

SECOND_FACTOR, PASSWORD = "second_factor", "password"
"""What a session may be waiting for: a code, a new password."""
_STEPS = {SECOND_FACTOR: "login/second", PASSWORD: "account/password"}
"""The page of each."""
OIDC = "oidc"
"""The kind of a session that began with a login at another place."""
ENROL = "account/second"
"""The page that somebody is led to whose role asks for a second factor, and who has none."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used: more would be a write for every page."""

_session, _account = tables.session.c, tables.account.c


@dataclass(frozen=True)
class Lifetime:
    """How long a login lasts."""

    idle: timedelta = timedelta(hours=2)
    """Without a request."""
    absolute: timedelta = timedelta(hours=16)
    """Whatever happens."""


@dataclass(frozen=True, slots=True)
class Known:
    """The session of a cookie, with the account that it belongs to and all that the person may do."""

    account_id: UUID | None
    name: str
    kind: str
    pending: str
    created_at: datetime
    seen_at: datetime
    grants: frozenset[str]
    roles: tuple[str, ...]
    has_factor: bool = False
    """The account has a second factor."""
    wants_factor: bool = False
    """A role of the account asks for a second factor, and none was given at this login."""
    full_name: str = ""

    @property
    def step(self) -> str:
        """The page below the mount point that has to be gone through before any other; empty for none."""
        if self.pending or not self.wants_factor:
            return _STEPS.get(self.pending, "")
        return _STEPS[SECOND_FACTOR] if self.has_factor else ENROL


def now() -> datetime:
    """The time that sessions are compared with."""
    return datetime.now(UTC)


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    session: Session,
    cookie: SessionData,
    connection: HTTPConnection,
    lifetime: Lifetime,
    *,
    kind: str,
    account_id: UUID | None = None,
    name: str = "",
    pending: str = "",
    factor: bool = False,
) -> None:
    """Log somebody in: a new token, so that one planted before the login is worth nothing.

    :param name: stands for a person without an account.
    :param pending: what has to be done before any page is shown.
    :param factor: whoever vouches for the person has asked for a second factor.
    """
    _forget_ended(session, lifetime)
    end(session, cookie)
    cookie.log_in(str(account_id) if account_id else name)
    moment = now()
    values: dict[str, Any] = {
        "token_hash": token_hash(cookie.id),
        "id": uuid7(),
        "account_id": account_id,
        "name": name[: tables.NAME],
        "kind": kind,
        "pending": pending,
        "created_at": moment,
        "seen_at": moment,
        "factor_at": moment if factor else None,
        "ends_at": moment + lifetime.absolute,
        "address": address_of(connection)[: tables.ADDRESS],
        "agent": _printable(connection.headers.get("user-agent", ""))[: tables.AGENT],
    }
    session.execute(sa.insert(tables.session).values(values))


def known(session: Session, cookie: SessionData, lifetime: Lifetime) -> Known | None:
    """Who has this cookie, in one statement; None for a session that has ended and for an account that is disabled."""
    moment = now()
    granted = _granted().subquery("granted")
    found = session.execute(
        sa.select(
            _session.account_id,
            _account.name.label("account_name"),
            _account.full_name,
            _session.name,
            _session.kind,
            _session.pending,
            _session.created_at,
            _session.seen_at,
            _session.factor_at,
            _account.totp_confirmed_at,
            granted.c.grant_name,
            granted.c.role_name,
            granted.c.needs_factor,
        )
        .select_from(
            tables.session.outerjoin(tables.account, _account.id == _session.account_id).outerjoin(
                granted, granted.c.account_id == _session.account_id
            )
        )
        .where(
            _session.token_hash == token_hash(cookie.id),
            _session.ends_at > moment,
            _session.seen_at > moment - lifetime.idle,
            # Not every database takes sessions away with their account.
            sa.or_(_session.account_id.is_(None), _account.id.is_not(None)),
            _account.disabled_at.is_(None),
        )
    ).all()
    if not found:
        return None
    first = found[0]
    return Known(
        account_id=first.account_id,
        name=first.account_name or first.name,
        full_name=first.full_name or "",
        kind=first.kind,
        pending=first.pending,
        created_at=first.created_at,
        seen_at=first.seen_at,
        grants=frozenset(row.grant_name for row in found if row.grant_name),
        roles=tuple(sorted({row.role_name for row in found if row.role_name})),
        has_factor=first.totp_confirmed_at is not None,
        wants_factor=first.factor_at is None and any(row.needs_factor for row in found),
    )


def rights(session: Session, account_id: UUID) -> tuple[frozenset[str], tuple[str, ...]] | None:
    """What an account may do, and its roles; None where there is none of that id, or it is disabled."""
    granted = _granted().subquery("granted")
    found = session.execute(
        sa.select(granted.c.grant_name, granted.c.role_name)
        .select_from(tables.account.outerjoin(granted, granted.c.account_id == _account.id))
        .where(_account.id == account_id, _account.disabled_at.is_(None))
    ).all()
    if not found:
        return None
    roles = tuple(sorted({row.role_name for row in found if row.role_name}))
    return frozenset(row.grant_name for row in found if row.grant_name), roles


def _granted() -> sa.CompoundSelect[Any]:
    """What each account may do, by itself and through its roles; a role without grants is there too."""
    link, role, grant = tables.account_role.c, tables.role.c, tables.role_grant.c
    own = tables.account_grant.c
    return sa.union_all(
        sa.select(
            own.account_id.label("account_id"),
            own.name.label("grant_name"),
            sa.literal("", sa.String).label("role_name"),
            sa.false().label("needs_factor"),
        ),
        sa.select(link.account_id, grant.name, role.name, role.needs_second_factor).select_from(
            tables.account_role.join(tables.role, role.id == link.role_id).outerjoin(
                tables.role_grant, grant.role_id == role.id
            )
        ),
    )


def grants_of_roles(session: Session, names: Collection[str]) -> frozenset[str]:
    """What the roles of these names may do together; a name that is none of ours gives nothing."""
    role, grant = tables.role.c, tables.role_grant.c
    stmt = sa.select(grant.name).join(tables.role, role.id == grant.role_id).where(role.name.in_(list(names)))
    return frozenset(session.execute(stmt).scalars())


def touch(session: Session, cookie: SessionData) -> None:
    """Mark the cookie's session as used now."""
    own = _session.token_hash == token_hash(cookie.id)
    session.execute(sa.update(tables.session).where(own).values(seen_at=now()))


def renew(session: Session, cookie: SessionData, *, pending: str = "", factor: bool = False) -> None:
    """Give the cookie's session a new token, as everything needs that gives the person more rights than before.

    :param factor: a second factor was given just now.
    """
    own = _session.token_hash == token_hash(cookie.id)
    cookie.renew()
    values: dict[str, Any] = {"token_hash": token_hash(cookie.id), "pending": pending, "seen_at": now()}
    if factor:
        values["factor_at"] = values["seen_at"]
    session.execute(sa.update(tables.session).where(own).values(values))


def end(session: Session, cookie: SessionData) -> None:
    """Log out: nobody can use the cookie's token any more, wherever they have it from."""
    session.execute(sa.delete(tables.session).where(_session.token_hash == token_hash(cookie.id)))


def revoke(session: Session, account_id: UUID, *, id: UUID | None = None, but: str = "") -> int:
    """End sessions of an account; returns how many.

    :param id: this one alone.
    :param but: the hash of a token that stays.
    """
    stmt = sa.delete(tables.session).where(_session.account_id == account_id, _session.token_hash != but)
    if id is not None:
        stmt = stmt.where(_session.id == id)
    result: Any = session.execute(stmt)
    return int(result.rowcount)


def keep_unsent(session: Session, cookie: SessionData, form: str) -> None:
    """Keep a form, as JSON, that was sent after the login before had ended; as long as this one lasts."""
    own = _session.token_hash == token_hash(cookie.id)
    session.execute(sa.update(tables.session).where(own).values(unsent=form or None))


def unsent(session: Session, cookie: SessionData) -> str:
    """What :func:`keep_unsent` was given last; empty for nothing."""
    own = _session.token_hash == token_hash(cookie.id)
    return session.scalar(sa.select(_session.unsent).where(own)) or ""


def _forget_ended(session: Session, lifetime: Lifetime) -> None:
    moment = now()
    ended = sa.or_(_session.ends_at <= moment, _session.seen_at <= moment - lifetime.idle)
    session.execute(sa.delete(tables.session).where(ended))


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
