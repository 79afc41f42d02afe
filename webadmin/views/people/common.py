"""What the pages about people and roles have in common."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from webadmin.auth.accounts import roles
from webadmin.auth.accounts.grants import ALL, beyond
from webadmin.auth.stored import StoredIdentity
from webadmin.auth.user import ACCOUNTS
from webadmin.database.own_tables.accounts import NAME, TABLES
from webadmin.database.own_tables.there import There
from webadmin.errors import Conflict, Forbidden, NotFound, Unprocessable
from webadmin.request import AdminRequest, Page
from webadmin.text import gettext as _

AT_ONCE = 25
"""People, or entries of the log, on a page."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages beside each other."""

    label: str
    url: str
    current: bool


def place(request: AdminRequest, *parts: object) -> str:
    """An address below ``account``."""
    return request.urls.page("/".join(["account", *map(str, parts)]))


def tabs(request: AdminRequest, current: str) -> tuple[Tab, ...]:
    """The pages about people: ``people``, ``roles``, ``log``; empty for somebody who may not see them."""
    if not request.user.may(ACCOUNTS, ""):
        return ()
    known = (("people", _("People")), ("roles", _("Roles")), ("log", _("What was changed")))
    return tuple(Tab(label, place(request, name), name == current) for name, label in known)


def has_tables(request: AdminRequest) -> bool:
    """Whether roles can be kept in this database."""
    there = getattr(request.identity, "there", None)
    asked = there if isinstance(there, There) else There(TABLES)
    return asked.ask(request.dialect, request.session.connection())


@dataclass(frozen=True, slots=True)
class NoAccountsPage:
    tabs: tuple[Tab, ...]


def no_tables(request: AdminRequest, current: str) -> Page:
    """The page in place of a list of people or roles where there is nothing to keep them in."""
    return Page("no_accounts.html", NoAccountsPage(tabs(request, current)))


def check_tables(request: AdminRequest) -> None:
    """Raise NotFound where there is nothing to keep people and roles in."""
    if not has_tables(request):
        raise NotFound(
            _(
                "People and roles are kept in tables of webadmin's own, which this database does not have, or which the admin may not use. This makes them: webadmin migrate URL"
            ),
            title=_("No accounts are kept"),
        )


def people_log_in(request: AdminRequest) -> bool:
    """Whether accounts are what people log in with here; else only roles matter, for people whom the app names."""
    return isinstance(request.identity, StoredIdentity)


def check_writable(request: AdminRequest) -> None:
    """Raise Forbidden in an admin in which nothing can be changed."""
    if request.settings.read_only:
        raise Forbidden(_("This admin is read-only: people and roles cannot be changed in it."))


def id_named(request: AdminRequest) -> UUID:
    """The id in the address. Raises NotFound."""
    text = request.params["id"]
    try:
        found = UUID(text)
    except ValueError:
        found = None
    if found is None or str(found) != text:  # one address for each: other spellings are none of ours
        raise NotFound(_("There is nothing at this address."))
    return found


def is_self(request: AdminRequest, id: UUID) -> bool:
    """Whether the account is that of the person who asks."""
    return request.user.id == str(id)


def clean(text: str, *, label: str, required: bool = True, longest: int = NAME) -> str:
    """A line of text as it is kept. Raises Unprocessable with what is wrong with it."""
    text = unicodedata.normalize("NFC", text).strip()
    if required and not text:
        raise Unprocessable(_("{field} is required.").format(field=label))
    if len(text) > longest:
        raise Unprocessable(_("{field} has at most {count} characters.").format(field=label, count=longest))
    if not text.isprintable():
        raise Unprocessable(_("{field} has characters that cannot be seen.").format(field=label))
    return text


def fingerprint(*parts: object) -> str:
    """What a form carries of the state that it shows, so that nobody overwrites what was changed meanwhile."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def check_unchanged(request: AdminRequest, now: str) -> None:
    """Raise Conflict where the form shows a state that is not true any more."""
    if request.posted("state") != now:
        raise Conflict(
            _("Somebody else has changed this since you opened it. Look at it again; nothing was saved.")
        )


def has_more(request: AdminRequest, grants: Collection[str], names: Collection[str] = ()) -> bool:
    """Whether somebody with ``grants``, and roles of these ``names``, may do something that the person of the request may not.

    A role is more than its grants: an app's own rules (``scope``, ``can_read_field``) may go by its name.
    """
    if ALL in request.user.grants:
        return False
    return bool(beyond(request.user.grants, grants)) or not set(names).issubset(request.user.roles)


def role_barrier(request: AdminRequest, role: roles.Role) -> str:
    """Why the person may neither change nor delete a role; empty when they may."""
    if has_more(request, role.grants):
        return _("This role has rights that you do not have, so you cannot change it.")
    if ALL not in request.user.grants and has_more(request, *roles.held_with(request.session, role.id)):
        return _("Somebody who has this role has more rights than you, so you cannot change it.")
    return ""
