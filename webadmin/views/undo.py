"""Taking a change back: what that would do first, then the deed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.changes.record.decoding import RecordedRow
from webadmin.changes.record.entries import Change
from webadmin.changes.record.reading import History
from webadmin.changes.undo.doing import undo as apply_undo
from webadmin.changes.undo.plan import LOST, UndoPlan, plan_undo
from webadmin.changes.undo.standing import GONE, HIDDEN, MOVED, READY, THERE, USED
from webadmin.listing.lookup import Choice
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_count, ngettext
from webadmin.text import gettext as _
from webadmin.views.changeset import found_change, labels_of, name_of
from webadmin.views.differing import Differing, FieldChange, Side, is_kept_up
from webadmin.views.occasions import Occasion, occasion, undo_url
from webadmin.views.reason import Reason, ReasonField, reason_of

SHOWN = 20
"""Rows that are shown of those that simply go back."""
_MOST = 200
"""Rows that have moved on and can be chosen one by one."""


@dataclass(frozen=True, slots=True)
class MovedField:
    """A field of a row that has moved on."""

    name: str
    label: str
    recorded: Side
    """What the change had set."""
    now: Side
    back: Side
    """What it would be set to."""
    moved: bool
    """It is not what the change had set."""


@dataclass(frozen=True, slots=True)
class UndoRow:
    """A row that goes back, or would if it were chosen."""

    id: int
    """Of its record: what choosing it posts."""
    label: str
    list_label: str
    url: str | None
    word: str
    fields: tuple[FieldChange, ...]
    """From what it is to what it will be."""
    moved: tuple[MovedField, ...] = ()
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A row that stays as it is."""

    label: str
    url: str | None
    why: str


@dataclass(frozen=True, slots=True)
class UndoPage:
    """What taking a change back would do."""

    occasion: Occasion
    title: str
    change_url: str
    all_url: str
    action_url: str
    fingerprint: str
    ready: int
    rows: tuple[UndoRow, ...]
    moved: tuple[UndoRow, ...]
    moved_count: int
    left: tuple[LeftRow, ...]
    left_count: int
    stale: bool
    """The page that was confirmed showed something else."""
    reason: ReasonField | None
    button: str


def undo(request: AdminRequest) -> Answer:
    """The plan of taking a change back on GET, the deed on POST where the plan is still the same."""
    reading = History(request.context)
    entry = found_change(request, reading)
    plan = plan_undo(request.context, entry.id)
    view = entry.view or next((group.view for group in plan.groups if group.view is not None), None)
    reason = reason_of(request, view) if view is not None else Reason()
    chosen = [int(str(text)) for text in request.form.getlist("row") if _is_number(text)]
    if request.method != "POST":
        return Page("undo.html", _page(request, reading, entry, plan, reason))
    stale = request.posted("plan") != plan.fingerprint
    if stale or reason.error:
        page = _page(request, reading, entry, plan, reason, chosen=chosen, stale=stale)
        return Page("undo.html", page, status=409 if stale else 422)
    count = apply_undo(request.context, plan, chosen=chosen, reason=reason.text)
    text = ngettext("{count} row was set back.", "{count} rows were set back.", count)
    request.flash(
        text.format(count=format_count(count)), url=undo_url(request, view=view) or "", url_label=_("Undo")
    )
    return Redirect(request.urls.change(entry.id))


