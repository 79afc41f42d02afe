"""What is done with chosen rows of a list: delete (plan first), restore, and the view's own actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from webadmin.changes.selection import Selection
from webadmin.errors import Forbidden, NotFound
from webadmin.forms.controls import FormControl, FormSummaryItem, controls, summary
from webadmin.forms.row_form import RowForm
from webadmin.forms.value_form import ValueForm
from webadmin.options.actions import ActionInfo, allowed_by_function, allowed_by_sql
from webadmin.options.causes import caused_by
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views.acting import Acting, Done, LeftOut, refused_by_sql
from webadmin.views.back import FIELD, list_url
from webadmin.views.chosen import Hidden, carried, chosen, followed, gone, loaded
from webadmin.views.delete import plan_or_apply
from webadmin.views.occasions import undo_url
from webadmin.views.reason import ReasonField, reason_of
from webadmin.views.restore import restore_or_ask
from webadmin.views.wording import counted

SHOWN = 20


@dataclass(frozen=True, slots=True)
class ActionPage:
    """The chosen rows and what will be done with them."""

    key: str
    list_title: str
    list_url: str
    title: str
    text: str
    rows: tuple[Link, ...]
    row_count: int
    action_url: str
    hidden: Hidden
    button: str
    tone: str = ""
    """danger for one that destroys."""
    refused: tuple[Link, ...] = ()
    """Rows for which it is not allowed; the first of them."""
    refused_count: int = 0
    controls: tuple[FormControl, ...] = ()
    summary: tuple[FormSummaryItem, ...] = ()
    reason: ReasonField | None = None
    note: str = ""
    """Why the page is shown once more."""
    progress_url: str = ""


@dataclass(frozen=True, slots=True)
class DonePage:
    """What became of a change that could not be made in all rows."""

    key: str
    list_title: str
    list_url: str
    title: str
    text: str
    done: int
    left_out: tuple[LeftOut, ...]
    left_out_count: int


def delete(request: AdminRequest) -> Answer:
    """The plan for the chosen rows; the deletion when the plan's page confirms it."""
    rows = loaded(chosen(request, deleted="hide"), lock=request.posted("confirm") == "1")
    url = request.urls.action(request.view, "delete")
    return plan_or_apply(request, rows, action_url=url, confirmed=request.posted("confirm") == "1")


def purge(request: AdminRequest) -> Answer:
    """The plan of removing the chosen rows, which are deleted, for good; the removal when the plan's page confirms it."""
    confirmed = request.posted("confirm") == "1"
    selection = chosen(request, deleted="only")
    rows = loaded(selection, lock=confirmed)
    url = request.urls.action(request.view, "purge")
    return plan_or_apply(request, rows, action_url=url, purge=True, confirmed=confirmed)


def restore(request: AdminRequest) -> Answer:
    """Restore the chosen rows that are deleted."""
    view = request.view
    selection = chosen(request, deleted="show")
    rows = [row for row in loaded(selection, lock=True) if view.is_deleted(row)]
    if rows:
        url = request.urls.action(view, "restore")
        if (page := restore_or_ask(request, rows, action_url=url, hidden=carried(selection))) is not None:
            return page
        text = _("{rows} was restored.") if len(rows) == 1 else _("{rows} were restored.")
        request.flash(text.format(rows=counted(view, len(rows))))
    else:
        text = _("None of the chosen {rows} was deleted.").format(rows=view.name_plural.lower())
        request.flash(text, "info")
    return Redirect(list_url(request, view))


