"""What somebody may do, list by list, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from webadmin.auth.accounts import roles
from webadmin.auth.accounts.own import account_id
from webadmin.auth.user import PERMISSIONS, User
from webadmin.errors import BadRequest
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import gettext as _
from webadmin.views.people.common import Tab, check_tables, has_tables, place, tabs
from webadmin.views.people.granting import permission_label
from webadmin.views.people.people import Option
from webadmin.views.people.person import get
from webadmin.views.people.reasons import RightLine, Sources, lines_of, notes_of, site_lines


@dataclass(frozen=True, slots=True)
class RightsList:
    """One list, with what may be done in it."""

    key: str
    label: str
    url: str | None
    """Where it is, for somebody who looks at their own rights and may see it."""
    lines: tuple[RightLine, ...]
    allowed: tuple[str, ...]
    """What may be done, in short."""
    notes: tuple[str, ...]
    open: bool
    """It was asked for."""


@dataclass(frozen=True, slots=True)
class RightsPage:
    """All that somebody may do."""

    tabs: tuple[Tab, ...]
    own: bool
    name: str
    disabled: bool
    roles: tuple[str, ...]
    url: str
    person_url: str | None
    account_url: str
    people_url: str | None
    lists: tuple[Option, ...]
    permissions: tuple[Option, ...]
    narrowed: bool
    answer: RightLine | None
    """What was asked about one list and one thing to do in it."""
    site: tuple[RightLine, ...]
    found: tuple[RightsList, ...]


def own(request: AdminRequest) -> Answer:
    """What the person of the request may do; ``list`` and ``do`` ask about one list, or about one thing to do."""
    user, id = request.user, account_id(request.identity, request.user)
    if id is not None:
        rights = roles.rights_of(request.session, id)
    elif user.roles and has_tables(request):
        rights = roles.Rights(roles=roles.rights_by_names(request.session, user.roles))
    else:
        rights = roles.Rights()
    sources = Sources(rights, frozenset(user.grants) - rights.all)
    page = _page(request, user, sources, own=True, url=place(request, "rights"), name=user.name)
    return Page("rights.html", page)


def of_person(request: AdminRequest) -> Answer:
    """What the person may do whom the address names."""
    check_tables(request)
    person = get(request)
    rights = roles.rights_of(request.session, person.id)
    grants = rights.all if person.disabled_at is None else frozenset()
    user = User(person.name, grants=grants, id=str(person.id), roles=tuple(rights.roles))
    url = place(request, "people", person.id, "rights")
    page = _page(request, user, Sources(rights), own=False, url=url, name=person.called)
    page = replace(
        page, disabled=person.disabled_at is not None, person_url=place(request, "people", person.id)
    )
    return Page("rights.html", page)


def _page(
    request: AdminRequest, user: User, sources: Sources, *, own: bool, url: str, name: str
) -> RightsPage:
    views = [view for view in request.registry if not own or _is_shown(request, view)]
    key, permission = _asked(request, views)
    found = [
        _list(request, view, user, sources, permission, own=own, opened=view.key == key)
        for view in views
        if not key or view.key == key
    ]
    return RightsPage(
        tabs=tabs(request, "" if own else "people"),
        own=own,
        name=name,
        disabled=False,
        roles=tuple(sorted(user.roles)),
        url=url,
        person_url=None,
        account_url=request.urls.page("account"),
        people_url=None if own else place(request, "people"),
        lists=tuple(Option(view.key, view.name_plural, view.key == key) for view in views),
        permissions=tuple(
            Option(one, label, one == permission) for one, label in _permissions(views).items()
        ),
        narrowed=bool(key or permission),
        answer=found[0].lines[0] if key and permission and found and found[0].lines else None,
        site=site_lines(user, sources) if not (key or permission) else (),
        found=tuple(found),
    )


def _is_shown(request: AdminRequest, view: View) -> bool:
    """A list that somebody may not see is none of their business, its name included."""
    return view.allows(request.user, "view") and view.options.is_accessible(request.connection)


def _permissions(views: Iterable[View]) -> dict[str, str]:
    labels = {one: permission_label(one) for one in PERMISSIONS}
    for view in views:
        labels |= {f"action:{name}": _(action.label) for name, action in view.actions.items()}
    return labels


def _asked(request: AdminRequest, views: list[View]) -> tuple[str, str]:
    key, permission = request.value("list"), request.value("do")
    if key and key not in {view.key for view in views}:
        raise BadRequest(_("There is no such list."))
    if permission and permission not in _permissions(views):
        raise BadRequest(_("There is nothing of that name that could be done."))
    return key, permission


def _list(
    request: AdminRequest,
    view: View,
    user: User,
    sources: Sources,
    permission: str,
    *,
    own: bool,
    opened: bool,
) -> RightsList:
    lines = lines_of(view, user, sources)
    if permission:
        lines = tuple(line for line in lines if line.permission == permission)
    return RightsList(
        key=view.key,
        label=view.name_plural,
        url=request.urls.list(view) if own else None,
        lines=lines,
        allowed=tuple(line.label for line in lines if line.allowed),
        notes=notes_of(view, user, named=not own),
        open=opened or bool(permission),
    )