def _page(
    request: AdminRequest,
    reading: History,
    entry: Change,
    plan: UndoPlan,
    reason: Reason,
    *,
    chosen: Sequence[int] = (),
    stale: bool = False,
) -> UndoPage:
    states = {row.id: row.state for row in plan.left}
    first, _following = reading.rows(entry, limit=SHOWN + len(states))
    ready = [row for row in first if row.id not in states][:SHOWN]
    others = reading.these(entry, list(states))
    moved = [row for row in others if states[row.id] == MOVED][:_MOST]
    now = _now(reading, moved)
    same = {row.id for row in moved if _is_as_before(row, now.get(row.id))}
    moved = [row for row in moved if row.id not in same]
    more = [(row.view, now[row.id]) for row in moved if row.id in now]
    differing = Differing(request, [*ready, *others], more)
    labels = labels_of(reading, [*ready, *others])
    left = tuple(
        LeftRow(
            name_of(labels, row),
            _url(request, labels, row),
            _("It is as it was before already.") if row.id in same else _why(states[row.id]),
        )
        for row in others
        if states[row.id] != MOVED or row.id in same
    )
    # How many rows there are that somebody else changed and that are not for this person to see is not told either.
    partly = not entry.own and any(
        group.view is not None and reading.sight.is_checked(group.view) for group in plan.groups
    )
    told = occasion(request, entry)
    return UndoPage(
        occasion=told,
        title=_("Undo: {who} {verb} {what}").format(
            who=told.who, verb=told.verb, what=told.label or _("some rows")
        ),
        change_url=told.url,
        all_url=request.urls.page("changes"),
        action_url=request.urls.change(entry.id, "undo"),
        fingerprint=plan.fingerprint,
        ready=plan.ready,
        rows=tuple(_back(request, differing, labels, row) for row in ready) if plan.ready else (),
        moved=tuple(
            _moved(request, differing, labels, row, now[row.id], chosen) for row in moved if row.id in now
        ),
        moved_count=plan.counts[MOVED] - len(same),
        left=left,
        left_count=len(left) if partly else len(same) + _left_count(plan),
        stale=stale,
        reason=reason.field(),
        button=ngettext("Undo {count} row", "Undo {count} rows", plan.ready).format(
            count=format_count(plan.ready)
        )
        if plan.ready
        else _("Undo the chosen rows"),
    )


def _back(
    request: AdminRequest, differing: Differing, labels: Mapping[tuple[str, str], Choice], row: RecordedRow
) -> UndoRow:
    """A row that stands as the change left it: what it is now is what the change made of it."""
    words = {"insert": _("is deleted"), "update": _("is set back"), "delete": _("comes back")}
    fields: tuple[FieldChange, ...] = ()
    if row.kind == "update":
        fields = tuple(
            differing.field(row, field.name, row.after.get(field.name), row.before.get(field.name))
            if not field.untold
            else field
            for field in differing.fields(row)
        )
    return UndoRow(
        row.id, name_of(labels, row), row.view.name, _url(request, labels, row), words[row.kind], fields
    )


def _moved(
    request: AdminRequest,
    differing: Differing,
    labels: Mapping[tuple[str, str], Choice],
    row: RecordedRow,
    now: Mapping[str, Any],
    chosen: Sequence[int],
) -> UndoRow:
    fields = tuple(
        MovedField(
            field.name,
            field.label,
            recorded=differing.plain(row, field.name, row.after.get(field.name)),
            now=differing.plain(row, field.name, now.get(field.name)),
            back=differing.plain(row, field.name, row.before.get(field.name)),
            moved=now.get(field.name) != row.after.get(field.name),
        )
        for field in differing.fields(row)
        if not field.untold
    )
    word = _("would be deleted") if row.kind == "insert" else _("would be set back")
    return UndoRow(
        row.id,
        name_of(labels, row),
        row.view.name,
        _url(request, labels, row),
        word,
        (),
        fields,
        row.id in chosen,
    )


def _now(reading: History, rows: Sequence[RecordedRow]) -> dict[int, dict[str, Any]]:
    """The values that the rows of records have now, of the columns that the records speak of."""
    wanted: dict[str, list[RecordedRow]] = {}
    for row in rows:
        wanted.setdefault(row.view.key, []).append(row)
    found: dict[int, dict[str, Any]] = {}
    for some in wanted.values():
        names = {name for row in some for name in row.names if name in row.view.info.columns}
        now = reading.sight.values(some[0].view, [row.key for row in some], sorted(names))
        found |= {row.id: now[row.id_text] for row in some if row.id_text in now}
    return found


def _is_as_before(row: RecordedRow, now: Mapping[str, Any] | None) -> bool:
    """Whether somebody has set a row back already, as far as everything of it can be seen here."""
    if now is None or row.kind != "update" or row.more or row.untold:
        return False
    return all(now.get(name) == row.before.get(name) for name in row.names if not is_kept_up(row.view, name))


def _url(request: AdminRequest, labels: Mapping[tuple[str, str], Choice], row: RecordedRow) -> str | None:
    choice = labels.get((row.view.key, row.id_text))
    if choice is None or not row.view.options.can_view_details:
        return None
    return request.urls.row(row.view, row.segment)


def _left_count(plan: UndoPlan) -> int:
    return sum(count for state, count in plan.counts.items() if state not in (READY, MOVED))


def _why(state: str) -> str:
    return {
        GONE: _("It has been deleted since."),
        THERE: _("There is a row with its key again."),
        USED: _("Other rows lead to it by now."),
        HIDDEN: _("It is not for you to see any more."),
        LOST: _("Its record is not complete."),
    }.get(state, "")


def _is_number(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19
