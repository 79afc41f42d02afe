"""Everybody who has an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args
from urllib.parse import urlencode
from uuid import UUID

from webadmin.auth.accounts import people as accounts
from webadmin.auth.accounts import roles
from webadmin.errors import BadRequest
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import gettext as _
from webadmin.views.people.common import AT_ONCE, Tab, has_tables, no_tables, people_log_in, place, tabs
from webadmin.views.people.facts import Moment, moment

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person."""

    id: str
    name: str
    full_name: str
    email: str
    url: str
    roles: tuple[str, ...]
    last_login: Moment | None
    disabled: bool
    must_change: bool
    without_password: bool
    """Nobody can log in with it: no password, and no other system that knows the person."""
    second_factor: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of them."""

    tabs: tuple[Tab, ...]
    url: str
    add_url: str | None
    log_in: bool
    """People log in with these accounts; else nobody does."""
    words: str
    states: tuple[Option, ...]
    roles: tuple[Option, ...]
    narrowed: bool
    lines: tuple[PersonLine, ...]
    count: int
    page: int
    pages: int
    previous_url: str | None
    next_url: str | None


def people(request: AdminRequest) -> Answer:
    """The accounts, found by ``q``, ``state`` (``enabled``, ``disabled``) and ``role``; ``page`` is the nearest that there is."""
    if not has_tables(request):
        return no_tables(request, "people")
    words, state, role = _asked(request)
    number = _page_number(request)
    found, count = accounts.find(
        request.session, words=words, state=state, role=role, skip=(number - 1) * AT_ONCE, limit=AT_ONCE
    )
    pages = max(1, -(-count // AT_ONCE))
    if number > pages:
        number = pages
        found, count = accounts.find(
            request.session, words=words, state=state, role=role, skip=(number - 1) * AT_ONCE, limit=AT_ONCE
        )
    given = {"q": words, "state": state, "role": str(role) if role is not None else ""}
    asked = {name: value for name, value in given.items() if value}
    url = place(request, "people")

    def at(page: int) -> str | None:
        return f"{url}?{urlencode({**asked, 'page': page})}" if 1 <= page <= pages else None

    named = accounts.roles_of(request.session, [one.id for one in found]) if found else {}
    content = PeoplePage(
        tabs=tabs(request, "people"),
        url=url,
        add_url=place(request, "people", "add") if not request.settings.read_only else None,
        log_in=people_log_in(request),
        words=words,
        states=tuple(
            Option(value, label, value == state)
            for value, label in (("enabled", _("May log in")), ("disabled", _("Disabled")))
        ),
        roles=tuple(
            Option(str(one.id), one.name, one.id == role) for one in roles.all_roles(request.session)
        ),
        narrowed=bool(asked),
        lines=tuple(_line(request, one, tuple(named.get(one.id, ()))) for one in found),
        count=count,
        page=number,
        pages=pages,
        previous_url=at(number - 1),
        next_url=at(number + 1),
    )
    return Page("people.html", content)


def _asked(request: AdminRequest) -> tuple[str, accounts.State, UUID | None]:
    words, state, role = (request.value(name).strip() for name in ("q", "state", "role"))
    if len(words) > _LONGEST or not words.isprintable():
        raise BadRequest(_("That is nothing that could stand in a name."))
    if state not in get_args(accounts.State):
        raise BadRequest(_("state is one of {allowed}.").format(allowed="enabled, disabled"))
    try:
        return words, cast(accounts.State, state), UUID(role) if role else None
    except ValueError:
        raise BadRequest(_("There is no such role.")) from None


def _page_number(request: AdminRequest) -> int:
    text = request.value("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(_("page is a whole number."))
    return max(1, int(text))


def _line(request: AdminRequest, person: accounts.Person, named: tuple[str, ...]) -> PersonLine:
    return PersonLine(
        id=str(person.id),
        name=person.name,
        full_name=person.full_name,
        email=person.email,
        url=place(request, "people", person.id),
        roles=named,
        last_login=moment(person.last_login_at) if person.last_login_at is not None else None,
        disabled=person.disabled_at is not None,
        must_change=person.must_change_password,
        without_password=not (person.has_password or person.elsewhere),
        second_factor=person.second_factor,
    )
