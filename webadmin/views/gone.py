"""A row that was deleted while somebody edited it: nothing typed is lost, and there is a way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from webadmin.changes.apply import restore
from webadmin.database import identity
from webadmin.errors import Conflict, NotFound, Unprocessable
from webadmin.forms import snapshot
from webadmin.forms.compared import Typed, typed_fields
from webadmin.forms.row_form import RowForm, purpose
from webadmin.forms.snapshot import Snapshot
from webadmin.listing.scope import one
from webadmin.request import AdminRequest, Page
from webadmin.text import gettext as _
from webadmin.views.back import list_url

RESTORE = "_restore"
"""The name of the button that restores the row before saving it."""


@dataclass(frozen=True, slots=True)
class GonePage:
    key: str
    list_title: str
    list_url: str
    title: str
    message: str
    problem: str
    """Why the row could not be restored, when that was tried."""
    typed: tuple[Typed, ...]
    hidden: tuple[tuple[str, str], ...]
    """All that was sent, to be sent again."""
    action_url: str
    """Where the row's form posts to."""
    may_restore: bool
    add_url: str | None
    """Where a new row with the same values is posted to."""
    row_url: str | None
    """The page of the row, when it can still be looked at."""


def row_to_save(request: AdminRequest, *, action_url: str = "") -> Any:
    """The row that a form was sent for, locked; the page to show instead when it was deleted since the form was opened.

    A deleted one is restored first where the person asks for it and may. Raises NotFound for a row that the person was
    never shown.

    :param action_url: where a part of the row's form posts to; by default where the whole of it does.
    """
    view = request.view
    shown = _shown(request)
    try:
        row = one(request.context, view, request.key, deleted="show", lock=True)
    except NotFound:
        if shown is None:
            raise
        return _page(request, shown, None, action_url)
    if shown is None or shown.deleted or not view.is_deleted(row):
        return row
    if request.posted(RESTORE) and request.may("restore"):
        try:
            restore(request.context, view, [row])
        except (Conflict, Unprocessable) as error:
            return _page(request, shown, row, action_url, error.message)
        request.flash(_("{what} was restored.").format(what=view.row_label(row)))
        return row
    return _page(request, shown, row, action_url)


def _shown(request: AdminRequest) -> Snapshot | None:
    id = identity.segment(request.key)
    token = request.posted(snapshot.FIELD)
    return snapshot.unseal(token, request.secret, purpose(request.context, request.view, id))


def _page(request: AdminRequest, shown: Snapshot, row: Any, action_url: str, problem: str = "") -> Page:
    view, urls = request.view, request.urls
    id = identity.segment(request.key)
    columns = tuple(name for name in view.form_columns if name in shown.base) if action_url else None
    form = RowForm(request.context, view, None, formdata=request.form, columns=columns)
    what = view.row_label(row) if row is not None else f"{view.name} {unquote(id)}"
    message = (
        _("Somebody has deleted it while you were editing. It can be restored.")
        if row is not None
        else _("Somebody has deleted it while you were editing, or it is not for you to see any more.")
    )
    typed = typed_fields(form, shown)
    secret = set(form.wtform._fields) - {field.name for field in typed}
    return Page(
        "conflict.html",
        GonePage(
            key=view.key,
            list_title=view.name_plural,
            list_url=list_url(request, view),
            title=_("{what} is deleted").format(what=what),
            message=message,
            problem=problem,
            typed=typed,
            hidden=tuple(
                (name, value)
                for name, value in request.form.multi_items()
                if isinstance(value, str) and name not in {"csrf_token", RESTORE, *secret}
            ),
            action_url=action_url or urls.row(view, id, "change"),
            may_restore=row is not None and request.may("restore"),
            add_url=urls.below(view, "add") if request.may("add") and not action_url else None,
            row_url=urls.row(view, id) if row is not None and view.options.can_view_details else None,
        ),
        block="gone" if request.htmx else None,
        status=409,
    )
