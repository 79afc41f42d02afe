"""Create and change one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from webadmin.changes.children import save_with_children
from webadmin.changes.conflicts import Merge, kept_from_others, merge_of
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.record import describe
from webadmin.forms.controls import FormSummaryItem, summary
from webadmin.forms.inlines import InlineTable
from webadmin.forms.row_form import RowForm
from webadmin.forms.sections import FormTab, tabs
from webadmin.forms.tables import check_forms, tables_of
from webadmin.listing.scope import one
from webadmin.options.causes import caused_by
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views.back import FIELD, came_from, carried, list_url
from webadmin.views.copying import as_new, may_copy
from webadmin.views.dialog import add_in_dialog, in_dialog
from webadmin.views.gone import row_to_save
from webadmin.views.inlines import DO, InlinePage, inline_pages, inline_summary
from webadmin.views.occasions import undo_url
from webadmin.views.reason import FIELD as REASON
from webadmin.views.reason import ReasonField, reason_of


@dataclass(frozen=True, slots=True)
class FormPage:
    key: str
    list_title: str
    list_url: str
    title: str
    """The page's h1."""
    creating: bool
    id: str
    row_url: str | None
    """The detail page of the row, when it exists."""
    row_label: str
    """What the row is called; empty for a new one."""
    action_url: str
    """Where the form posts to."""
    tabs: tuple[FormTab, ...]
    summary: tuple[FormSummaryItem, ...]
    delete_url: str | None
    multipart: bool
    """It sends files."""
    copies: bool
    """It can be saved as a new row."""
    cancel_url: str
    hidden: tuple[tuple[str, str], ...] = ()
    reason: ReasonField | None = None
    history_url: str | None = None
    inlines: tuple[InlinePage, ...] = ()
    """The tables of related rows."""
    merge: Merge | None = None
    """What others changed since the form was opened."""


@caused_by("form_columns", label=lambda: _("For the form"))
def add(request: AdminRequest) -> Answer:
    """An empty form, prefilled from the query string; the new row on POST."""
    if in_dialog(request):
        return add_in_dialog(request)
    if request.method == "POST":
        return _save(request, None)
    return _page(request, RowForm(request.context, request.view, None, initial=dict(request.query)), None)


@caused_by("form_columns", label=lambda: _("For the form"))
def change(request: AdminRequest) -> Answer:
    """The row's form; the changed row on POST."""
    if request.method != "POST":
        row = one(request.context, request.view, request.key, deleted="show")
        return _page(request, RowForm(request.context, request.view, row), row)
    if request.posted("_then") == "new":
        one(request.context, request.view, request.key, deleted="show")
        return _save(as_new(request), None)
    found = row_to_save(request)
    return found if isinstance(found, Page) else _save(request, found)


def _save(request: AdminRequest, row: Any) -> Answer:
    view = request.view
    asked, _mark, changed_field = request.posted(DO).partition(":")
    form = RowForm(
        request.context,
        view,
        row,
        formdata=request.form,
        key=request.secret,
        changed=changed_field if asked == "changed" else "",
    )
    tables = tables_of(form, formdata=request.form, key=request.secret)
    if request.posted(DO):
        return _page(request, form, row, tables)
    valid, reason = check_forms(form, tables), reason_of(request, view)
    changed = row is None or (valid and (bool(form.changes()) or any(table.changed for table in tables)))
    if not valid or (changed and reason.error):
        return _page(request, form, row, tables, status=422)
    try:
        saved = save_with_children(form, tables)
    except SaveRefused as refused:
        if not refused.conflict:  # which the page asks about itself
            form.refuse(refused.errors)
        return _page(request, form, row, tables, status=refused.status)
    if kept := kept_from_others(form):
        text = _("Changed by somebody else meanwhile, and kept: {fields}.")
        request.flash(text.format(fields=", ".join(kept)), "info")
    return _after(request, view, saved, created=row is None, changed=changed)


def _after(request: AdminRequest, view: View, row: Any, *, created: bool, changed: bool) -> Redirect:
    id = view.id_of(row)
    label = view.row_label(row)
    url = request.urls.row(view, id)
    reason = reason_of(request, view).text
    describe(request.context, "create" if created else "change", view, label=label, reason=reason)
    if created:
        text = _("{what} was created.")
    else:
        text = _("{what} was saved.") if changed else _("Nothing was changed in {what}.")
    then = request.posted("_then")
    undo = undo_url(request) if changed and not created else None
    tone = "ok" if changed else "info"
    request.flash(text.format(what=label), tone, url=undo or url, url_label=_("Undo") if undo else _("Open"))
    if then == "edit" or (then == "new" and view.options.save_as_continue and request.may("change")):
        return Redirect(carried(request, view, request.urls.row(view, id, "change")))
    if then == "add" and request.may("add"):
        return Redirect(carried(request, view, request.urls.below(view, "add")))
    if then in {"list", "new"} or not view.options.can_view_details:
        return Redirect(list_url(request, view))
    return Redirect(url)


def _page(
    request: AdminRequest,
    form: RowForm,
    row: Any,
    tables: Sequence[InlineTable] | None = None,
    *,
    status: int = 200,
) -> Page:
    view, urls = request.view, request.urls
    inlines = inline_pages(request, tables_of(form) if tables is None else tables)
    creating = row is None
    id = "" if creating else view.id_of(row)
    row_url = None if creating or not view.options.can_view_details else urls.row(view, id)
    label = "" if creating else view.row_label(row)
    reason = reason_of(request, view).field(told=status == 422)
    shown = tabs(form, urls)
    missing = [FormSummaryItem(f"f-{REASON}", _("Reason"), reason.error)] if reason and reason.error else []
    title = (
        _("New {what}").format(what=view.name.lower()) if creating else _("Edit {what}").format(what=label)
    )
    return Page(
        "form.html",
        FormPage(
            key=view.key,
            list_title=view.name_plural,
            list_url=list_url(request, view),
            title=title,
            creating=creating,
            id=unquote(id),
            row_url=row_url,
            row_label=label,
            action_url=urls.below(view, "add") if creating else urls.row(view, id, "change"),
            tabs=shown,
            multipart=any(
                one.kind == "file" for tab in shown for part in tab.sections for one in part.controls
            )
            or any(table.has_files for table in inlines),
            summary=(*summary(form), *inline_summary(inlines), *missing),
            delete_url=urls.row(view, id, "delete") if not creating and request.may("delete") else None,
            copies=not creating and may_copy(request),
            cancel_url=came_from(request, view) or row_url or urls.list(view),
            hidden=(*form.hidden(request.secret), (FIELD, came_from(request, view) or "")),
            reason=reason,
            history_url=None if creating else urls.row(view, id, "history"),
            inlines=inlines,
            merge=merge_of(form),
        ),
        status=status,
    )
