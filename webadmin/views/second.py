"""The second step of logging in: a code of the app, or a recovery code."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from webadmin.auth.accounts import sessions, throttle, totp
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.accounts.sessions import Known
from webadmin.auth.accounts.store import get, pending_of
from webadmin.auth.identity import address_of
from webadmin.errors import LoginRequired, NotFound
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.text import ngettext

_STEP = "login/second"


@dataclass(frozen=True, slots=True)
class SecondPage:
    user_name: str
    action_url: str
    next: str
    """Own path to go on to."""
    message: str
    """What went wrong with the last try, or empty."""


def known_here(request: AdminRequest) -> tuple[Known, UUID]:
    """The login of a request, with its account. Raises NotFound for somebody who has no account here."""
    identity = request.identity
    known = (
        sessions.known(request.session, request.cookie, identity.lifetime)
        if isinstance(identity, Accounts)
        else None
    )
    if known is None or known.account_id is None:
        raise NotFound(_("Your login is not kept here, so its second factor is not set up here either."))
    return known, known.account_id


def second(request: AdminRequest) -> Answer:
    """Ask for a code, and log the person in to the end with a right one."""
    known, account_id = known_here(request)
    target = request.urls.own(request.value("next") or request.posted("next"))
    if known.step != _STEP:
        if known.step:
            raise LoginRequired(_("There is one more step before you are logged in."), step=known.step)
        return Redirect(target)
    if request.method != "POST":
        return _page(request, known, target)
    device = request.cookie.devices.get(str(account_id), "")
    place = address_of(request.connection)
    tallies = throttle.of_login(request.secret, "second", str(account_id), place, device)
    with throttle.trying(request.session, tallies) as made:
        match = None
        if not made.wait:
            match = totp.look(request.session, request.secret, account_id, request.posted("code"))
        if match is not None:
            made.succeeded()
    if made.wait:
        return _page(request, known, target, too_soon(made.wait), status=429, wait=made.wait)
    account = get(request.session, account_id)
    if match is None or account is None or not totp.use(request.session, request.secret, match):
        return _page(request, known, target, wrong_code(request, account_id), status=422)
    pending = pending_of(account, factor_given=True)
    sessions.renew(request.session, request.cookie, pending=pending, factor=True)
    request.cookie.know(str(account_id))
    if match.code_hash:
        request.flash(_recovered(request, account_id), "warn", url=request.urls.page(sessions.ENROL))
    return Redirect(target)


def too_soon(seconds: int) -> str:
    """What is said to somebody who has to wait before the next try."""
    return ngettext(
        "There were too many wrong tries. Wait a second.",
        "There were too many wrong tries. Wait {count} seconds.",
        seconds,
    ).format(count=seconds)


def wrong_code(request: AdminRequest, account_id: UUID) -> str:
    """What is said of a code that was not accepted."""
    if not totp.readable(request.session, request.secret, account_id):
        return _(
            "This server cannot read what your app was set up with any more. Use a recovery code, or ask an administrator to reset your second factor."
        )
    return _("This code is not right, or it was used before. The app shows a new one every 30 seconds.")


def _recovered(request: AdminRequest, account_id: UUID) -> str:
    found = totp.factor(request.session, account_id)
    left = found.codes_left if found is not None else 0
    return ngettext(
        "You used a recovery code. {count} is left.", "You used a recovery code. {count} are left.", left
    ).format(count=left)


def _page(
    request: AdminRequest, known: Known, target: str, message: str = "", *, status: int = 200, wait: int = 0
) -> Page:
    page = SecondPage(known.full_name or known.name, request.urls.page(_STEP), target, message)
    headers = {"Retry-After": str(wait)} if wait else {}
    return Page("second.html", page, status=status, headers=headers, commits=bool(message))
