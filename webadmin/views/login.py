"""Logging in and out."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.auth.identity import TokenLogin
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class LoginPage:
    title: str
    action_url: str
    next: str
    """Own path to go on to."""
    message: str
    """What went wrong with the last try, or empty."""
    help: str
    """How to get a token."""


def login(request: AdminRequest) -> Answer:
    """Log in with the token of the address, or of the form."""
    target = request.urls.own(request.value("next") or request.posted("next"))
    identity = request.identity
    if not isinstance(identity, TokenLogin):
        return Redirect(request.urls.home)
    # HEAD is what looks at an address without a person behind it; it must not use up the token.
    token = message = ""
    if request.method == "POST":
        token = request.posted("token")
    elif request.method == "GET":
        token = request.value("token")
    if token:
        name = identity.redeem(token.strip())
        if name is not None:
            request.cookie.log_in(name)
            return Redirect(target)
        message = _(
            "This token is not valid, or it was used before. The terminal shows a new one after each use."
        )
    elif request.method == "POST":
        message = _("Enter the token.")
    elif request.cookie.user:
        return Redirect(target)
    page = LoginPage(
        title=request.settings.title,
        action_url=request.urls.page("login"),
        next=target,
        message=message,
        help=_(
            "The token stands at the end of the address that the server printed in its terminal. It works once."
        ),
    )
    return Page("login.html", page, status=422 if message else 200)


def logout(request: AdminRequest) -> Answer:
    """Forget who is logged in."""
    request.cookie.log_out()
    return Redirect(request.urls.page("login") if request.identity.has_login else request.urls.home)
