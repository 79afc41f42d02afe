"""One change: the rows that it concerned, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm.attributes import set_committed_value

from webadmin.changes.record.decoding import RecordedRow
from webadmin.changes.record.entries import Change
from webadmin.changes.record.reading import History
from webadmin.errors import BadRequest, NotFound
from webadmin.listing.lookup import Choice
from webadmin.options.unloaded import NotLoaded
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.views.differing import Differing, FieldChange
from webadmin.views.occasions import Occasion, occasion

AT_ONCE = 50
"""Rows on a page."""
_IN_FULL = 3
"""Rows that are shown as tables of their fields; of more, each is a line or two."""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row of the change, with what became of it."""

    label: str
    list_label: str
    url: str | None
    """The row's page, while it is there."""
    history_url: str
    kind: str
    """insert, update or delete."""
    word: str
    fields: tuple[FieldChange, ...]
    untold: bool
    """More has changed than this person may see."""
    deleted: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a list were changed in one way."""

    label: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangesetPage:
    """One change with some of its rows."""

    occasion: Occasion
    title: str
    counts: tuple[Counted, ...]
    rows: tuple[ChangedRow, ...]
    in_full: bool
    request_id: str
    address: str
    """Where the request came from, where that is for this person to know."""
    all_url: str
    """All changes."""
    first_url: str | None
    next_url: str | None


def changeset(request: AdminRequest) -> Answer:
    """A change with its rows, ``AT_ONCE`` on a page; ``after`` goes on."""
    reading = History(request.context)
    entry = found_change(request, reading)
    after = _after(request)
    rows, following = reading.rows(entry, after=after, limit=AT_ONCE)
    told = occasion(request, entry)
    differing = Differing(request, rows)
    labels = labels_of(reading, rows)
    return Page(
        "changeset.html",
        ChangesetPage(
            occasion=told,
            title=f"{told.who} {told.verb} {told.label or _('some rows')}",
            counts=_counts(request, reading, entry),
            rows=tuple(_row(request, differing, labels, row) for row in rows),
            in_full=len(rows) <= _IN_FULL and after is None,
            request_id=entry.request_id,
            address=entry.address if entry.own or "*" in request.user.grants else "",
            all_url=request.urls.page("changes"),
            first_url=told.url if after is not None else None,
            next_url=f"{told.url}?after={following}" if following is not None else None,
        ),
    )


def found_change(request: AdminRequest, reading: History) -> Change:
    """The change that the address names. Raises NotFound where there is none for this person."""
    try:
        id = UUID(request.params["id"])
    except ValueError:
        raise NotFound(_("There is no such change, or it is not for you to see.")) from None
    if not request.has_history:
        raise NotFound(_("No history is kept: webadmin's own tables are missing in this database."))
    return reading.change(id)


def labels_of(reading: History, rows: Sequence[RecordedRow]) -> dict[tuple[str, str], Choice]:
    """What those of the rows are called that are there and that the person may see, by list and key."""
    keys: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        keys.setdefault(row.view.key, []).append(row.key)
    return {
        (key, id): choice
        for key, some in keys.items()
        for id, choice in reading.sight.rows(reading.sight.lists[key], some).items()
    }


def name_of(labels: Mapping[tuple[str, str], Choice], row: RecordedRow) -> str:
    """What a row is called, or was."""
    choice = labels.get((row.view.key, row.id_text))
    if choice is not None:
        return choice.label
    past = row.view.info.mapper.class_manager.new_instance()
    for name, value in (row.before or row.after).items():
        set_committed_value(past, name, value)
    for column, part in zip(row.view.info.key, row.key, strict=True):
        set_committed_value(past, column.name, part)
    try:
        return row.view.row_label(past)
    except NotLoaded:
        return f"{row.view.name} {row.id_text}"


def _row(
    request: AdminRequest, differing: Differing, labels: dict[tuple[str, str], Choice], row: RecordedRow
) -> ChangedRow:
    view, choice = row.view, labels.get((row.view.key, row.id_text))
    words = {"insert": _("created"), "update": _("changed"), "delete": _("deleted for good")}
    id = row.segment
    shown = choice is not None and view.options.can_view_details
    return ChangedRow(
        label=name_of(labels, row),
        list_label=view.name,
        url=request.urls.row(view, id) if shown else None,
        history_url=request.urls.row(view, id, "history"),
        kind=row.kind,
        word=words[row.kind],
        fields=differing.fields(row),
        untold=row.more,
        deleted=choice is not None and choice.deleted,
    )


def _counts(request: AdminRequest, reading: History, entry: Change) -> tuple[Counted, ...]:
    words = {
        "insert": _("{count} created"),
        "update": _("{count} changed"),
        "delete": _("{count} deleted for good"),
    }
    found = []
    for (key, kind), count in reading.counts(entry).items():
        view = reading.sight.lists[key]
        text = words[kind].format(count=format_count(count))
        found.append(Counted(view.name_plural, request.urls.list(view), text))
    return tuple(found)


def _after(request: AdminRequest) -> int | None:
    given = request.value("after")
    if given and not (given.isascii() and given.isdigit() and len(given) < 19):
        raise BadRequest(_("This is no place in a change. Open it from its beginning."))
    return int(given) if given else None
