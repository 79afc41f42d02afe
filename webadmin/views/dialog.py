"""A new row made in a dialog, over the form that needs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import unquote

from webadmin.changes.integrity import SaveRefused
from webadmin.changes.record import describe
from webadmin.changes.save import save
from webadmin.forms.controls import FormControl, FormSummaryItem, controls, summary
from webadmin.forms.row_form import RowForm
from webadmin.forms.sent import Behind
from webadmin.request import AdminRequest, Page
from webadmin.text import gettext as _
from webadmin.views.reason import FIELD as REASON
from webadmin.views.reason import ReasonField, reason_of

FIELD = "_dialog"
"""The parameter that asks for the form of a new row as a dialog."""
_PREFIX = "new-"
"""Before the names of its fields, since those of the form behind it may be the same."""
_REASON = _PREFIX + REASON


@dataclass(frozen=True, slots=True)
class Created:
    """The row that was made."""

    id: str
    label: str
    url: str | None


@dataclass(frozen=True, slots=True)
class DialogPage:
    """Rendered as the inside of a dialog."""

    title: str
    action_url: str
    controls: tuple[FormControl, ...]
    summary: tuple[FormSummaryItem, ...]
    hidden: tuple[tuple[str, str], ...]
    created: Created | None = None
    reason: ReasonField | None = None


def in_dialog(request: AdminRequest) -> bool:
    """Whether the form of a new row is asked for as a dialog."""
    return bool(request.value(FIELD) or request.posted(FIELD))


def add_in_dialog(request: AdminRequest) -> Page:
    """The fields of a new row; what was made of them on POST, for the field that waits for it."""
    view = request.view
    sent = Behind(request.form, _PREFIX) if request.method == "POST" else None
    form = RowForm(request.context, view, None, formdata=sent, key=request.secret)
    if sent is None:
        return _page(request, form, 200)
    reason = reason_of(request, view, _REASON)
    if not form.validate() or reason.error:
        return _page(request, form, 422)
    try:
        row = save(form)
    except SaveRefused as refused:
        form.refuse(refused.errors)
        return _page(request, form, refused.status)
    label = view.row_label(row)
    describe(request.context, "create", view, label=label, reason=reason.text)
    id = view.id_of(row)
    url = request.urls.row(view, id) if view.options.can_view_details else None
    made = DialogPage("", "", (), (), (), Created(unquote(id), label, url))
    return Page("dialog.html", made, fragment=True)


def _page(request: AdminRequest, form: RowForm, status: int) -> Page:
    view = request.view
    shown = tuple(
        replace(
            one, name=_PREFIX + one.name, id=_renamed(one.id), create_url=None, refresh="", dependent=False
        )
        for one in controls(form, request.urls)
    )
    wrong = tuple(
        replace(item, field_id=_renamed(item.field_id) if item.field_id else None) for item in summary(form)
    )
    reason = reason_of(request, view, _REASON).field(told=status == 422)
    if reason and reason.error:
        wrong = (*wrong, FormSummaryItem(f"f-{_REASON}", _("Reason"), reason.error))
    hidden = [(_PREFIX + name, value) for name, value in form.hidden(request.secret)]
    content = DialogPage(
        title=_("New {what}").format(what=view.name.lower()),
        action_url=request.urls.below(view, "add"),
        controls=shown,
        summary=wrong,
        hidden=(*hidden, (FIELD, "1")),
        reason=reason,
    )
    return Page("dialog.html", content, status=status, fragment=True)


def _renamed(id: str) -> str:
    return f"f-{_PREFIX}{id.removeprefix('f-')}"
