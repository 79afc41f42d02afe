"""Where an import begins: the file is chosen; earlier ones stand below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from starlette.datastructures import UploadFile

from webadmin.errors import Forbidden, TooLarge
from webadmin.explain.finding import size
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.transfer.imports import store
from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.draft import Draft
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.guessing import guess, shown
from webadmin.transfer.imports.mapping import recall
from webadmin.transfer.imports.sniffing import sniff
from webadmin.transfer.imports.source import Refused
from webadmin.transfer.imports.store import Kept
from webadmin.views.exporting import import_url
from webadmin.views.importing.common import address, has_tables, limits_of, owner, see_own
from webadmin.views.people.facts import Moment, moment

FILE = "file"
_LOOKED_AT = 200
"""Rows of a file from which it is guessed what they are."""
_SHOWN = 3
"""Values of a column that are shown."""
_EARLIER = 10


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """An import of before."""

    url: str
    file_name: str
    text: str
    tone: str
    at: Moment
    undo_url: str | None


@dataclass(frozen=True, slots=True)
class StartPage:
    title: str
    list_title: str
    list_url: str
    action_url: str
    has_tables: bool
    limits_text: str
    error: str
    earlier: tuple[EarlierLine, ...]


def start(request: AdminRequest) -> Answer:
    """The page with the field for a file; POST keeps the file and goes on to its columns."""
    if import_url(request, request.view) is None:
        raise Forbidden(
            _("You may neither add nor change {rows}.").format(rows=request.view.name_plural.lower()),
            link="./",
        )
    if request.method != "POST" or not has_tables(request):
        return _page(request)
    file = request.form.get(FILE)
    if not isinstance(file, UploadFile) or not file.filename:
        return _page(request, _("Choose a file."), 422)
    try:
        draft = opened(request, file.file, sniff(file.file, file.filename))
    except Refused as error:
        return _page(request, error.message, error.status)
    except TooLarge as error:
        return _page(request, error.message, error.status)
    name = _plain_name(file.filename)
    id = store.add(request.session, request.view.key, owner(request), request.user, name, file.file, draft)
    return Redirect(address(request, id))


def opened(request: AdminRequest, file: BinaryIO, form: FileForm) -> Draft:
    """What is to be asked about ``file``: its columns, with guesses where they go. Raises Refused."""
    view = request.view
    source = open_source(file, form, limits_of(request, view))
    rows: Sequence[Any] = [values for batch in islice(source.batches(), 1) for _n, values in batch.rows]
    rows = rows[:_LOOKED_AT]
    guesses = guess(request.context, view, form, source.headings, rows)
    draft = Draft(
        file=form,
        headings=source.headings,
        samples=tuple(tuple(shown(value)[:80] for value in row) for row in rows[:_SHOWN]),
        targets=tuple(one.target for one in guesses if one.target is not None),
        guessed={place: one.why for place, one in enumerate(guesses) if one.why is not None},
        asks={place: one.asks for place, one in enumerate(guesses) if one.asks},
        sheets=getattr(source, "sheets", ()),
        zone=request.cookie.preferences.get("zone") or request.settings.time_zone,
    )
    return recall(request.context, view, draft)


def _plain_name(name: str) -> str:
    """The name without folders, which some browsers send along, and without what cannot be seen."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable()) or _("file")


def _page(request: AdminRequest, error: str = "", status: int = 200) -> Page:
    view = request.view
    there = has_tables(request)
    found = store.earlier(request.session, view.key, owner(request), _EARLIER) if there else []
    if any(kept.state == "done" for kept in found):
        see_own(request)
    limits = limits_of(request, view)
    text = _("CSV, Excel (.xlsx), JSON or JSON lines; at most {size} and {rows} rows.")
    page = StartPage(
        title=_("Import {rows}").format(rows=view.name_plural.lower()),
        list_title=view.name_plural,
        list_url=request.urls.list(view),
        action_url=address(request),
        has_tables=there,
        limits_text=text.format(size=size(limits.bytes / 1024), rows=format_count(limits.rows)),
        error=error,
        earlier=tuple(_line(request, kept) for kept in found),
    )
    return Page("import_start.html", page, status=status)


def _line(request: AdminRequest, kept: Kept) -> EarlierLine:
    outcome = kept.result.get("outcome", {})
    texts = {
        "new": (_("columns not chosen yet"), ""),
        "checking": (_("is being checked"), "info"),
        "ready": (_("checked, not imported"), "warn"),
        "running": (_("is being imported"), "info"),
        "failed": (_("failed"), "bad"),
        "done": (
            _("{new} added, {changed} changed").format(
                new=format_count(outcome.get("inserted", 0)), changed=format_count(outcome.get("updated", 0))
            ),
            "ok",
        ),
    }
    text, tone = texts[kept.state]
    undo = request.urls.change(kept.change_id, "undo") if kept.change_id is not None else None
    return EarlierLine(address(request, kept.id), kept.file_name, text, tone, moment(kept.created_at), undo)
