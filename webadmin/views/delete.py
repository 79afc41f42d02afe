"""Delete, restore and purge: the plan first, then the act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from webadmin.changes.apply import delete as apply_delete
from webadmin.changes.deletion import DeletionPlan, Reached, plan_deletion
from webadmin.changes.hooks import HookRefused
from webadmin.changes.record import describe
from webadmin.errors import Unprocessable
from webadmin.listing.scope import one
from webadmin.options.view import View
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_count, ngettext
from webadmin.text import gettext as _
from webadmin.views.back import FIELD, came_from, list_url
from webadmin.views.occasions import undo_url
from webadmin.views.reason import ReasonField, reason_of
from webadmin.views.wording import counted


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Rows of one relation that the deletion reaches."""

    label: str
    """The model and the relation in words."""
    rule: str
    """cascade, set null, set default, unlink, restrict, soft, not allowed, not readable."""
    count: int
    count_text: str
    """``495`` or ``10,000+`` when counting stopped."""
    url: str | None
    """A list of these rows, when one can be shown."""
    examples: tuple[Link, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class PlanStat:
    """How many rows one part of the plan is about."""

    count_text: str
    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class DeletePage:
    key: str
    list_title: str
    list_url: str
    title: str
    """The page's h1: Delete order A-1048791?"""
    soft: bool
    """The rows are marked as deleted and can be restored."""
    purge: bool
    rows: tuple[Link, ...]
    """What was chosen (the first of them)."""
    row_count: int
    blocked: tuple[PlanLine, ...]
    deleted: tuple[PlanLine, ...]
    unlinked: tuple[PlanLine, ...]
    total_text: str
    """How many rows go in all, in words; empty when none but the chosen ones go."""
    action_url: str
    """Where the confirmation posts to."""
    hidden: tuple[tuple[str, str], ...]
    """Fields that the confirmation carries: the chosen ids, the plan's fingerprint."""
    cancel_url: str
    button: str
    """The label of the confirming button; the page has none when ``blocked`` is not empty."""
    marked: tuple[PlanLine, ...] = ()
    """Rows that are marked as deleted with the chosen ones."""
    stats: tuple[PlanStat, ...] = ()
    unfinished: bool = False
    """There is more than could be counted: nothing can be deleted from here."""
    changed: bool = False
    """The page is shown again, because something else would happen by now than it said."""
    problem: str = ""
    """Why it was refused, when that was tried."""
    undoable: bool = False
    """The change is written down, and can be taken back in the history."""
    reason: ReasonField | None = None


_SHOWN = 10
_NAMED = 50
"""A list is asked for the children of so many rows at most."""


def delete(request: AdminRequest) -> Answer:
    """The plan of one row's deletion on GET, the deletion on POST."""
    view = request.view
    row = one(request.context, view, request.key, deleted="hide", lock=request.method == "POST")
    return plan_or_apply(request, [row], action_url=request.urls.row(view, view.id_of(row), "delete"))


def purge(request: AdminRequest) -> Answer:
    """The plan of removing one soft-deleted row for good, and the removal."""
    view = request.view
    row = one(request.context, view, request.key, deleted="only", lock=request.method == "POST")
    return plan_or_apply(
        request, [row], action_url=request.urls.row(view, view.id_of(row), "purge"), purge=True
    )


def plan_or_apply(
    request: AdminRequest,
    rows: Sequence[Any],
    *,
    action_url: str,
    purge: bool = False,
    confirmed: bool | None = None,
) -> Answer:
    """Show what deleting ``rows`` would do, or do it when the page that was confirmed showed just that."""
    view = request.view
    posted = request.method == "POST" if confirmed is None else confirmed
    plan = plan_deletion(request.context, view, rows, purge=purge, lock=posted)
    seen, reason = request.posted("plan"), reason_of(request, view)
    if posted and reason.error and not plan.refused:
        return Page("delete.html", _page(request, plan, action_url, purge=purge, told=True), status=422)
    if posted and not plan.refused and seen in {"", plan.fingerprint}:
        url = request.urls.row(view, view.id_of(rows[0]), "restore")
        what = view.row_label(rows[0]) if len(rows) == 1 else counted(view, len(rows))
        describe(request.context, "purge" if purge else "delete", view, label=what, reason=reason.text)
        try:
            count = apply_delete(request.context, view, rows, purge=purge)
        except (HookRefused, Unprocessable) as error:
            page = _page(request, plan, action_url, purge=purge, problem=error.message)
            return Page("delete.html", page, status=error.status)
        _say(request, view, what, url, count, soft=plan.soft)
        return Redirect(list_url(request, view))
    page = _page(
        request, plan, action_url, purge=purge, changed=posted and seen not in {"", plan.fingerprint}
    )
    return Page("delete.html", page, status=409 if posted else 200)


def _say(request: AdminRequest, view: View, what: str, url: str, count: int, *, soft: bool) -> None:
    if soft and count == 1 and request.may("restore"):
        request.flash(_("{what} was deleted.").format(what=what), url=url, url_label=_("Restore"), post=True)
    elif soft:
        undo, deleted = undo_url(request), request.urls.filtered(view, [("deleted", "only")])
        label = _("Undo") if undo else _("Show deleted")
        request.flash(_("{what} were deleted.").format(what=what), url=undo or deleted, url_label=label)
    else:
        text = _("{what} was deleted for good.") if count == 1 else _("{what} were deleted for good.")
        request.flash(text.format(what=what), url=undo_url(request, "add") or "", url_label=_("Undo"))


def _page(
    request: AdminRequest,
    plan: DeletionPlan,
    action_url: str,
    *,
    purge: bool,
    told: bool = False,
    changed: bool = False,
    problem: str = "",
) -> DeletePage:
    view, rows = plan.view, plan.rows
    shown = tuple(Link(view.row_label(row), request.urls.row(view, view.id_of(row))) for row in rows[:_SHOWN])
    one_row = len(rows) == 1
    what = shown[0].label if one_row else counted(view, len(rows))
    title = _("Delete {what} for good?") if purge else _("Delete {what}?")
    total = format_count(plan.total) + ("+" if plan.unfinished else "")
    return DeletePage(
        key=view.key,
        list_title=view.name_plural,
        list_url=list_url(request, view),
        title=title.format(what=what),
        soft=plan.soft,
        purge=purge,
        rows=shown,
        row_count=len(rows),
        blocked=_lines(request, plan.blocked, rows),
        deleted=_lines(request, plan.deleted, rows),
        unlinked=_lines(request, plan.unlinked, rows),
        total_text=""
        if plan.total == len(rows)
        else ngettext("{total} row", "{total} rows", plan.total).format(total=total),
        action_url=action_url,
        hidden=(
            ("plan", plan.fingerprint),
            ("confirm", "1"),
            (FIELD, list_url(request, view)),
            *(("id", view.id_of(row)) for row in rows),
        ),
        cancel_url=came_from(request, view)
        or (request.urls.row(view, view.id_of(rows[0])) if one_row else request.urls.list(view)),
        button=_("Delete for good") if purge or not plan.soft else _("Delete"),
        marked=_lines(request, plan.marked, rows),
        stats=_stats(plan),
        unfinished=plan.unfinished,
        changed=changed,
        problem=problem,
        undoable=request.has_history,
        reason=reason_of(request, view).field(told=told),
    )


def _stats(plan: DeletionPlan) -> tuple[PlanStat, ...]:
    """The plan in a few numbers; none where nothing but the chosen rows is concerned."""
    found = []
    for reached, singular, plural, tone in (
        (plan.blocked, _("row stands in the way"), _("rows stand in the way"), "warn"),
        (plan.deleted, _("row is deleted with it"), _("rows are deleted with it"), "bad"),
        (plan.marked, _("row is marked with it"), _("rows are marked with it"), ""),
        (plan.unlinked, _("row loses its link"), _("rows lose their link"), ""),
    ):
        if reached:
            count = sum(item.count for item in reached)
            more = plan.unfinished or any(item.count_text.endswith(("+", "?")) for item in reached)
            text = format_count(count) + ("+" if more else "")
            found.append(PlanStat(text, singular if count == 1 and not more else plural, tone))
    return tuple(found)


def _lines(request: AdminRequest, reached: Sequence[Reached], rows: Sequence[Any]) -> tuple[PlanLine, ...]:
    return tuple(
        PlanLine(
            label=item.label,
            rule=item.rule,
            count=item.count,
            count_text=item.count_text,
            url=_url(request, item, rows),
            examples=tuple(
                Link(label, request.urls.row(item.view, id)) for label, id in item.examples if item.view
            ),
            depth=item.depth,
        )
        for item in reached
    )


def _url(request: AdminRequest, item: Reached, rows: Sequence[Any]) -> str | None:
    """The list of these rows, where its filters can say which ones they are."""
    view = item.view
    if view is None or item.depth or len(rows) > _NAMED:
        return None
    names = {column.name for column in item.edge.child_columns}
    for name, option in view.filters.items():
        relation = option.attribute.relation
        if relation is not None and relation.many_to_one and not option.attribute.path:
            local = {view.info.columns[key].column.name for key in relation.local}
            if local == names:
                deleted = [("deleted", "show")] if view.soft_delete else []
                parents = [(name, unquote(request.view.id_of(row))) for row in rows]
                return request.urls.filtered(view, [*parents, *deleted])
    return None
