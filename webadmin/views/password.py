"""Choosing another password: of one's own will, or as the first step with one that somebody else has given out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from webadmin import logs
from webadmin.auth.accounts import sessions, store, throttle
from webadmin.auth.accounts.events import note
from webadmin.auth.accounts.own import own_account
from webadmin.auth.accounts.store import Account
from webadmin.errors import LoginRequired
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _

STEP = "account/password"


@dataclass(frozen=True, slots=True)
class PasswordPage:
    action_url: str
    logout_url: str
    user_name: str
    """For the browser's memory of passwords."""
    next: str
    """Own path to go on to."""
    forced: bool
    """Nothing else can be done before."""
    shortest: int
    """Characters that a password has at least."""
    wait: int = 0
    """Seconds until the next try may be made."""
    current_fault: str = ""
    password_fault: str = ""
    repeat_fault: str = ""


def password(request: AdminRequest) -> Answer:
    """Change one's own password. All other sessions end, and this one gets a new token."""
    identity, account = own_account(request.identity, request.user, request.session)
    known = sessions.known(request.session, request.cookie, identity.lifetime)
    step = known.step if known is not None else "login"
    if step not in {"", STEP}:
        # Whoever has only half logged in could leave out the other half this way.
        raise LoginRequired(_("There is one more step before you are logged in."), step=step)
    after = request.value("next") or request.posted("next")
    page = PasswordPage(
        action_url=request.urls.page(STEP),
        logout_url=request.urls.page("logout"),
        user_name=account.name,
        next=request.urls.own(after) if after else "",
        forced=bool(step),
        shortest=identity.policy.shortest,
    )
    if request.method != "POST":
        return Page("password.html", page)
    current, new = request.posted("current"), request.posted("password")
    with throttle.trying(
        request.session, throttle.of_known(request.secret, "password", str(account.id))
    ) as attempt:
        if not attempt.wait and store.proven(account, current):
            attempt.succeeded()
    if attempt.wait:
        headers = {"Retry-After": str(attempt.wait)}
        return Page("password.html", replace(page, wait=attempt.wait), status=429, headers=headers)
    if not attempt.went_well:
        _log(request, "password change failed", account)
        wrong = replace(page, current_fault=_("This is not your password."))
        return Page("password.html", wrong, status=422, commits=True)
    fault = _fault(request, account, current, new) or identity.policy.fault(
        new, (*account.known_words, request.settings.title)
    )
    repeat = "" if new == request.posted("repeat") else _("The two passwords are not the same.")
    if fault or repeat:
        wrong = replace(page, password_fault=fault or "", repeat_fault=repeat)
        return Page("password.html", wrong, status=422, commits=True)
    store.set_password(request.session, account.id, new)
    sessions.renew(request.session, request.cookie)
    ended = sessions.revoke(request.session, account.id, but=sessions.token_hash(request.cookie.id))
    note(
        request.session,
        request.user,
        "password_changed",
        "person",
        account.id,
        account.name,
        request_id=request.request_id,
    )
    _log(request, "password changed", account, ended=ended)
    request.flash(_("Your password was changed. You are logged in nowhere else any more."))
    return Redirect(page.next or request.urls.page("account"))


def _fault(request: AdminRequest, account: Account, current: str, new: str) -> str | None:
    return _("This is the password that you have already.") if new == current else None


def _log(request: AdminRequest, event: str, account: Account, **facts: object) -> None:
    logs.security(event, request=request.request_id, name=account.name, id=str(account.id), **facts)
