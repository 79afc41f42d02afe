"""What is done with a person's account by one button each."""

from __future__ import annotations

from uuid import UUID

from webadmin.auth.accounts import people, roles, sessions, store, totp
from webadmin.errors import BadRequest, Forbidden, Unprocessable
from webadmin.request import AdminRequest, Answer, Redirect
from webadmin.text import gettext as _
from webadmin.text import ngettext
from webadmin.views.people.common import check_tables, check_writable, is_self, place
from webadmin.views.people.person import barrier, get, handed, note


def disable(request: AdminRequest) -> Answer:
    """Let nobody in with the account any more; who is logged in with it is not."""
    with roles.keeping_one(request.session):
        person = _person(request)
        if person.disabled_at is None:
            people.disable(request.session, person.id)
    note(request, "disabled", person.id, person.name)
    request.flash(_("“{name}” cannot log in any more, and is logged in nowhere.").format(name=person.called))
    return _back(request, person)


def enable(request: AdminRequest) -> Answer:
    """Let somebody in again."""
    person = _person(request)
    store.enable(request.session, person.id)
    note(request, "enabled", person.id, person.name)
    request.flash(_("“{name}” can log in again.").format(name=person.called))
    return _back(request, person)


def password(request: AdminRequest) -> Answer:
    """Hand out a new password, which is shown once."""
    person = _person(request)
    if person.elsewhere:
        raise Unprocessable(_("Another system knows this person's password; it is changed there."))
    made = people.hand_out_password(request.session, person.id)
    note(request, "password", person.id, person.name)
    return handed(request, person.id, person.called, made)


def second(request: AdminRequest) -> Answer:
    """Take off a second factor that its owner has lost."""
    person = _person(request)
    totp.reset(request.session, person.id)
    note(request, "second", person.id, person.name)
    request.flash(_("“{name}” has no second factor any more.").format(name=person.called))
    return _back(request, person)


def end(request: AdminRequest) -> Answer:
    """End one login, named by ``login``, or all; the one with which the page is looked at stays."""
    person = _person(request, own=True)
    text = request.posted("login")
    try:
        one = UUID(text) if text else None
    except ValueError:
        raise BadRequest(_("There is no such login.")) from None
    but = sessions.token_hash(request.cookie.id)
    count = sessions.revoke(request.session, person.id, id=one, but=but)
    if count:
        note(request, "sessions", person.id, person.name, {"count": count})
    request.flash(
        ngettext("{count} login has ended.", "{count} logins have ended.", count).format(count=count)
    )
    return _back(request, person)


def _person(request: AdminRequest, *, own: bool = False) -> people.Person:
    """The account, which nobody else changes meanwhile. Raises Forbidden for one with more rights than the person of the
    request, and for their own unless ``own``: its password is changed by whoever knows the old one."""
    check_tables(request)
    check_writable(request)
    person = get(request, lock=True)
    found = barrier(request, roles.rights_of(request.session, person.id))
    if found:
        raise Forbidden(found)
    if not own and is_self(request, person.id):
        raise Forbidden(_("This is your own account. What you can do with it stands on its own page."))
    return person


def _back(request: AdminRequest, person: people.Person) -> Redirect:
    return Redirect(place(request, "people", person.id))
