"""``Accounts``: people log in with accounts that are kept in webadmin's own tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from webadmin.auth.accounts import sessions
from webadmin.auth.accounts.oidc import OIDC
from webadmin.auth.accounts.passwords import Policy
from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import TokenLogin
from webadmin.auth.stored import Found
from webadmin.auth.user import User
from webadmin.database.own_tables.accounts import TABLES
from webadmin.database.own_tables.there import There
from webadmin.dialects import Dialect


class Accounts:
    """People log in with accounts in webadmin's own tables, which ``webadmin migrate`` makes.

    :param idle: how long a login lasts without a request.
    :param absolute: how long it lasts at most.
    :param terminal: whoever has the token that the server prints may do everything, without an account.
    :param password_length: characters that a new password has at least.
    :param refuse_password: a function that gets a new password and returns what is wrong with it, or None; for lists of
        passwords that were stolen elsewhere.
    :param oidc: another place at which people may log in as well.
    """

    has_login = True

    def __init__(
        self,
        *,
        idle: timedelta = sessions.Lifetime.idle,
        absolute: timedelta = sessions.Lifetime.absolute,
        terminal: TokenLogin | None = None,
        password_length: int = Policy.shortest,
        refuse_password: Callable[[str], str | None] | None = None,
        oidc: OIDC | None = None,
    ) -> None:
        self.lifetime = sessions.Lifetime(idle, absolute)
        self.terminal = terminal
        self.oidc = oidc
        self.policy = Policy(password_length, refuse_password)
        self.announced: float | None = None
        """When the log was told last where the first account is made, on the monotonic clock."""
        self.there = There(TABLES)

    async def ahead(self, connection: HTTPConnection) -> Any:
        return None

    def identify(self, connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        if self.oidc is not None:
            # Here, in a thread of its own and before the transaction: a provider may take its time.
            self.oidc.visit(connection, session)
        return None

    def find(
        self, session: Session, dialect: Dialect, cookie: SessionData, connection: HTTPConnection
    ) -> Found | None:
        """See :class:`~webadmin.auth.stored.StoredIdentity`."""
        if not cookie.user or not self.there.ask(dialect, session.connection()):
            return None
        known = sessions.known(session, cookie, self.lifetime)
        # Without the terminal's token nobody is anybody without an account, whatever another program has let in.
        if known is None or (known.account_id is None and self.terminal is None):
            return None
        if known.account_id is None:
            user = User(known.name)
        else:
            # Whoever is half logged in may do nothing, so that no page of a step shows what they would see.
            grants = known.grants if not known.step else ()
            user = User(known.name, grants, str(known.account_id), known.roles, known.full_name)
        stale = sessions.now() - known.seen_at > sessions.SEEN_EVERY
        return Found(user, known.step, stale)

    def touch(self, session: Session, cookie: SessionData) -> None:
        """See :class:`~webadmin.auth.stored.StoredIdentity`."""
        sessions.touch(session, cookie)

    def again(self, session: Session, dialect: Dialect, user: User) -> User | None:
        """See :class:`~webadmin.auth.stored.StoredIdentity`."""
        if not user.id:
            return user if self.terminal is not None else None
        found = (
            sessions.rights(session, UUID(user.id)) if self.there.ask(dialect, session.connection()) else None
        )
        return replace(user, grants=found[0], roles=found[1]) if found is not None else None


def with_roles(session: Session, user: User) -> User:
    """``user`` with what their roles may do by now, for people whom the host or another system knows."""
    told = user.grants if user.told is None else user.told
    granted = sessions.grants_of_roles(session, user.roles)
    return replace(user, grants=frozenset(told) | granted, told=told)
