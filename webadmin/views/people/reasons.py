"""Why somebody may do something, or may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webadmin.auth.accounts.roles import Rights
from webadmin.auth.user import PERMISSIONS, SITE_PERMISSIONS, User
from webadmin.options.field_rights import FieldRights
from webadmin.options.model_view import ModelView
from webadmin.options.view import View
from webadmin.text import gettext as _
from webadmin.text import ngettext
from webadmin.views.people.granting import permission_label, site_labels


@dataclass(frozen=True, slots=True)
class RightLine:
    """One thing to be done, and whether it may be."""

    permission: str
    label: str
    allowed: bool
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """From where somebody has each of their grants."""

    rights: Rights
    given: frozenset[str] = frozenset()
    """What the app, or the way of logging in, gives without a role."""

    def of(self, grant: str) -> list[str]:
        """In words, from where this grant comes."""
        found = []
        if grant in self.rights.own:
            found.append(_("a right of their own: {grant}").format(grant=grant))
        for role, grants in self.rights.roles.items():
            if grant in grants:
                found.append(_("the role “{role}”: {grant}").format(role=role, grant=grant))
        if grant in self.given:
            found.append(_("given at the login: {grant}").format(grant=grant))
        return found


def site_lines(user: User, sources: Sources) -> tuple[RightLine, ...]:
    """What belongs to no list."""
    labels = site_labels()
    return tuple(
        _granted(permission, labels[permission], ("*", permission), user.may(permission, ""), sources)
        for permission in SITE_PERMISSIONS
    )


def lines_of(view: View, user: User, sources: Sources) -> tuple[RightLine, ...]:
    """All that can be done in a list."""
    labels = {one: permission_label(one) for one in PERMISSIONS}
    labels |= {f"action:{name}": _(action.label) for name, action in view.actions.items()}
    return tuple(_line(view, user, sources, one, label) for one, label in labels.items())


def _line(view: View, user: User, sources: Sources, permission: str, label: str) -> RightLine:
    refused = view.refuses(permission)
    if refused:
        return RightLine(permission, label, False, (_refusals(view).get(refused) or _option(refused),))
    grants = ("*", f"{view.key}.{permission}", f"{view.key}.*", f"*.{permission}")
    line = _granted(permission, label, grants, view.allows(user, permission), sources)
    if line.allowed and not view.allows(user, "view"):
        why = _("Nothing can be done in a list by somebody who may not view it.")
        return RightLine(permission, label, False, (why, *line.why))
    return line


def _granted(
    permission: str, label: str, grants: tuple[str, ...], allowed: bool, sources: Sources
) -> RightLine:
    why = [text for grant in grants for text in sources.of(grant)]
    if not allowed:
        why = [_("No role and no right of their own gives it.")]
    return RightLine(permission, label, allowed, tuple(why))


def _refusals(view: View) -> Mapping[str, str]:
    return {
        "read_only": _("Nothing can be changed in this list: it is read-only."),
        "soft_delete": _("What is deleted here is gone: the list has no mark for deleted rows."),
    }


def _option(name: str) -> str:
    return _("The list does not offer it to anybody ({option}).").format(option=f"{name} = False")


def notes_of(view: View, user: User, *, named: bool) -> tuple[str, ...]:
    """What limits somebody in a list besides: rows, fields.

    :param named: whether fields that cannot be read are named, or only counted.
    """
    notes = []
    if type(view.options).scope is not ModelView.scope:
        notes.append(_("Only some rows: the list shows each person those that are meant for them (scope)."))
    if named and type(view.options).is_accessible is not ModelView.is_accessible:
        notes.append(_("The list looks at each request itself, and may be closed (is_accessible)."))
    rights = FieldRights(view)
    try:
        if named:
            unread, unwritten = rights.of(user) if rights.asks else (frozenset(), frozenset())
        else:  # the view is the person's own already
            unread, unwritten = view.hidden, view.unwritable
    except Exception:
        # The view's own function is asked about somebody who is making no request.
        return (
            *notes,
            _("Which fields they see depends on their request (can_read_field, can_write_field)."),
        )
    if unread and named:
        notes.append(_("Fields that are not shown to them: {names}.").format(names=_named(view, unread)))
    elif unread:
        notes.append(
            ngettext(
                "{count} field is not shown to you.", "{count} fields are not shown to you.", len(unread)
            ).format(count=len(unread))
        )
    if unwritten - unread:
        notes.append(
            _("Fields that cannot be changed: {names}.").format(names=_named(view, unwritten - unread))
        )
    return tuple(notes)


def _named(view: View, names: frozenset[str]) -> str:
    return ", ".join(sorted(view.label_of(name) for name in names))
