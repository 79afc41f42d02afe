"""One role: made, changed, deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from webadmin.auth.accounts import events, roles
from webadmin.auth.accounts.grants import ALL
from webadmin.errors import Conflict, Forbidden, NotFound, Unprocessable
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views.people import granting
from webadmin.views.people.common import (
    Tab,
    check_tables,
    check_unchanged,
    check_writable,
    clean,
    fingerprint,
    id_named,
    place,
    role_barrier,
    tabs,
)
from webadmin.views.people.told import EventLine, differences, lines_about

_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class HolderLine:
    """Somebody who has the role."""

    name: str
    full_name: str
    url: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class RolePage:
    """A role as a form; a new one has no id."""

    tabs: tuple[Tab, ...]
    id: str
    title: str
    action_url: str
    roles_url: str
    name: str
    description: str
    needs_second_factor: bool
    table: granting.GrantTable
    state: str
    barrier: str
    """Why it cannot be changed; empty when it can."""
    errors: dict[str, str]
    holders: tuple[HolderLine, ...]
    people_url: str
    delete_url: str | None
    events: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class RoleDeletePage:
    """What goes when a role is deleted."""

    title: str
    name: str
    action_url: str
    role_url: str
    roles_url: str
    state: str
    holders: tuple[HolderLine, ...]


def add(request: AdminRequest) -> Answer:
    """Make a role."""
    check_tables(request)
    check_writable(request)
    empty = roles.new("", "", False, ())
    if request.method != "POST":
        return _page(request, empty, empty, fresh=True)
    return _save(request, empty, fresh=True)


def change(request: AdminRequest) -> Answer:
    """Show and change a role."""
    check_tables(request)
    role = _role(request)
    return _save(request, role) if request.method == "POST" else _page(request, role, role)


def delete(request: AdminRequest) -> Answer:
    """Delete a role, after a page that says who has it."""
    check_tables(request)
    check_writable(request)
    if request.method != "POST":
        role = _role(request)
        _check_mine(request, role)
        return _delete_page(request, role)
    with roles.keeping_one(request.session):
        role = _role(request)
        _check_mine(request, role)
        check_unchanged(request, _state(request, role))
        roles.remove(request.session, role.id)
    _note(request, "deleted", role, {"grants": {"removed": sorted(role.grants)}})
    request.flash(_("The role “{name}” was deleted.").format(name=role.name))
    return Redirect(place(request, "roles"))


def _check_mine(request: AdminRequest, role: roles.Role) -> None:
    barrier = role_barrier(request, role)
    if barrier:
        raise Forbidden(barrier)


def _role(request: AdminRequest) -> roles.Role:
    found = roles.find(request.session, id_named(request), lock=request.method == "POST")
    if found is None:
        raise NotFound(_("There is no such role."))
    return found


def _state(request: AdminRequest, role: roles.Role) -> str:
    holders = sorted(str(one.id) for one in roles.holders(request.session, role.id))
    return fingerprint(role.name, role.description, role.needs_second_factor, sorted(role.grants), holders)


def _save(request: AdminRequest, before: roles.Role, *, fresh: bool = False) -> Answer:
    check_writable(request)
    typed = _typed(request, before)
    at = "name"
    try:
        with roles.keeping_one(request.session):
            if not fresh:
                before = _role(request)
                at = "state"
                _check_mine(request, before)
                check_unchanged(request, _edited(before))
            at = "name"
            name = clean(typed.name, label=_("Name"))
            _check_free(request, before, name)
            if not fresh and name != before.name and ALL not in request.user.grants:
                # Else somebody would call a role that they have by the name that an app's own rules go by.
                raise Unprocessable(_("Only somebody who may do everything can give a role another name."))
            at = "description"
            if len(typed.description) > _LONGEST:
                raise Unprocessable(
                    _("{field} has at most {count} characters.").format(
                        field=_("Description"), count=_LONGEST
                    )
                )
            at = "grant"
            grants = granting.read_grants(request, before.grants)
            after = replace(typed, name=name, grants=grants)
            at = "name"
            _write(request, after)
            at = "grant"
    except (Unprocessable, Forbidden, Conflict) as refused:
        return _page(request, before, typed, errors={at: refused.message}, status=refused.status, fresh=fresh)
    _note(request, "added" if fresh else "changed", after, differences(_values(before), _values(after)))
    request.flash(
        _("The role “{name}” was saved. It holds from the next page that anybody opens.").format(name=name)
    )
    return Redirect(place(request, "roles", after.id))


def _typed(request: AdminRequest, before: roles.Role) -> roles.Role:
    words = granting.vocabulary(request)
    sent = [value for value in request.form.getlist(granting.FIELD) if isinstance(value, str)]
    return replace(
        before,
        name=request.posted("name"),
        description=request.posted("description").replace("\r\n", "\n").strip(),
        needs_second_factor=request.posted("needs_second_factor") == "1",
        grants=frozenset(one for one in sent if one in before.grants or words.knows(one)),
    )


def _check_free(request: AdminRequest, role: roles.Role, name: str) -> None:
    # One that differs in case alone would be taken for the other.
    for other in roles.all_roles(request.session):
        if other.id != role.id and other.name.casefold() == name.casefold():
            raise Unprocessable(_("There is a role of this name already."))


def _write(request: AdminRequest, role: roles.Role) -> None:
    try:
        with request.session.begin_nested():
            roles.save(request.session, role)
    except IntegrityError as error:
        raise Unprocessable(_("There is a role of this name already.")) from error


def _values(role: roles.Role) -> dict[str, object]:
    names = ("name", "description", "needs_second_factor", "grants")
    return {name: getattr(role, name) for name in names}


def _edited(role: roles.Role) -> str:
    return fingerprint(*(sorted(v) if isinstance(v, frozenset) else v for v in _values(role).values()))


def _note(request: AdminRequest, kind: str, role: roles.Role, detail: dict[str, object]) -> None:
    events.note(
        request.session, request.user, kind, "role", role.id, role.name, detail, request_id=request.request_id
    )


def _page(
    request: AdminRequest,
    role: roles.Role,
    shown: roles.Role,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
    fresh: bool = False,
) -> Page:
    barrier = ""
    if request.settings.read_only:
        barrier = _("This admin is read-only: people and roles cannot be changed in it.")
    elif not fresh:
        barrier = role_barrier(request, role)
    content = RolePage(
        tabs=tabs(request, "roles"),
        id="" if fresh else str(role.id),
        title=_("New role") if fresh else role.name,
        action_url=place(request, "roles", "add" if fresh else role.id),
        roles_url=place(request, "roles"),
        name=shown.name,
        description=shown.description,
        needs_second_factor=shown.needs_second_factor,
        table=granting.grant_table(request, shown.grants, writable=not barrier),
        state=_edited(role),
        barrier=barrier,
        errors=errors or {},
        holders=() if fresh else _holders(request, role),
        people_url=f"{place(request, 'people')}?role={role.id}",
        delete_url=None if fresh or barrier else place(request, "roles", role.id, "delete"),
        events=() if fresh else lines_about(request, role.id),
    )
    return Page("role.html", content, status=status)


def _delete_page(request: AdminRequest, role: roles.Role) -> Page:
    content = RoleDeletePage(
        title=_("Delete the role “{name}”").format(name=role.name),
        name=role.name,
        action_url=place(request, "roles", role.id, "delete"),
        role_url=place(request, "roles", role.id),
        roles_url=place(request, "roles"),
        state=_state(request, role),
        holders=_holders(request, role),
    )
    return Page("role_delete.html", content)


def _holders(request: AdminRequest, role: roles.Role) -> tuple[HolderLine, ...]:
    return tuple(
        HolderLine(one.name, one.full_name, place(request, "people", one.id), one.disabled)
        for one in roles.holders(request.session, role.id)
    )
