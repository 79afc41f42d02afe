"""Bringing soft-deleted rows back; where something is in the way, or has to be said first, a page that asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.changes.apply import restore as apply_restore
from webadmin.changes.hooks import HookRefused
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.record import describe
from webadmin.changes.save import save
from webadmin.changes.standing import InTheWay
from webadmin.errors import Unprocessable
from webadmin.forms.controls import FormControl, FormSummaryItem, controls, summary
from webadmin.forms.row_form import RowForm, refuse_unwritable
from webadmin.listing.scope import one
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views.back import FIELD, came_from, list_url
from webadmin.views.reason import ReasonField, reason_of
from webadmin.views.wording import counted

COLUMN = "_change"
"""The form field that names an attribute whose value is changed before the row comes back."""


@dataclass(frozen=True, slots=True)
class RestorePage:
    key: str
    list_title: str
    list_url: str
    title: str
    """The page's h1."""
    message: str
    """What is in the way; empty when only a reason is asked for."""
    links: tuple[Link, ...]
    """The row in the way, and the one whose value would have to change, as far as the person may look at them."""
    controls: tuple[FormControl, ...]
    """Fields for another value, where one is enough."""
    summary: tuple[FormSummaryItem, ...]
    action_url: str
    hidden: tuple[tuple[str, str], ...]
    cancel_url: str
    button: str
    """The label of the button; the page has none where nothing here can help."""
    reason: ReasonField | None = None


def restore(request: AdminRequest) -> Answer:
    """Restore the row; back to the list that it was restored from, else to the row."""
    view = request.view
    row = one(request.context, view, request.key, deleted="show", lock=True)
    url = request.urls.row(view, view.id_of(row))
    if not view.is_deleted(row):
        what = view.row_label(row)
        request.flash(_("{what} is not deleted.").format(what=what), "info", url=url, url_label=_("Open"))
        return Redirect(came_from(request, view) or url)
    if page := restore_or_ask(request, [row], action_url=request.urls.row(view, view.id_of(row), "restore")):
        return page
    text = _("{what} was restored.").format(what=view.row_label(row))
    request.flash(text, url=url, url_label=_("Open"))
    return Redirect(came_from(request, view) or url)


def restore_or_ask(
    request: AdminRequest,
    rows: Sequence[Any],
    *,
    action_url: str,
    hidden: Sequence[tuple[str, str]] = (),
) -> Page | None:
    """Restore ``rows``, locked deleted rows of the request's view; the page to show instead where that is not possible.

    :param action_url: where the page posts to.
    :param hidden: what it sends along, to name the rows.
    """
    view = request.view
    asking = _Asking(request, rows, action_url, hidden)
    names = _named(request) if len(rows) == 1 else ()
    form = None
    if names:
        form = RowForm(
            request.context, view, rows[0], formdata=request.form, key=request.secret, columns=names
        )
    reason = reason_of(request, view)
    if (form is not None and not form.validate()) or reason.error:
        return asking.page("", form, status=422)
    what = view.row_label(rows[0]) if len(rows) == 1 else counted(view, len(rows))
    try:
        if form is not None:
            save(form)
        apply_restore(request.context, view, rows)
    except SaveRefused as refused:
        assert form is not None
        form.refuse(refused.errors)
        return asking.page("", form, status=refused.status)
    except InTheWay as conflict:
        return asking.about(conflict, form)
    except (HookRefused, Unprocessable) as error:
        return asking.page(error.message, form, status=error.status)
    describe(request.context, "restore", view, label=what, reason=reason.text)
    return None


@dataclass(slots=True)
class _Asking:
    request: AdminRequest
    rows: Sequence[Any]
    action_url: str
    more: Sequence[tuple[str, str]]

    def about(self, conflict: InTheWay, form: RowForm | None) -> Page:
        """The page that names the row in the way, and takes another value where that is enough."""
        request, view = self.request, self.request.view
        links = []
        if conflict.link and conflict.view is view:
            url = request.urls.list(view) + conflict.link.removeprefix("./")
            links.append(Link(_("Open {what}").format(what=conflict.link_label or ""), url))
        elif conflict.link and request.context.may_look(conflict.view):
            url = request.urls.list(conflict.view) + conflict.link.removeprefix("./")
            links.append(Link(_("Open {what}").format(what=conflict.link_label or ""), url))
        own = conflict.view is view and len(self.rows) == 1
        names = _fields_for(request, conflict.names) if own else ()
        if names and form is None:
            form = RowForm(request.context, view, self.rows[0], columns=names)
        if not names and request.may("change", conflict.view):
            id = conflict.view.id_of(conflict.row)
            what = conflict.view.row_label(conflict.row)
            url = request.urls.row(conflict.view, id, "change")
            links.append(Link(_("Change {what}").format(what=what), url))
        return self.page(conflict.message, form if names else None, tuple(links), stuck=not names)

    def page(
        self,
        message: str,
        form: RowForm | None,
        links: tuple[Link, ...] = (),
        *,
        stuck: bool = False,
        status: int = 409,
    ) -> Page:
        """The page with fields for ``form``; without a button where it is ``stuck``."""
        request, view, rows = self.request, self.request.view, self.rows
        what = view.row_label(rows[0]) if len(rows) == 1 else counted(view, len(rows))
        row_url = request.urls.row(view, view.id_of(rows[0])) if len(rows) == 1 else list_url(request, view)
        fields = form.hidden(request.secret) if form is not None else ()
        names = tuple((COLUMN, name) for name in form.fields) if form is not None else ()
        return Page(
            "restore.html",
            RestorePage(
                key=view.key,
                list_title=view.name_plural,
                list_url=list_url(request, view),
                title=_("Restore {what}?").format(what=what),
                message=message,
                links=links,
                controls=controls(form, request.urls) if form is not None else (),
                summary=summary(form) if form is not None else (),
                action_url=self.action_url,
                hidden=(*self.more, *fields, *names, (FIELD, came_from(request, view) or "")),
                cancel_url=came_from(request, view) or row_url,
                button="" if stuck else _("Restore with this value") if form is not None else _("Restore"),
                reason=None if stuck else reason_of(request, view).field(),
            ),
            status=status,
        )


def _named(request: AdminRequest) -> tuple[str, ...]:
    """The attributes that the request changes on the way, as far as the person may."""
    refuse_unwritable(request.view, request.form)
    asked = [name for name in request.form.getlist(COLUMN) if isinstance(name, str)]
    return _fields_for(request, asked)


def _fields_for(request: AdminRequest, names: Sequence[str]) -> tuple[str, ...]:
    """The fields of the view's form that hold these attributes; none where the person may not change rows."""
    view = request.view
    if not request.may("change"):
        return ()
    found: dict[str, None] = {}
    for name in names:
        relations = view.info.relations
        own = [
            name,
            *(key for key, relation in relations.items() if name in relation.local and relation.many_to_one),
        ]
        fields = [field for field in own if field in view.form_columns and field not in view.unwritable]
        found |= dict.fromkeys(fields[:1])
    return tuple(found)
