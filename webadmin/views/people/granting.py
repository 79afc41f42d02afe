"""Grants as a table to be ticked: lists, what can be done with each, and what a form of it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from webadmin.auth.accounts.grants import ALL, Vocabulary, beyond, holds, parts
from webadmin.auth.user import ACCOUNTS, DATABASE, INDEXES, PERMISSIONS
from webadmin.errors import Forbidden, Unprocessable
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.text import gettext as _

FIELD = "grant"
"""The name of all the boxes."""
_MOST = 2000
"""Grants of one account or role."""


@dataclass(frozen=True, slots=True)
class GrantBox:
    """One right that can be given or not."""

    value: str
    label: str
    """What is given, and of which list."""
    short: str
    """What is given."""
    checked: bool
    disabled: bool
    """It cannot be given by this person, who does not have it."""


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One list, or all of them."""

    key: str
    label: str
    boxes: tuple[GrantBox | None, ...]
    """One for each column; None where the list does not offer it."""
    actions: tuple[GrantBox, ...]


@dataclass(frozen=True, slots=True)
class GrantTable:
    """All that there is to be granted."""

    columns: tuple[str, ...]
    rows: tuple[GrantRow, ...]
    site: tuple[GrantBox, ...]
    """What belongs to no list."""
    gone: tuple[GrantBox, ...]
    """What stands there and means nothing: its list, or its action, is not there any more."""
    held: int
    """How many boxes are ticked."""
    writable: bool


def permission_label(permission: str) -> str:
    """What a permission is called."""
    known = {
        "view": _("View"),
        "add": _("Add"),
        "change": _("Change"),
        "delete": _("Delete"),
        "restore": _("Restore"),
        "purge": _("Delete for good"),
        "export": _("Export"),
        "import": _("Import"),
        "explain": _("Query plan"),
        "share_views": _("Share views"),
        ALL: _("Everything"),
    }
    return known.get(permission, permission)


def site_labels() -> dict[str, str]:
    """What the rights are called that belong to no list."""
    return {
        ALL: _("Everything: all lists, people and the database"),
        ACCOUNTS: _("Manage people and roles"),
        DATABASE: _("See the page about the database"),
        INDEXES: _("Have proposed indexes made, where this admin allows it"),
    }


def vocabulary(request: AdminRequest) -> Vocabulary:
    """What can be granted in this admin."""
    return Vocabulary({view.key: tuple(view.actions) for view in request.registry})


def grant_table(request: AdminRequest, chosen: Collection[str], *, writable: bool) -> GrantTable:
    """The table with ``chosen`` ticked.

    :param writable: the person may change it; what they do not have themselves stays shut in any case.
    """
    words = vocabulary(request)

    def box(grant: str, short: str, of: str = "") -> GrantBox:
        mine = grant in chosen or holds(request.user.grants, grant)
        label = _("{what}: {rows}").format(what=short, rows=of) if of else short
        return GrantBox(grant, label, short, grant in chosen, not (writable and mine))

    def offered(view: View, permission: str) -> GrantBox | None:
        grant = f"{view.key}.{permission}"
        if view.refuses(permission) and grant not in chosen:
            return None
        return box(grant, permission_label(permission), view.name_plural)

    everywhere = tuple(
        box(f"{ALL}.{one}", permission_label(one), _("all lists")) if one != ALL else None
        for one in (ALL, *PERMISSIONS)
    )
    # Actions of every list that has one of a name: seldom granted, so they are shown only then.
    shared = [one for one in sorted(chosen) if one.startswith(f"{ALL}.action:") and words.knows(one)]
    actions = tuple(box(one, parts(one)[1].removeprefix("action:"), _("all lists")) for one in shared)
    rows = [GrantRow(ALL, _("All lists"), everywhere, actions)]
    for view in request.registry:
        boxes = tuple(offered(view, one) for one in (ALL, *PERMISSIONS))
        actions = tuple(
            box(f"{view.key}.action:{name}", _(action.label), view.name_plural)
            for name, action in view.actions.items()
        )
        rows.append(GrantRow(view.key, view.name_plural, boxes, actions))
    return GrantTable(
        columns=tuple(permission_label(one) for one in (ALL, *PERMISSIONS)),
        rows=tuple(rows),
        site=tuple(box(grant, label) for grant, label in site_labels().items()),
        gone=tuple(box(grant, grant) for grant in sorted(chosen) if not words.knows(grant)),
        held=len(chosen),
        writable=writable,
    )


def read_grants(request: AdminRequest, standing: Collection[str]) -> frozenset[str]:
    """What the form grants.

    :param standing: what is granted already, which may stay, whether there is such a list or not.
    :raises Unprocessable: for what there is not, with what there is.
    :raises Forbidden: for what the person does not have: nobody gives more than their own.
    """
    sent = [value for value in request.form.getlist(FIELD) if isinstance(value, str)]
    wanted = frozenset(sent)
    if len(wanted) > _MOST:
        raise Unprocessable(_("At most {count} rights can be given to one.").format(count=_MOST))
    words = vocabulary(request)
    for grant in sorted(wanted - frozenset(standing)):
        if not words.knows(grant):
            raise Unprocessable(
                _("There is no right “{grant}”. There are: {allowed}.").format(
                    grant=grant[:100], allowed=", ".join(words.allowed(grant)[:30])
                )
            )
    check_mine(request, wanted - frozenset(standing))
    return wanted


def check_mine(request: AdminRequest, grants: Iterable[str]) -> None:
    """Raise Forbidden unless the person has all of these grants themselves."""
    foreign = beyond(request.user.grants, grants)
    if foreign:
        raise Forbidden(
            _("You can only give rights that you have yourself, which you do not: {grants}.").format(
                grants=", ".join(foreign[:10])
            )
        )
