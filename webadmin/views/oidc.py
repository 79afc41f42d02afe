"""Logging in at another place: the way there, the way back, and logging out there too."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin import logs
from webadmin.auth.accounts import elsewhere, sessions, store
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.accounts.oidc import OIDC, visit_of
from webadmin.auth.identity import address_of
from webadmin.errors import Forbidden, NotFound
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class LeftPage:
    label: str
    """Of the place where the person may still be logged in."""
    leave_url: str
    """Where they log out there."""
    login_url: str


def _oidc(request: AdminRequest) -> tuple[Accounts, OIDC]:
    identity = request.identity
    if not isinstance(identity, Accounts) or identity.oidc is None:
        raise NotFound(_("There is no page at this address."))
    return identity, identity.oidc


def start(request: AdminRequest) -> Answer:
    """Go to the provider; a GET, since browsers let no form lead to another site here."""
    _oidc(request)
    visit = visit_of(request.connection)
    if visit is None:
        return Redirect(request.urls.login(request.urls.own(request.value("next"))))
    return Redirect(visit.url)


def callback(request: AdminRequest) -> Answer:
    """Log somebody in who comes back; the one GET that writes, since providers know no other way."""
    identity, oidc = _oidc(request)
    visit = visit_of(request.connection)
    if visit is None or visit.person is None:
        return Redirect(request.urls.login())
    address = address_of(request.connection)
    try:
        account = elsewhere.account_of(request.session, oidc, visit.person, address)
    except Forbidden as error:
        error.link, error.link_label = request.urls.login(), _("Log in")
        raise
    pending = store.pending_of(account, factor_given=visit.person.factor)
    sessions.open_session(
        request.session,
        request.cookie,
        request.connection,
        identity.lifetime,
        kind=sessions.OIDC,
        account_id=account.id,
        pending=pending,
        factor=visit.person.factor,
    )
    logs.security("login", request=request.request_id, name=account.name, address=address, how="oidc")
    return Redirect(request.urls.own(visit.next))


def left(request: AdminRequest) -> Answer:
    """Say that the person is logged out here, and lead to where they log out at the provider."""
    _identity, oidc = _oidc(request)
    visit = visit_of(request.connection)
    if visit is None or not visit.url:
        return Redirect(request.urls.login())
    return Page("left.html", LeftPage(oidc.label, visit.url, request.urls.login()))
