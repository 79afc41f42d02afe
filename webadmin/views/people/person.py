"""One person: made, changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webadmin.auth.accounts import events, people, roles, store
from webadmin.errors import Conflict, Forbidden, NotFound, Unprocessable
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views.people import granting
from webadmin.views.people.common import (
    Tab,
    check_tables,
    check_unchanged,
    check_writable,
    has_more,
    id_named,
    place,
    tabs,
)
from webadmin.views.people.facts import Facts, facts
from webadmin.views.people.person_form import (
    FIELDS,
    Typed,
    checked,
    difference,
    may_give,
    state_of,
    stored_of,
    typed_of,
    write,
)


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that the person has or may be given."""

    value: str
    label: str
    description: str
    checked: bool
    disabled: bool
    """It gives rights that whoever looks at the page does not have."""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person as a form; a new one has no id."""

    tabs: tuple[Tab, ...]
    id: str
    title: str
    action_url: str
    people_url: str
    values: dict[str, str]
    roles: tuple[RoleChoice, ...]
    table: granting.GrantTable
    state: str
    barrier: str
    """Why nothing of it can be changed; empty when it can."""
    errors: dict[str, str]
    facts: Facts | None
    """What is known of them besides; None for a new one."""


@dataclass(frozen=True, slots=True)
class HandedPage:
    """A password, shown this once."""

    tabs: tuple[Tab, ...]
    name: str
    password: str
    made: bool
    """The account is new."""
    person_url: str
    people_url: str


def add(request: AdminRequest) -> Answer:
    """Make an account, with a password that is shown once and has to be changed at the first login."""
    check_tables(request)
    check_writable(request)
    empty = Typed(dict.fromkeys(FIELDS, ""), frozenset(), frozenset())
    if request.method != "POST":
        return _page(request, None, empty, empty)
    typed, at = typed_of(request, empty), ["name"]
    try:
        after = checked(request, empty, typed, at)
        at[:] = ["name"]
        password = people.temporary_password()
        id = store.create(
            request.session,
            after.values["name"],
            password=password,
            must_change=True,
            full_name=after.values["full_name"],
            email=after.values["email"],
            grants=after.grants,
            roles=after.roles,
        )
    except (Unprocessable, Forbidden) as refused:
        errors = {at[-1]: refused.message}
        return _page(request, None, empty, typed, errors=errors, status=refused.status)
    name = store.plain_name(after.values["name"])
    note(request, "added", id, name, difference(request, empty, after))
    return handed(request, id, name, password, made=True)


def change(request: AdminRequest) -> Answer:
    """Show and change who somebody is, and what they may do."""
    check_tables(request)
    if request.method == "POST":
        return _save(request)
    person = get(request)
    rights = roles.rights_of(request.session, person.id)
    stored = stored_of(request, person, rights)
    return _page(request, person, stored, stored, rights=rights)


def get(request: AdminRequest, *, lock: bool = False) -> people.Person:
    """The account that the address names. Raises NotFound."""
    found = people.get(request.session, id_named(request), lock=lock)
    if found is None:
        raise NotFound(_("There is no such account."))
    return found


def handed(request: AdminRequest, id: UUID, name: str, password: str, *, made: bool = False) -> Page:
    """The page that shows a password; it is the only one, and nothing keeps it."""
    content = HandedPage(
        tabs=tabs(request, "people"),
        name=name,
        password=password,
        made=made,
        person_url=place(request, "people", id),
        people_url=place(request, "people"),
    )
    return Page("handed.html", content)


def barrier(request: AdminRequest, rights: roles.Rights) -> str:
    """Why the person of the request may not change somebody with ``rights``; empty when they may."""
    if request.settings.read_only:
        return _("This admin is read-only: people and roles cannot be changed in it.")
    if has_more(request, rights.all, rights.roles):
        return _(
            "This person has rights or roles that you do not have, so you cannot change anything of theirs."
        )
    return ""


def note(
    request: AdminRequest, kind: str, id: UUID, name: str, detail: Mapping[str, Any] | None = None
) -> None:
    """Write down what was done with an account."""
    events.note(
        request.session, request.user, kind, "person", id, name, detail, request_id=request.request_id
    )


def _save(request: AdminRequest) -> Answer:
    check_writable(request)
    at: list[str] = []
    person, rights, before, typed = None, roles.Rights(), None, None
    try:
        with roles.keeping_one(request.session):
            person = get(request, lock=True)
            rights = roles.rights_of(request.session, person.id)
            before = stored_of(request, person, rights)
            typed = typed_of(request, before)
            at.append("state")
            found = barrier(request, rights)
            if found:
                raise Forbidden(found)
            check_unchanged(request, state_of(before))
            after = checked(request, before, typed, at)
            at.append("name")
            write(request, person, after)
            at.append("grant")
    except (Unprocessable, Forbidden, Conflict) as refused:
        if person is None or before is None or typed is None:
            raise
        errors = {at[-1]: refused.message}
        return _page(request, person, before, typed, rights=rights, errors=errors, status=refused.status)
    changed = difference(request, before, after)
    if changed:
        note(request, "changed", person.id, after.values["name"], changed)
    request.flash(_("“{name}” was saved.").format(name=after.values["name"]))
    return Redirect(place(request, "people", person.id))


def _page(
    request: AdminRequest,
    person: people.Person | None,
    stored: Typed,
    shown: Typed,
    *,
    rights: roles.Rights | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Page:
    hindered = barrier(request, rights) if rights is not None else ""
    choices = tuple(
        RoleChoice(
            str(role.id),
            role.name,
            role.description,
            role.id in shown.roles,
            disabled=bool(hindered) or (role.id not in shown.roles and not may_give(request, role)),
        )
        for role in roles.all_roles(request.session)
    )
    content = PersonPage(
        tabs=tabs(request, "people"),
        id=str(person.id) if person is not None else "",
        title=person.called if person is not None else _("New person"),
        action_url=place(request, "people", person.id if person is not None else "add"),
        people_url=place(request, "people"),
        values=dict(shown.values),
        roles=choices,
        table=granting.grant_table(request, shown.grants, writable=not hindered),
        state=state_of(stored),
        barrier=hindered,
        errors=errors or {},
        facts=facts(request, person, changeable=not hindered) if person is not None else None,
    )
    return Page("person.html", content, status=status)
