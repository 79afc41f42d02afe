"""Entries of the history in words: who did what, when and why."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.changes.record import change_id
from webadmin.changes.record.entries import Change
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.text import format_ago, format_date, format_datetime, localize
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Occasion:
    """One change as a page tells of it."""

    id: str
    url: str
    who: str
    initials: str
    verb: str
    """What was done, in words that go before its object."""
    kind: str
    label: str
    """What it was done to; empty where that is not for this person to read."""
    list_label: str
    list_url: str | None
    when: str
    """How long ago, with the day and time unless that is what it says."""
    moment: str
    """Day and time with the zone, for the hover."""
    machine: str
    reason: str
    undo_url: str | None
    """The plan of taking it back, where the person may try."""
    undone_url: str | None
    """The change that took it back."""
    undoes_url: str | None
    """The change that it took back."""
    tone: str
    icon: str


_WORDS = {
    "create": ("plus", "ok"), "change": ("circle", ""), "delete": ("trash", "bad"), "restore": ("restore", "ok"),
    "purge": ("trash", "bad"), "action": ("bolt", ""), "import": ("upload", ""), "undo": ("restore", "ok"),
}  # fmt: skip
"""Picture and tone of each kind."""


def kinds() -> dict[str, str]:
    """What kinds of changes are called."""
    return {
        "create": _("created"),
        "change": _("changed"),
        "delete": _("deleted"),
        "restore": _("restored"),
        "purge": _("deleted for good"),
        "action": _("ran an action on"),
        "import": _("imported"),
        "undo": _("took back a change of"),
    }


def occasion(request: AdminRequest, entry: Change) -> Occasion:
    """``entry`` in words, with the addresses that lead on from it."""
    urls, view = request.urls, entry.view
    icon, tone = _WORDS.get(entry.kind, ("circle", ""))
    verb = kinds().get(entry.kind, _("changed"))
    if entry.kind == "action" and entry.action:
        verb = _("ran “{action}” on").format(action=entry.action)
    writes = view is not None and any(request.may(what, view) for what in ("change", "add", "delete"))
    local = localize(entry.at)
    ago, absolute = format_ago(entry.at), format_datetime(entry.at)
    return Occasion(
        id=str(entry.id),
        url=urls.change(entry.id),
        who=entry.person_name or _("Somebody"),
        initials=_initials(entry.person_name),
        verb=verb,
        kind=entry.kind,
        label=entry.label,
        list_label=view.name_plural if view is not None else "",
        list_url=urls.list(view) if view is not None else None,
        when=absolute if ago == format_date(local) else f"{ago}, {absolute}",
        moment=f"{local:%Y-%m-%d %H:%M:%S} {local.tzname() or ''}".rstrip(),
        machine=local.isoformat(),
        reason=entry.reason,
        undo_url=urls.change(entry.id, "undo") if writes and entry.undone is None else None,
        undone_url=urls.change(entry.undone) if entry.undone is not None else None,
        undoes_url=urls.change(entry.undoes) if entry.undoes is not None and view is not None else None,
        tone=tone,
        icon=icon,
    )


def undo_url(request: AdminRequest, needs: str = "change", view: View | None = None) -> str | None:
    """The plan of undoing what this request changes, for the message that follows it; None where no history is kept, or where
    the person may not do what undoing it ``needs``, in ``view`` or the list that the address names."""
    id = change_id(request.context) if request.may(needs, view) else None
    return request.urls.change(id, "undo") if id is not None else None


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper() or "?"
