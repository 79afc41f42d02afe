"""One cell of a list, edited where it stands; without scripts a small form of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from webadmin.changes.conflicts import Merge, merge_of
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.record import describe
from webadmin.changes.save import save
from webadmin.database import identity
from webadmin.errors import NotFound
from webadmin.forms.controls import FormControl, FormSummaryItem, controls, summary
from webadmin.forms.row_form import RowForm
from webadmin.listing.scope import one
from webadmin.listing.sealed import forget_hidden, sealed
from webadmin.options.view import ShownColumn
from webadmin.rendering.cells import Cell
from webadmin.rendering.values import Cells
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views.back import FIELD, came_from, list_url
from webadmin.views.gone import row_to_save
from webadmin.views.reason import FIELD as REASON
from webadmin.views.reason import ReasonField, reason_of


@dataclass(frozen=True, slots=True)
class CellPage:
    """The form of one cell."""

    key: str
    list_title: str
    list_url: str
    title: str
    """The page's h1."""
    label: str
    """What the cell is called: its column and its row."""
    field: str
    action_url: str
    row_url: str | None
    row_label: str
    change_url: str
    """The form of the whole row."""
    control: FormControl
    summary: tuple[FormSummaryItem, ...]
    """Messages that stand at no field of this form."""
    merge: Merge | None
    reason: ReasonField | None
    hidden: tuple[tuple[str, str], ...]
    in_list: bool
    """It stands in the cell itself."""


@dataclass(frozen=True, slots=True)
class CellValuePage:
    """What stands in the cell once it is saved."""

    cell: Cell
    edit_url: str
    label: str


def cell(request: AdminRequest) -> Answer:
    """The form of a cell on GET; on POST the changed cell, or the list where the browser runs no scripts."""
    view, field = request.view, request.params["field"]
    if field not in view.editable:
        raise NotFound(_("This column cannot be edited in the list."))
    if request.method != "POST":
        row = one(request.context, view, request.key, deleted="hide")
        return _page(request, RowForm(request.context, view, row, columns=(field,)), row)
    row = row_to_save(request, action_url=request.urls.cell(view, identity.segment(request.key), field))
    return row if isinstance(row, Page) else _save(request, row)


def _save(request: AdminRequest, row: Any) -> Answer:
    view, field = request.view, request.params["field"]
    form = RowForm(request.context, view, row, formdata=request.form, key=request.secret, columns=(field,))
    valid, reason = form.validate(), reason_of(request, view)
    if not valid or (form.changes() and reason.error):
        return _page(request, form, row, status=422)
    changed = bool(form.changes())
    try:
        row = save(form)
    except SaveRefused as refused:
        if not refused.conflict:
            form.refuse(refused.errors)
        return _page(request, form, row, status=refused.status)
    describe(request.context, "change", view, label=view.row_label(row), reason=reason.text)
    if request.htmx:
        return _value(request, row)
    text = _("{what} was saved.") if changed else _("Nothing was changed in {what}.")
    request.flash(text.format(what=view.row_label(row)), "ok" if changed else "info")
    return Redirect(list_url(request, view))


def _column(request: AdminRequest) -> ShownColumn:
    return request.view.all_columns[request.params["field"]]


def _value(request: AdminRequest, row: Any) -> Page:
    view, column = request.view, _column(request)
    forget_hidden(request.context)
    with sealed(request.session, [row]):
        shown = Cells(request.context, view, request.urls).maker(column)(row, {})
    if view.list_columns and column.name == view.list_columns[0].name and view.options.can_view_details:
        shown = shown.linked(request.urls.row(view, view.id_of(row)))
    url = request.urls.cell(view, view.id_of(row), column.name)
    return Page(
        "cell_value.html", CellValuePage(shown, url, _label(column, view.row_label(row))), fragment=True
    )


def _label(column: ShownColumn, row_label: str) -> str:
    return _("{column} of {row}").format(column=column.label, row=row_label)


def _page(request: AdminRequest, form: RowForm, row: Any, *, status: int = 200) -> Page:
    view, urls, column = request.view, request.urls, _column(request)
    id, row_label = view.id_of(row), view.row_label(row)
    (control,) = controls(form, urls)
    item_id, control = control.id, replace(control, id=f"c-{column.name}-{id}")  # several may be open at once
    reason = reason_of(request, view).field(told=status == 422)
    if reason is not None and not reason.required:
        reason = None  # a cell asks for no more than it must
    elsewhere = tuple(item for item in summary(form) if item.field_id != item_id)
    if reason and reason.error:
        elsewhere = (*elsewhere, FormSummaryItem(f"f-{REASON}", _("Reason"), reason.error))
    label = _label(column, row_label)
    return Page(
        "cell.html",
        CellPage(
            key=view.key,
            list_title=view.name_plural,
            list_url=list_url(request, view),
            title=_("Edit {what}").format(what=label),
            label=label,
            field=column.name,
            action_url=urls.cell(view, id, column.name),
            row_url=urls.row(view, id) if view.options.can_view_details else None,
            row_label=row_label,
            change_url=urls.row(view, id, "change"),
            control=control,
            summary=elsewhere,
            merge=merge_of(form),
            reason=reason,
            hidden=(*form.hidden(request.secret), (FIELD, came_from(request, view) or "")),
            in_list=request.htmx,
        ),
        block="editor" if request.htmx else None,
        status=status,
    )
