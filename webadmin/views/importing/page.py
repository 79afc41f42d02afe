"""One import: its page follows what it is at, from the columns of its file to its result."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from webadmin.errors import BadRequest, Conflict, Forbidden, Unprocessable, WebadminError
from webadmin.explain.finding import size
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_count, ngettext
from webadmin.text import gettext as _
from webadmin.transfer.imports import store
from webadmin.transfer.imports.decoding import ENCODINGS
from webadmin.transfer.imports.draft import Draft
from webadmin.transfer.imports.mapping import remember
from webadmin.transfer.imports.store import Kept
from webadmin.views.importing.chosen import Unclear, checked, posted
from webadmin.views.importing.columns import ColumnsPart, columns_part
from webadmin.views.importing.common import address, check_rights, found_import, see_own, submit
from webadmin.views.importing.outcome import ResultPart, WorkingPart, result_part, working_part
from webadmin.views.importing.preview import PreviewPart, preview_part
from webadmin.views.importing.start import opened
from webadmin.views.reason import ReasonField, reason_of

_AT = {"new": 1, "checking": 2, "ready": 2, "running": 3, "done": 4, "failed": 1}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps."""

    label: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class ImportPage:
    title: str
    list_title: str
    list_url: str
    start_url: str
    action_url: str
    state: str
    file_name: str
    size_text: str
    steps: tuple[Step, ...]
    message: str
    tone: str
    columns: ColumnsPart | None = None
    working: WorkingPart | None = None
    preview: PreviewPart | None = None
    result: ResultPart | None = None
    reason: ReasonField | None = None


def page(request: AdminRequest) -> Answer:
    """The page of an import; POST does what the form's ``do`` says, where its state allows that."""
    kept = found_import(request)
    if request.method != "POST":
        return _shown(request, kept)
    does = {
        "read": _read,
        "check": _check,
        "columns": _columns,
        "apply": _apply,
        "again": _again,
        "remove": _remove,
    }.get(request.posted("do"))
    if does is None:
        raise BadRequest(_("Nothing was done: this form says not what."))
    return does(request, kept)


def stop(request: AdminRequest) -> Answer:
    """Have whoever works on the import give it up; nothing of it is kept."""
    kept = found_import(request)
    live = request.desk.find(kept.id)
    if live is not None:
        live.stop.now()
    else:
        request.afterwards.append(partial(request.desk.tell_others, kept.id))
    return Redirect(address(request, kept.id))


# -- what a form does --------------------------------------------------------------------------------------


def _read(request: AdminRequest, kept: Kept) -> Answer:
    """Read the file in another way."""
    form = kept.draft.file
    form = replace(
        form,
        delimiter=request.posted("delimiter", form.delimiter),
        encoding=request.posted("encoding", form.encoding),
        sheet=request.posted("sheet", form.sheet),
    )
    if len(form.delimiter) != 1 or form.encoding not in ENCODINGS:
        raise BadRequest(_("The file cannot be read like this."))
    with tempfile.TemporaryFile(prefix="webadmin-") as file:
        store.fetch(request.session, kept.id, file)
        try:
            draft = opened(request, file, form)
        except WebadminError as error:
            return _shown(request, kept, error)
    return _saved(request, kept, draft, "new", "failed")


def _check(request: AdminRequest, kept: Kept) -> Answer:
    """Take the columns as they are chosen, and see what would happen."""
    draft = kept.draft
    try:
        draft = posted(request, draft)
        draft = replace(draft, guessed=_still(draft, kept.draft))
        checked(request, draft)
    except (Unprocessable, Forbidden) as error:
        return _shown(request, replace(kept, draft=draft), error)
    remember(request.session, request.view, draft, kept.draft)
    if not store.submitted(
        request.session, kept.id, "checking", when=("new", "failed", "ready"), draft=draft, user=request.user
    ):
        raise _moved(kept)
    submit(request, kept.id)
    return Redirect(address(request, kept.id))


def _still(draft: Draft, before: Draft) -> dict[int, str]:
    """What is still as it was guessed."""
    return {
        place: why for place, why in before.guessed.items() if draft.target(place) == before.target(place)
    }


def _columns(request: AdminRequest, kept: Kept) -> Answer:
    """Go back to the columns."""
    return _saved(request, kept, kept.draft, "ready", "failed")


