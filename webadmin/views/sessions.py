"""Where one is logged in, to be ended there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webadmin import logs
from webadmin.auth.accounts import people, sessions
from webadmin.auth.accounts.agents import in_words
from webadmin.auth.accounts.own import account_id
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


def own_sessions(request: AdminRequest) -> Answer:
    """Show the sessions of one's own account; by POST, end one of them or all but this."""
    account = account_id(request.identity, request.user)
    if account is None:
        raise NotFound(_("You have no account here whose sessions could be shown."))
    own = sessions.token_hash(request.cookie.id)
    if request.method == "POST":
        return _end(request, account, own)
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
        for login in people.logins(request.session, account)
    ]
    rows.sort(key=lambda row: not row.own)
    return Page("sessions.html", SessionsPage(request.urls.page(PAGE), rows, others=len(rows) > 1))


def _end(request: AdminRequest, account: UUID, own: str) -> Answer:
    id: UUID | None = None
    if not request.posted("others"):
        try:
            id = UUID(request.posted("id"))
        except ValueError:
            raise BadRequest(_("There is no session of that name.")) from None
    ended = sessions.revoke(request.session, account, id=id, but=own)
    logs.security(
        "sessions ended", request=request.request_id, name=request.user.name, id=str(account), ended=ended
    )
    if ended:
        text = ngettext("{count} session was ended.", "{count} sessions were ended.", ended)
        request.flash(text.format(count=ended))
    else:
        request.flash(_("That session had ended already."), "info")
    return Redirect(request.urls.page(PAGE))


def _moment(value: datetime) -> Moment:
    return Moment(value.isoformat(), format_datetime(value), format_ago(value))
