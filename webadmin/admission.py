"""Who comes in: the person of a request, as far as only the request's transaction can tell."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from webadmin import logs
from webadmin.auth.accounts.identity import with_roles
from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import Identity
from webadmin.auth.stored import StoredIdentity
from webadmin.auth.user import User
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.dialects import Dialect, Timeouts
from webadmin.errors import Forbidden, LoginRequired
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

ENTERING = ("public", "entering")
"""Permissions of pages that people see before they are logged in to the end."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The person, or None on the pages of logging in."""

    user: User | None
    stale: bool = False
    """The session has to be marked as seen, once the page is made."""


def expect(identity: Identity, user: User | None, permission: str, cookie: SessionData) -> None:
    """Raise LoginRequired where it is plain without the database that nobody is logged in.

    :param user: whom the request alone has told.
    """
    maybe = isinstance(identity, StoredIdentity) and bool(cookie.user)
    if user is None and not maybe and permission != "public":
        raise LoginRequired(_("You are not logged in, or your session has ended."))


def asks_database(identity: Identity, user: User | None) -> bool:
    """Whether :func:`admit` reads anything.

    :param user: whom the request alone has told.
    """
    return isinstance(identity, StoredIdentity) or (user is not None and bool(user.roles))


def admit(
    identity: Identity,
    user: User | None,
    permission: str,
    session: Session,
    dialect: Dialect,
    tables: There,
    cookie: SessionData,
    connection: HTTPConnection,
) -> Admitted:
    """Let a request in to a route with ``permission``. Raises LoginRequired with the page to go to.

    :param user: whom the request alone has told, where that can be.
    :param tables: whether there are tables with roles.
    """
    stale = False
    if isinstance(identity, StoredIdentity):
        found = identity.find(session, dialect, cookie, connection)
        if found is not None:
            user, stale = found.user, found.stale
            if found.step and permission not in ENTERING:
                raise LoginRequired(_("There is one more step before you are logged in."), step=found.step)
    elif user is not None and user.roles and tables.ask(dialect, session.connection()):
        user = with_roles(session, user)
    if user is None and permission != "public":
        raise LoginRequired(_("You are not logged in, or your session has ended."))
    return Admitted(user, stale)


def by_now(identity: Identity, user: User, session: Session, dialect: Dialect) -> User:
    """Somebody who came in earlier, with the rights that they have by now, as far as these are kept in the database: for work that
    goes on without their browser. Raises Forbidden for who is let in no more."""
    if isinstance(identity, StoredIdentity):
        found = identity.again(session, dialect, user)
    else:
        found = with_roles(session, user) if user.told is not None else user
    if found is None:
        raise Forbidden(_("Whoever asked for this may not do it any more."))
    return found


def mark_seen(
    identity: Identity, database: Database, timeouts: Timeouts, cookie: SessionData, request_id: str
) -> None:
    """Mark the session as seen, in a transaction of its own, since those of pages only read."""
    if not isinstance(identity, StoredIdentity):
        return
    try:
        with database.transaction(read_only=False, timeouts=timeouts) as session:
            identity.touch(session, cookie)
            session.commit()
    except SQLAlchemyError as error:
        logger.warning("request %s: the session was not marked: %s", request_id, logs.short(error))
