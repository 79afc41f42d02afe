"""The timeline of one row: who changed what, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from webadmin.changes.record.entries import Moment
from webadmin.changes.record.reading import History
from webadmin.database import identity
from webadmin.errors import BadRequest, NotFound
from webadmin.listing.lookup import rows_by_id
from webadmin.options.causes import caused_by
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import gettext as _
from webadmin.text import ngettext
from webadmin.views.back import list_url
from webadmin.views.changeset import name_of
from webadmin.views.differing import Differing, FieldChange
from webadmin.views.occasions import Occasion, occasion

AT_ONCE = 20
"""Changes on a page."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """What one change did to the row."""

    occasion: Occasion
    title: str
    """Who did what: “Ana Ruiz changed status”."""
    short: str
    """The fields in a few words."""
    made: bool
    """The row came into being: there is nothing before."""
    gone: bool
    fields: tuple[FieldChange, ...]
    untold: bool
    """More has changed than this person may see."""
    whole_url: str | None
    """The whole change, where it concerns more rows."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    key: str
    list_title: str
    list_url: str
    id: str
    label: str
    row_url: str | None
    """The page of the row, while there is one."""
    there: bool
    """The person can open the row."""
    kept: bool
    """There is a history at all."""
    entries: tuple[TimelineEntry, ...]
    first_url: str | None
    """The newest changes, from a later page."""
    older_url: str | None


@caused_by(label=lambda: _("Changes of the row"))
def history(request: AdminRequest) -> Answer:
    """What happened to a row, the newest first; also to one that is gone, where everybody sees every row."""
    view, key = request.view, request.key
    id = identity.segment(key)
    found = rows_by_id(request.context, view, [unquote(id)])
    kept, before = request.has_history, _before(request)
    entries: tuple[TimelineEntry, ...] = ()
    moments: list[Moment] = []
    older: int | None = None
    if kept:
        reading = History(request.context)
        moments, older = reading.timeline(view, key, there=bool(found), before=before, limit=AT_ONCE)
        entries = _entries(request, moments)
    if not found and not entries:
        raise NotFound(_("There is no such row."))
    here = request.urls.row(view, id, "history")
    shown = bool(found) and view.options.can_view_details
    return Page(
        "history.html",
        HistoryPage(
            key=view.key,
            list_title=view.name_plural,
            list_url=list_url(request, view),
            id=unquote(id),
            label=found[0].label if found else _label(view, id, moments),
            row_url=request.urls.row(view, id) if shown else None,
            there=bool(found),
            kept=kept,
            entries=entries,
            first_url=here if before is not None else None,
            older_url=f"{here}?{urlencode({'before': older})}" if older is not None else None,
        ),
    )


def _label(view: View, id: str, moments: Sequence[Moment]) -> str:
    """What a row that is gone was called, as far as the newest of its records tells."""
    whole = [row for moment in moments for row in moment.rows if row.kind != "update"]
    return name_of({}, whole[0]) if whole else f"{view.name} {unquote(id)}"


def _before(request: AdminRequest) -> int | None:
    given = request.value("before")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        message = _("This is no place in a history. Open it from its beginning.")
        raise BadRequest(message, link="./")
    return int(given)


def _entries(request: AdminRequest, moments: Sequence[Moment]) -> tuple[TimelineEntry, ...]:
    differing = Differing(request, [row for moment in moments for row in moment.rows])
    return tuple(_entry(request, differing, moment) for moment in moments)


def _entry(request: AdminRequest, differing: Differing, moment: Moment) -> TimelineEntry:
    entry, rows = moment.change, moment.rows
    told = occasion(request, entry)
    fields = tuple(field for row in reversed(rows) for field in differing.fields(row))
    kinds = {row.kind for row in rows}
    made, gone = "insert" in kinds, "delete" in kinds
    names = ", ".join(field.label for field in fields[:_NAMED])
    if len(fields) > _NAMED:
        names += " " + ngettext("and {count} more", "and {count} more", len(fields) - _NAMED).format(
            count=len(fields) - _NAMED
        )
    if made or gone:
        title = _("{who} created it") if made else _("{who} deleted it for good")
        short = _("created") if made else _("deleted for good")
    elif entry.kind in ("delete", "restore"):
        title = _("{who} deleted it") if entry.kind == "delete" else _("{who} restored it")
        short = _("deleted") if entry.kind == "delete" else _("restored")
    elif len(fields) == 1:
        title, short = _("{who} changed {field}").format(who="{who}", field=fields[0].label.lower()), names
    else:
        title = ngettext("{who} changed {count} field", "{who} changed {count} fields", len(fields)).format(
            who="{who}", count=len(fields)
        )
        short = names
    return TimelineEntry(
        occasion=told,
        title=title.replace("{who}", told.who),
        short=short,
        made=made,
        gone=gone,
        fields=fields,
        untold=any(row.more for row in rows),
        whole_url=told.url if entry.row_count > len(rows) else None,
    )