def _saved(request: AdminRequest, kept: Kept, draft: Draft, *when: Any) -> Answer:
    if not store.save(request.session, kept.id, when=when, state="new", message="", draft=draft):
        raise _moved(kept)
    return Redirect(address(request, kept.id))


def _apply(request: AdminRequest, kept: Kept) -> Answer:
    """Write what the check has shown."""
    check_rights(request, request.view, kept.draft)
    reason = reason_of(request, request.view)
    if kept.state != "ready" or request.posted("fingerprint") != kept.fingerprint:
        raise _moved(kept)
    skip = request.posted("failed") == "skip"
    if reason.error:
        return _shown(request, kept, Unprocessable(reason.error))
    if kept.result["preview"]["failed"] and not skip:
        message = _("Say that rows with problems are to be left out, or put the file right.")
        return _shown(request, kept, Unclear({"failed": message}))
    draft = replace(kept.draft, reason=reason.text)
    values = {"draft": draft, "user": request.user, "skip_failed": skip}
    if not store.submitted(request.session, kept.id, "running", when=("ready",), **values):
        raise _moved(kept)
    submit(request, kept.id)
    return Redirect(address(request, kept.id))


def _again(request: AdminRequest, kept: Kept) -> Answer:
    """Have it done by another worker, where the one before is gone."""
    if not kept.abandoned or not store.submitted(
        request.session, kept.id, kept.state, when=(kept.state,), user=request.user
    ):
        raise _moved(kept)
    submit(request, kept.id)
    return Redirect(address(request, kept.id))


def _remove(request: AdminRequest, kept: Kept) -> Answer:
    """Take the file away."""
    if kept.working:
        raise _moved(kept)
    store.remove(request.session, kept.id)
    request.flash(_("{file} is taken away.").format(file=kept.file_name))
    return Redirect(address(request))


def _moved(kept: Kept) -> Conflict:
    return Conflict(
        _("This import is not where this page shows it any more. Open it again: nothing was done."),
        title=_("It has gone on meanwhile"),
        link=f"./import/{kept.id}/",
        link_label=_("Open it"),
    )


# -- what is shown -----------------------------------------------------------------------------------------


def _shown(request: AdminRequest, kept: Kept, error: WebadminError | None = None) -> Page:
    if request.htmx and not kept.working:
        # What was asked for is how far it is; it is there.
        return Page(
            "import.html",
            _base(request, kept),
            block="working",
            headers={"HX-Redirect": address(request, kept.id)},
        )
    content = _base(request, kept)
    message = error.message if error is not None else "" if kept.working else kept.message
    wrong = error.fields if isinstance(error, Unclear) else {}
    message = message if not wrong else ""  # the fields say it
    content = replace(content, message=message, tone="bad" if error or kept.state == "failed" else "warn")
    if kept.working:
        content = replace(content, working=working_part(request, kept))
    elif kept.state == "ready":
        reason = reason_of(request, request.view).field(told=error is not None)
        preview = preview_part(request, kept, wrong.get("failed", ""))
        content = replace(content, preview=preview, reason=reason)
    elif kept.state == "done":
        content = replace(content, result=result_part(request, kept))
        see_own(request)
    else:
        content = replace(content, columns=columns_part(request, kept.draft, wrong))
    return Page(
        "import.html",
        content,
        status=error.status if error is not None else 200,
        block="working" if request.htmx else None,
    )


def _base(request: AdminRequest, kept: Kept) -> ImportPage:
    view, at = request.view, _AT[kept.state]
    labels = (_("File"), _("Columns"), _("Check"), _("Import"))
    rows = kept.result.get("preview", {}).get("total")
    text = size(max(1, kept.byte_count / 1024))  # a small file has a size too
    if rows is not None:
        text = ngettext("{count} row, {size}", "{count} rows, {size}", rows).format(
            count=format_count(rows), size=text
        )
    return ImportPage(
        title=_("Import {rows}").format(rows=view.name_plural.lower()),
        list_title=view.name_plural,
        list_url=request.urls.list(view),
        start_url=address(request),
        action_url=address(request, kept.id),
        state=kept.state,
        file_name=kept.file_name,
        size_text=text,
        steps=tuple(Step(label, place < at, place == at) for place, label in enumerate(labels)),
        message="",
        tone="",
    )
