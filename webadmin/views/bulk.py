"""Bulk edit: columns of many rows at once, after a look at what that would do."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, cast

from webadmin.changes.bulk import BulkPlan, Effect, apply_bulk, plan_bulk
from webadmin.changes.bulk_form import OPERATION, OTHER, BulkColumn, BulkForm
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.record import describe
from webadmin.changes.selection import Selection
from webadmin.forms.controls import FormControl, FormSummaryItem, controls, summary
from webadmin.forms.row_form import RowForm
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.views.back import FIELD, list_url
from webadmin.views.bulk_texts import BulkTexts, SampleLine
from webadmin.views.chosen import Hidden, carried, chosen, followed, gone
from webadmin.views.occasions import undo_url
from webadmin.views.reason import ReasonField, reason_of
from webadmin.views.wording import counted


@dataclass(frozen=True, slots=True)
class OperationChoice:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One column that can be changed."""

    control: FormControl
    operations: tuple[OperationChoice, ...]
    operation_name: str
    other_name: str
    """The field for what a text is replaced with; empty where nothing is."""
    other: str


@dataclass(frozen=True, slots=True)
class EffectLine:
    label: str
    text: str
    """What would become of the column, in words."""
    error: str


@dataclass(frozen=True, slots=True)
class PlanPart:
    """What would happen."""

    total: int
    changing: int
    text: str
    effects: tuple[EffectLine, ...]
    samples: tuple[SampleLine, ...]
    button: str
    """Empty where there is nothing to do, or not all rows can take it."""


@dataclass(frozen=True, slots=True)
class BulkPage:
    key: str
    list_title: str
    list_url: str
    title: str
    row_count: int
    lines: tuple[BulkLine, ...]
    summary: tuple[FormSummaryItem, ...]
    plan: PlanPart | None
    note: str
    """Why the plan is shown once more."""
    action_url: str
    hidden: Hidden
    progress_url: str
    reason: ReasonField | None = None


def edit(request: AdminRequest) -> Answer:
    """The form; with something picked, what it would do; confirmed, the change, if it would still do just that."""
    view = request.view
    selection = chosen(request, deleted="show")
    form = BulkForm(request.context, view, request.form)
    shown = request.posted("step") or request.posted("plan")
    step = "confirm" if request.posted("confirm") == "1" else "preview" if shown else ""
    bulk = _Bulk(request, selection, form)
    if not step:
        return bulk.page(None)
    if not form.validate():
        return bulk.page(None, status=422)
    with followed(request, selection):
        if step != "confirm":
            return bulk.page(plan_bulk(selection, form))
        return bulk.apply()


class _Bulk:
    def __init__(self, request: AdminRequest, selection: Selection, form: BulkForm) -> None:
        self.request, self.selection, self.form = request, selection, form
        self.view = request.view
        self.reason = reason_of(request, request.view)

    def apply(self) -> Answer:
        request, view = self.request, self.view
        plan = plan_bulk(self.selection, self.form, lock=True)
        if request.posted("plan") != plan.fingerprint:
            note = _("These rows have changed since you looked: this is what would happen now.")
            return self.page(plan, status=409, note=note)
        if self.reason.error or plan.wrong:
            return self.page(plan, status=422)
        try:
            count = apply_bulk(self.selection, self.form, plan)
        except SaveRefused as refused:
            self.form.refuse(refused.errors)
            return self.page(None, status=refused.status)
        describe(request.context, "change", view, label=counted(view, count), reason=self.reason.text)
        text = _("{rows} was changed.") if count == 1 else _("{rows} were changed.")
        request.flash(
            text.format(rows=counted(view, count)), url=undo_url(request) or "", url_label=_("Undo")
        )
        return Redirect(list_url(request, view))

    def page(self, plan: BulkPlan | None, *, status: int = 200, note: str = "") -> Page:
        request, view = self.request, self.view
        total = plan.total if plan is not None else self.selection.count()
        if not total:
            raise gone()
        shown = cast(RowForm, self.form)
        told = request.posted("confirm") == "1"
        page = BulkPage(
            key=view.key,
            list_title=view.name_plural,
            list_url=list_url(request, view),
            title=_("Edit {rows}").format(rows=counted(view, total)),
            row_count=total,
            lines=tuple(
                _line(column, control)
                for column, control in zip(
                    self.form.columns.values(), controls(shown, request.urls), strict=True
                )
            ),
            summary=summary(shown),
            plan=None if plan is None else self._plan(plan),
            note=note,
            action_url=request.urls.action(view, "edit"),
            hidden=(
                *((("plan", plan.fingerprint),) if plan is not None else ()),
                (FIELD, list_url(request, view)),
                *carried(self.selection),
            ),
            progress_url=request.urls.action(view, "progress"),
            reason=self.reason.field(told=told) if plan is not None else None,
        )
        return Page("bulk.html", page, status=status)

    def _plan(self, plan: BulkPlan) -> PlanPart:
        labels = BulkTexts(self.request, self.form, plan)
        if not plan.changing:
            text = _("Nothing would change: all of them are like this already.")
        elif plan.changing == plan.total:
            text = _("{count} would change.").format(count=counted(self.view, plan.changing))
        else:
            text = _("{count} would change; {same} are like this already.").format(
                count=counted(self.view, plan.changing), same=format_count(plan.total - plan.changing)
            )
        count = counted(self.view, plan.changing)
        return PlanPart(
            total=plan.total,
            changing=plan.changing,
            text=text,
            effects=tuple(self._effect(effect, plan.total, labels) for effect in plan.effects),
            samples=tuple(labels.samples()),
            button=_("Change {rows}").format(rows=count) if plan.changing and not plan.wrong else "",
        )

    def _effect(self, effect: Effect, total: int, labels: BulkTexts) -> EffectLine:
        change = effect.change
        error = ""
        if effect.wrong:
            error = _("{count} cannot take it: {why}").format(
                count=counted(self.view, effect.wrong), why=effect.why
            )
        text = _("{operation}: {count} would change, {same} would not.").format(
            operation=labels.done(change),
            count=format_count(effect.changing),
            same=format_count(total - effect.changing),
        )
        return EffectLine(self.view.label_of(change.name), text, error)


def _line(column: BulkColumn, control: FormControl) -> BulkLine:
    words = {
        "set": _("Set to"),
        "clear": _("Clear"),
        "add": _("Add"),
        "subtract": _("Subtract"),
        "percent": _("Add percent"),
        "append": _("Add at the end"),
        "replace": _("Replace the text"),
        "include": _("Add members"),
        "exclude": _("Remove members"),
    }
    choices = (
        OperationChoice("", _("Leave as it is"), not column.operation),
        *(OperationChoice(one, words[one], one == column.operation) for one in column.operations),
    )
    name = column.field.short_name
    looks: dict[str, Any] = {"required": False}
    if column.operation not in {"", "set"}:
        looks["value"] = column.text
    return BulkLine(
        dataclasses.replace(control, **looks),
        choices,
        f"{OPERATION}{name}",
        f"{OTHER}{name}" if "replace" in column.operations else "",
        column.other,
    )
