"""What is known of a person besides what is typed: logins, what was done with the account, what can be done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from webadmin.auth.accounts import people, sessions
from webadmin.auth.accounts.agents import in_words
from webadmin.request import AdminRequest
from webadmin.text import format_ago, format_datetime, localize
from webadmin.views.people.common import is_self, place
from webadmin.views.people.told import EventLine, lines_about


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, as pages say it."""

    ago: str
    absolute: str
    machine: str


@dataclass(frozen=True, slots=True)
class LoginLine:
    """One login of the person."""

    id: str
    agent: str
    address: str
    since: Moment
    seen: Moment
    own: bool
    """It is the one with which the page is looked at."""


@dataclass(frozen=True, slots=True)
class Facts:
    """An account's state."""

    disabled: Moment | None
    created: Moment
    last_login: Moment | None
    last_address: str
    must_change: bool
    elsewhere: bool
    has_password: bool
    second_factor: bool
    own: bool
    """It is one's own account, for which there are other pages."""
    rights_url: str
    account_url: str
    disable_url: str | None
    enable_url: str | None
    password_url: str | None
    second_url: str | None
    end_url: str | None
    logins: tuple[LoginLine, ...]
    events: tuple[EventLine, ...]


def moment(at: dt.datetime) -> Moment:
    """``at`` in words, exactly, and for programs."""
    return Moment(format_ago(at), format_datetime(at), localize(at).isoformat())


def facts(request: AdminRequest, person: people.Person, *, changeable: bool) -> Facts:
    """All that the page about ``person`` shows beside the form.

    :param changeable: whoever looks at it may change the account.
    """
    own = is_self(request, person.id)
    others = changeable and not own
    disabled = person.disabled_at

    def url(name: str, offered: bool) -> str | None:
        return place(request, "people", person.id, name) if offered else None

    return Facts(
        disabled=moment(disabled) if disabled is not None else None,
        created=moment(person.created_at),
        last_login=moment(person.last_login_at) if person.last_login_at is not None else None,
        last_address=person.last_login_address,
        must_change=person.must_change_password,
        elsewhere=person.elsewhere,
        has_password=person.has_password,
        second_factor=person.second_factor,
        own=own,
        rights_url=place(request, "people", person.id, "rights"),
        account_url=request.urls.page("account"),
        disable_url=url("disable", others and disabled is None),
        enable_url=url("enable", others and disabled is not None),
        password_url=url("password", others and not person.elsewhere),
        second_url=url("second", others and person.second_factor),
        end_url=url("end", changeable),
        logins=tuple(_login(request, one) for one in people.logins(request.session, person.id)),
        events=lines_about(request, person.id),
    )


def _login(request: AdminRequest, login: people.Login) -> LoginLine:
    return LoginLine(
        id=str(login.id),
        agent=in_words(login.agent),
        address=login.address,
        since=moment(login.created_at),
        seen=moment(login.seen_at),
        own=login.token_hash == sessions.token_hash(request.cookie.id),
    )
