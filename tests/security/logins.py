"""People with accounts who have logged in, without a login page: their session, as the database and the browser have it."""

from __future__ import annotations

from collections.abc import Collection
from http.cookies import SimpleCookie
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from webadmin import Admin
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.accounts.sessions import open_session
from webadmin.auth.accounts.store import create
from webadmin.auth.cookie import SessionData

PASSWORD = "a word that nobody guesses 7"
SECRET = "a key of the tests' own, long enough for all that it has to sign"
_HERE = HTTPConnection({"type": "http", "headers": [], "client": ("127.0.0.1", 1)})


def account(session: Session, name: str, grants: Collection[str]) -> UUID:
    """The id of a new account."""
    return create(session, name, password=PASSWORD, grants=grants)


def logged_in(admin: Admin, session: Session, id: UUID) -> dict[str, str]:
    """The cookies of somebody who has just logged in with an account."""
    assert isinstance(admin.identity, Accounts)
    cookie = SessionData()
    open_session(session, cookie, _HERE, admin.identity.lifetime, kind="password", account_id=id)
    header = admin.runtime.responder.signer.header(cookie, "", secure=False, host="testserver")
    return {morsel.key: morsel.value for morsel in SimpleCookie(header).values()}
