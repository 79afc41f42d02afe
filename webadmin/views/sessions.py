"""Where one is logged in, to be ended there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webadmin import logs
from webadmin.auth.accounts import people, sessions, store, throttle
from webadmin.auth.accounts.agents import in_words
from webadmin.auth.accounts.own import account_id
from webadmin.auth.accounts.store import Account
from webadmin.errors import BadRequest, NotFound
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_ago, format_datetime, ngettext
from webadmin.text import gettext as _

PAGE = "account/sessions"


@dataclass(frozen=True, slots=True)
class Moment:
    machine: str
    """For programs."""
    moment: str
    when: str
    """How long ago."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: str
    own: bool
    """The one that shows this page."""
    browser: str
    agent: str
    """What the browser says of itself."""
    address: str
    since: Moment
    seen: Moment


@dataclass(frozen=True, slots=True)
class SessionsPage:
    action_url: str
    rows: Sequence[SessionRow]
    others: bool
    """There is more than this one."""
    asks_password: bool = False
    """Ending one takes the password: whoever has got hold of a session must not shut its owner out."""
    wait: int = 0
    """Seconds until the next try may be made."""
    password_fault: str = ""


def own_sessions(request: AdminRequest) -> Answer:
    """Show the sessions of one's own account; by POST, end one of them or all but this."""
    id = account_id(request.identity, request.user)
    account = store.get(request.session, id) if id is not None else None
    if account is None:
        raise NotFound(_("You have no account here whose sessions could be shown."))
    return _end(request, account) if request.method == "POST" else _page(request, account)


def _page(request: AdminRequest, account: Account, *, wait: int = 0, fault: str = "") -> Page:
    own = sessions.token_hash(request.cookie.id)
    rows = [
        SessionRow(
            id=str(login.id),
            own=login.token_hash == own,
            browser=in_words(login.agent),
            agent=login.agent,
            address=login.address,
            since=_moment(login.created_at),
            seen=_moment(login.seen_at),
        )
        for login in people.logins(request.session, account.id)
    ]
    rows.sort(key=lambda row: not row.own)
    page = SessionsPage(
        action_url=request.urls.page(PAGE),
        rows=rows,
        others=len(rows) > 1,
        asks_password=account.password_hash is not None,
        wait=wait,
        password_fault=fault,
    )
    if wait:
        return Page("sessions.html", page, status=429, headers={"Retry-After": str(wait)})
    return Page("sessions.html", page, status=422 if fault else 200, commits=bool(fault))


def _end(request: AdminRequest, account: Account) -> Answer:
    id: UUID | None = None
    if not request.posted("others"):
        try:
            id = UUID(request.posted("id"))
        except ValueError:
            raise BadRequest(_("There is no session of that name.")) from None
    if account.password_hash is not None:
        tallies = throttle.of_known(request.secret, "password", str(account.id))
        with throttle.trying(request.session, tallies) as attempt:
            if not attempt.wait and store.proven(account, request.posted("password")):
                attempt.succeeded()
        if not attempt.went_well:
            return _page(
                request,
                account,
                wait=attempt.wait,
                fault="" if attempt.wait else _("This is not your password."),
            )
    own = sessions.token_hash(request.cookie.id)
    ended = sessions.revoke(request.session, account.id, id=id, but=own)
    logs.security(
        "sessions ended", request=request.request_id, name=account.name, id=str(account.id), ended=ended
    )
    if ended:
        text = ngettext("{count} session was ended.", "{count} sessions were ended.", ended)
        request.flash(text.format(count=ended))
    else:
        request.flash(_("That session had ended already."), "info")
    return Redirect(request.urls.page(PAGE))


def _moment(value: datetime) -> Moment:
    return Moment(value.isoformat(), format_datetime(value), format_ago(value))
