"""The first administrator of a fresh installation: made by whoever can read the server's log."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace

from webadmin import logs
from webadmin.auth.accounts import sessions, store
from webadmin.auth.accounts.events import note
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.user import User
from webadmin.errors import Unprocessable
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

_PURPOSE = "first administrator"
_SAY_AGAIN = 600.0
"""Seconds until the address is written to the log again."""


@dataclass(frozen=True, slots=True)
class FirstPage:
    title: str
    action_url: str
    token: str
    next: str
    """Own path to go on to."""
    name: str
    """As it was typed."""
    shortest: int
    """Characters that a password has at least."""
    name_fault: str = ""
    password_fault: str = ""
    repeat_fault: str = ""


def is_token(request: AdminRequest, token: str) -> bool:
    """Whether this is the token of the address that :func:`announce` tells."""
    return request.secret.marked(_PURPOSE, request.urls.root, token)


def announce(request: AdminRequest, identity: Accounts) -> None:
    """Write to the log where the first administrator is made, once in a while.

    The token is made of the secret key: all processes of an admin have the same one, also after a restart. It is worth
    something only while there is no account. The address begins with the path: what a request says of the host, somebody else may
    have made up, and the token would go there.
    """
    now = time.monotonic()
    if identity.announced is not None and now - identity.announced < _SAY_AGAIN:
        return
    identity.announced = now
    token = request.secret.mark(_PURPOSE, request.urls.root)
    logger.warning(
        "There is no account yet. To make the first administrator, open this path at the address of this server: %s?token=%s",
        request.urls.page("login"),
        token,
    )


def first(request: AdminRequest, identity: Accounts, token: str, next: str) -> Answer:
    """Ask for name and password of the first administrator, make the account and log in.

    ``token`` is the right one. Once there is an account, it leads to the login page.
    """
    if store.any_account(request.session):
        return Redirect(request.urls.login(next))
    name, password, repeat = (request.posted(field) for field in ("name", "password", "repeat"))
    page = FirstPage(
        title=request.settings.title,
        action_url=request.urls.page("login"),
        token=token,
        next=next,
        name=name,
        shortest=identity.policy.shortest,
    )
    if request.method != "POST":
        return Page("first.html", page)
    page = replace(
        page,
        name_fault=store.name_fault(name) or "",
        password_fault=identity.policy.fault(password, (name, request.settings.title)) or "",
        repeat_fault="" if password == repeat else _("The two passwords are not the same."),
    )
    if page.name_fault or page.password_fault or page.repeat_fault:
        return Page("first.html", page, status=422)
    try:
        made = store.create_first(request.session, name, password)
    except Unprocessable as error:
        return Page("first.html", replace(page, name_fault=error.message), status=422)
    if made is None:
        return Redirect(request.urls.login(next))
    sessions.open_session(
        request.session,
        request.cookie,
        request.connection,
        identity.lifetime,
        kind="password",
        account_id=made,
    )
    request.cookie.know(str(made))
    plain, granted = store.plain_name(name), {"grants": {"added": ["*"]}}
    who = User(plain, id=str(made))
    note(request.session, who, "added", "person", made, plain, granted, request_id=request.request_id)
    logs.security("first administrator", request=request.request_id, name=plain, id=str(made))
    return Redirect(next)
