"""What a person's form says, and whether it may be so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webadmin.auth.accounts import people, roles, store
from webadmin.database.own_tables.accounts import EMAIL
from webadmin.errors import Forbidden, Unprocessable
from webadmin.request import AdminRequest
from webadmin.text import gettext as _
from webadmin.views.people import granting
from webadmin.views.people.common import clean, fingerprint, has_more
from webadmin.views.people.told import differences

ROLE = "role"
"""The name of the boxes of roles."""
FIELDS = ("name", "full_name", "email")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says, or what is stored."""

    values: Mapping[str, str]
    roles: frozenset[UUID]
    grants: frozenset[str]


def stored_of(request: AdminRequest, person: people.Person, rights: roles.Rights) -> Typed:
    return Typed(
        {name: getattr(person, name) for name in FIELDS},
        people.role_ids(request.session, person.id),
        rights.own,
    )


def state_of(stored: Typed) -> str:
    return fingerprint(sorted(stored.values.items()), sorted(map(str, stored.roles)), sorted(stored.grants))


def typed_of(request: AdminRequest, before: Typed) -> Typed:
    words = granting.vocabulary(request)
    sent = [value for value in request.form.getlist(granting.FIELD) if isinstance(value, str)]
    known = {str(role.id): role.id for role in roles.all_roles(request.session)}
    chosen = [value for value in request.form.getlist(ROLE) if isinstance(value, str)]
    return Typed(
        {name: request.posted(name) for name in FIELDS},
        frozenset(known[value] for value in chosen if value in known),
        frozenset(one for one in sent if one in before.grants or words.knows(one)),
    )


def checked(request: AdminRequest, before: Typed, typed: Typed, at: list[str]) -> Typed:
    """What is to be written; ``at`` says meanwhile which field is looked at. Raises Unprocessable, Forbidden."""
    at.append("name")
    fault = store.name_fault(typed.values["name"])
    if fault is not None:
        raise Unprocessable(fault)
    at.append("full_name")
    full_name = clean(typed.values["full_name"], label=_("Full name"), required=False)
    at.append("email")
    email = clean(typed.values["email"], label=_("Email"), required=False, longest=EMAIL)
    if email and not _is_address(email):
        raise Unprocessable(_("This is no email address."))
    at.append("role")
    _check_roles(request, before.roles, typed.roles)
    at.append("grant")
    grants = granting.read_grants(request, before.grants)
    values = {"name": store.plain_name(typed.values["name"]), "full_name": full_name, "email": email}
    return Typed(values, typed.roles, grants)


def _is_address(text: str) -> bool:
    name, _at, host = text.rpartition("@")
    return bool(name and host) and not any(char.isspace() for char in text)


def _check_roles(request: AdminRequest, before: Collection[UUID], wanted: Collection[UUID]) -> None:
    sent = {value for value in request.form.getlist(ROLE) if isinstance(value, str)}
    if len(sent) != len(wanted):
        raise Unprocessable(_("One of these roles is not there any more. Choose again."))
    for role in roles.all_roles(request.session):
        if role.id in wanted and role.id not in before and not may_give(request, role):
            raise Forbidden(
                _("You do not have the role “{name}”, or not its rights, so you cannot give it.").format(
                    name=role.name
                )
            )


def may_give(request: AdminRequest, role: roles.Role) -> bool:
    """Whether the person of the request has a role with all its rights, and so may give it."""
    return not has_more(request, role.grants, [role.name])


def write(request: AdminRequest, person: people.Person, after: Typed) -> None:
    key = store.name_key(after.values["name"])
    other = store.by_name(request.session, after.values["name"])
    if other is not None and other.id != person.id:
        raise store.NameTaken(after.values["name"])
    people.rename(request.session, person.id, {**after.values, "name_key": key})
    roles.give(request.session, person.id, after.roles, after.grants)


def difference(request: AdminRequest, before: Typed, after: Typed) -> dict[str, Any]:
    names = {role.id: role.name for role in roles.all_roles(request.session)}

    def told(one: Typed) -> dict[str, Any]:
        return {
            **one.values,
            "roles": frozenset(names.get(id, str(id)) for id in one.roles),
            "grants": one.grants,
        }

    return differences(told(before), told(after))
