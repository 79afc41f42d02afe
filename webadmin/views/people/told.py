"""The log of people and roles in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webadmin.auth.accounts import events
from webadmin.errors import BadRequest
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_ago, format_date, format_datetime, localize
from webadmin.text import gettext as _
from webadmin.views.people.common import AT_ONCE, Tab, has_tables, no_tables, place, tabs

SHOWN = 10
"""Entries on the page of what they are about."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One entry of the log."""

    id: str
    who: str
    verb: str
    name: str
    url: str | None
    """The account or role, where it is still to be found."""
    details: tuple[str, ...]
    when: str
    moment: str
    machine: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """All that was done with people and roles."""

    tabs: tuple[Tab, ...]
    lines: tuple[EventLine, ...]
    first_url: str | None
    older_url: str | None


_SIGNS = {
    "added": ("plus", "ok"),
    "disabled": ("lock", "bad"),
    "enabled": ("check", "ok"),
    "deleted": ("trash", "bad"),
    "password": ("key", ""),
    "password_changed": ("key", ""),
    "sessions": ("logout", ""),
    "second": ("key", "bad"),
    "second_factor_on": ("key", "ok"),
    "second_factor_off": ("key", "bad"),
    "recovery_codes": ("key", ""),
    "linked": ("link", ""),
}


def _verb(kind: str) -> str:
    known = {
        "added": _("made"),
        "changed": _("changed"),
        "disabled": _("disabled"),
        "enabled": _("enabled"),
        "deleted": _("deleted"),
        "password": _("handed out a new password to"),
        "password_changed": _("changed the password of"),
        "sessions": _("ended logins of"),
        "second": _("took the second factor off"),
        "second_factor_on": _("set up a second factor for"),
        "second_factor_off": _("turned off the second factor of"),
        "recovery_codes": _("made recovery codes for"),
        "linked": _("gave another place to log in to"),
    }
    return known.get(kind, kind)


def _field(name: str) -> str:
    known = {
        "name": _("Name"),
        "full_name": _("Full name"),
        "email": _("Email"),
        "description": _("Description"),
        "needs_second_factor": _("Needs a second factor"),
    }
    return known.get(name, name)


def log(request: AdminRequest) -> Answer:
    """What was done with people and roles, the newest first; ``before`` goes on."""
    if not has_tables(request):
        return no_tables(request, "log")
    text = request.value("before")
    try:
        before = UUID(text) if text else None
    except ValueError:
        raise BadRequest(_("This is no place in the log. Open it from its beginning.")) from None
    found, older = events.read(request.session, before=before, limit=AT_ONCE)
    url = place(request, "log")
    page = LogPage(
        tabs=tabs(request, "log"),
        lines=tuple(line(request, event) for event in found),
        first_url=url if before is not None else None,
        older_url=f"{url}?before={older}" if older is not None else None,
    )
    return Page("people_log.html", page)


def lines_about(request: AdminRequest, id: UUID) -> tuple[EventLine, ...]:
    """The newest entries about one account or role."""
    found, _older = events.read(request.session, about=id, limit=SHOWN)
    return tuple(line(request, event) for event in found)


def line(request: AdminRequest, event: events.Event) -> EventLine:
    """One entry in words."""
    local = localize(event.at)
    ago, absolute = format_ago(event.at), format_datetime(event.at)
    icon, tone = _SIGNS.get(event.kind, ("circle", ""))
    kind = "people" if event.subject == "person" else "roles"
    return EventLine(
        id=str(event.id),
        who=event.who or _("Somebody"),
        verb=_verb(event.kind),
        name=event.subject_name,
        url=place(request, kind, event.subject_id) if event.kind != "deleted" else None,
        details=tuple(_details(event.detail)),
        when=absolute if ago == format_date(local) else f"{ago}, {absolute}",
        moment=f"{local:%Y-%m-%d %H:%M:%S} {local.tzname() or ''}".rstrip(),
        machine=local.isoformat(),
        tone=tone,
        icon=icon,
    )


def _details(detail: Mapping[str, Any]) -> Iterator[str]:
    for name, (before, after) in sorted(detail.get("fields", {}).items()):
        text = _("{field}: from “{before}” to “{after}”") if before else _("{field}: “{after}”")
        yield text.format(field=_field(name), before=_value(before), after=_value(after))
    for name, label in (("roles", _("Roles")), ("grants", _("Rights"))):
        given = detail.get(name, {})
        signed = [f"+{one}" for one in given.get("added", ())]
        signed += [f"−{one}" for one in given.get("removed", ())]
        if signed:
            yield _("{what}: {changes}").format(what=label, changes=", ".join(signed))
    if "count" in detail:
        yield _("Logins that ended: {count}").format(count=detail["count"])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of changed values: fields as they were and are, sets by what was added and removed."""
    found: dict[str, Any] = {}
    for name, new in after.items():
        old = before.get(name)
        if isinstance(new, frozenset):
            was = frozenset(old or ())
            if was != new:
                found[name] = {"added": sorted(new - was), "removed": sorted(was - new)}
        elif old != new and (new or old):
            found.setdefault("fields", {})[name] = ["" if old is None else old, new]
    return found
