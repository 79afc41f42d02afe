"""The roles that there are."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.auth.accounts import roles as kept
from webadmin.auth.accounts.grants import ALL, parts
from webadmin.auth.user import PERMISSIONS
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import gettext as _
from webadmin.text import ngettext
from webadmin.views.people.common import Tab, has_tables, no_tables, people_log_in, place, tabs
from webadmin.views.people.granting import permission_label, site_labels

_FEW = 6
"""Rights that are named; of the others only how many there are."""


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role."""

    id: str
    name: str
    url: str
    description: str
    needs_second_factor: bool
    people: int
    people_url: str
    rights: str
    """What it may do, in short."""


@dataclass(frozen=True, slots=True)
class RolesPage:
    """Every role."""

    tabs: tuple[Tab, ...]
    lines: tuple[RoleLine, ...]
    add_url: str | None
    counted: bool
    """People log in with accounts, so that it is known how many have a role."""


def roles(request: AdminRequest) -> Answer:
    """All roles, with what they may do and how many have them."""
    if not has_tables(request):
        return no_tables(request, "roles")
    page = RolesPage(
        tabs=tabs(request, "roles"),
        lines=tuple(_line(request, role) for role in kept.all_roles(request.session)),
        add_url=place(request, "roles", "add") if not request.settings.read_only else None,
        counted=people_log_in(request),
    )
    return Page("roles.html", page)


def _line(request: AdminRequest, role: kept.Role) -> RoleLine:
    return RoleLine(
        id=str(role.id),
        name=role.name,
        url=place(request, "roles", role.id),
        description=role.description,
        needs_second_factor=role.needs_second_factor,
        people=role.people,
        people_url=f"{place(request, 'people')}?role={role.id}",
        rights=in_short(request, role.grants),
    )


def in_short(request: AdminRequest, grants: frozenset[str]) -> str:
    """Grants in a line of text: the site's own, then list by list."""
    labels = site_labels()
    named = [label for grant, label in labels.items() if grant in grants]
    by_list: dict[str, list[str]] = {}
    for grant in grants - set(labels):
        key, permission = parts(grant)
        by_list.setdefault(key, []).append(permission)
    titles = {ALL: _("All lists"), **{view.key: view.name_plural for view in request.registry}}
    actions = {
        (view.key, f"action:{name}"): _(action.label)
        for view in request.registry
        for name, action in view.actions.items()
    }
    for key, title in titles.items():
        if key in by_list:
            given = sorted(by_list[key], key=_place)
            what = [actions.get((key, one), permission_label(one)).lower() for one in given]
            named.append(
                f"{title}: {', '.join(what if ALL not in given else [permission_label(ALL).lower()])}"
            )
    left = len(named) - _FEW
    if left > 0:
        named = [*named[:_FEW], ngettext("{count} more list", "{count} more lists", left).format(count=left)]
    return "; ".join(named) or _("no rights")


def _place(permission: str) -> tuple[int, str]:
    """Where a permission stands among others: as on the table of rights, actions last."""
    known = PERMISSIONS.index(permission) if permission in PERMISSIONS else len(PERMISSIONS)
    return known, permission