@caused_by("action")
def run(request: AdminRequest) -> Answer:
    """One of the view's own actions: first the chosen rows and what it asks for, then, confirmed, the action."""
    view = request.view
    info = view.actions.get(request.params["name"])
    if info is None:
        raise NotFound(_("There is no such action."), link="./")
    selection = chosen(request, deleted="hide")
    confirmed = request.posted("confirm") == "1"
    count = selection.count()
    if not count:
        raise gone()
    form = ValueForm(
        request.context, view, info.arguments, info.form, formdata=request.form if confirmed else None
    )
    seen = request.posted("count")
    moved = confirmed and bool(seen) and seen != str(count)
    reason = reason_of(request, view)
    valid = not confirmed or (form.validate() and not reason.error)
    if confirmed and valid and not moved:
        acting = Acting(request, info, selection, form.values, reason.text)
        with followed(request, selection):
            done = acting.run()
        return after(request, info.label, done)
    page = _Preview(request, info, selection, count, form, reason.field(told=confirmed), moved=moved).page()
    return Page("action.html", page, status=422 if not valid else 409 if moved else 200)


def after(request: AdminRequest, label: str, done: Done) -> Answer:
    """Back to the list with a word about it; where rows were left out, the page that lists them."""
    view = request.view
    text = done.text or f"{label}: {counted(view, done.count)}."
    if not done.left_out_count:
        request.flash(text, url=undo_url(request) or "", url_label=_("Undo"))
        return Redirect(list_url(request, view))
    page = DonePage(
        key=view.key,
        list_title=view.name_plural,
        list_url=list_url(request, view),
        title=label,
        text=text,
        done=done.count,
        left_out=done.left_out,
        left_out_count=done.left_out_count,
    )
    return Page("done.html", page)


class _Preview:
    """The page that asks before an action runs."""

    def __init__(
        self,
        request: AdminRequest,
        info: ActionInfo,
        selection: Selection,
        count: int,
        form: ValueForm,
        reason: ReasonField | None,
        *,
        moved: bool,
    ) -> None:
        self.request, self.info, self.selection, self.count = request, info, selection, count
        self.form, self.reason, self.moved = form, reason, moved

    def page(self) -> ActionPage:
        request, info, view = self.request, self.info, self.request.view
        rows, refused, refused_count = self._rows()
        if refused_count >= self.count:
            text = _("“{action}” is not allowed for any of these rows.").format(action=info.label)
            raise Forbidden(text, link="./", link_label=view.name_plural)
        note = _("Other rows match than a moment ago: look at them again.") if self.moved else ""
        count = self.count - refused_count
        shown = cast(RowForm, self.form)
        return ActionPage(
            key=view.key,
            list_title=view.name_plural,
            list_url=list_url(request, view),
            title=f"{info.label}: {counted(view, count)}",
            text=info.confirmation,
            rows=self._links(rows),
            row_count=count,
            action_url=request.urls.action(view, info.name),
            hidden=(
                ("confirm", "1"),
                ("count", str(self.count)),
                (FIELD, list_url(request, view)),
                *carried(self.selection),
            ),
            button=info.label,
            tone=info.tone,
            refused=self._links(refused),
            refused_count=refused_count,
            controls=controls(shown, request.urls),
            summary=summary(shown),
            reason=self.reason,
            note=note,
            progress_url=request.urls.action(view, "progress"),
        )

    def _rows(self) -> tuple[Sequence[Any], Sequence[Any], int]:
        """The first rows that it is for, the first that it is not for, and how many those are as far as anybody knows."""
        condition = allowed_by_sql(self.info)
        if condition is not None:
            out = refused_by_sql(self.selection, condition)
            return self.selection.filter(condition).first(SHOWN), out.first(SHOWN), out.count()
        by_key = self.selection.params is None
        if self.info.on == "rows" or by_key:
            rows = loaded(self.selection, lock=False)
        else:
            rows = self.selection.first(SHOWN)
        refused = [row for row in rows if not allowed_by_function(self.info, row, self.request)]
        return [row for row in rows if row not in refused], refused, len(refused)

    def _links(self, rows: Sequence[Any]) -> tuple[Link, ...]:
        view, urls = self.request.view, self.request.urls
        return tuple(Link(view.row_label(row), urls.row(view, view.id_of(row))) for row in rows[:SHOWN])
