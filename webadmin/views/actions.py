"""Actions over chosen rows of a list: delete (plan first), restore, and the view's own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from wtforms import ValidationError

from webadmin.changes.apply import restore as apply_restore
from webadmin.changes.hooks import call_hook
from webadmin.errors import BadRequest, NotFound, TooLarge, Unprocessable
from webadmin.listing.scope import Deleted, many
from webadmin.options.actions import ActionInfo
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.views.back import FIELD, list_url
from webadmin.views.delete import plan_or_apply
from webadmin.views.wording import counted

MOST = 1000
"""Rows that may be chosen at once."""
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
    hidden: tuple[tuple[str, str], ...]
    button: str


def delete(request: AdminRequest) -> Answer:
    """The plan for the chosen rows; the deletion when the plan's page confirms it."""
    rows = _chosen(request, deleted="hide")
    url = request.urls.action(request.view, "delete")
    return plan_or_apply(request, rows, action_url=url, confirmed=request.posted("confirm") == "1")


def restore(request: AdminRequest) -> Answer:
    """Restore the chosen rows that are deleted."""
    view = request.view
    rows = [row for row in _chosen(request, deleted="show") if view.is_deleted(row)]
    count = apply_restore(request.context, view, rows) if rows else 0
    if count:
        text = _("{rows} was restored.") if count == 1 else _("{rows} were restored.")
        request.flash(text.format(rows=counted(view, count)))
    else:
        text = _("None of the chosen {rows} was deleted.").format(rows=view.name_plural.lower())
        request.flash(text, "info")
    return Redirect(list_url(request, view))


def run(request: AdminRequest) -> Answer:
    """One of the view's own actions: first the chosen rows, then, confirmed, the action."""
    view = request.view
    info = view.actions.get(request.params["name"])
    if info is None:
        raise NotFound(_("There is no such action."), link="./")
    rows = _chosen(request, deleted="hide")
    if request.posted("confirm") != "1":
        return Page("action.html", _preview(request, info, rows))
    try:
        said = call_hook(getattr(view.options, info.method), rows, request)
    except ValidationError as error:
        raise Unprocessable(
            str(error), title=_("Not done"), link="./", link_label=view.name_plural
        ) from error
    request.session.flush()
    done = f"{info.label}: {counted(view, len(rows))}."
    request.flash(said if isinstance(said, str) and said else done)
    return Redirect(list_url(request, view))


def _preview(request: AdminRequest, info: ActionInfo, rows: list[Any]) -> ActionPage:
    view = request.view
    return ActionPage(
        key=view.key,
        list_title=view.name_plural,
        list_url=list_url(request, view),
        title=f"{info.label}: {counted(view, len(rows))}",
        text=info.confirmation,
        rows=tuple(
            Link(view.row_label(row), request.urls.row(view, view.id_of(row))) for row in rows[:SHOWN]
        ),
        row_count=len(rows),
        action_url=request.urls.action(view, info.name),
        hidden=(
            ("confirm", "1"),
            (FIELD, list_url(request, view)),
            *(("id", view.id_of(row)) for row in rows),
        ),
        button=info.label,
    )


def _chosen(request: AdminRequest, *, deleted: Deleted) -> list[Any]:
    """The chosen rows that still exist and that the person may see."""
    view = request.view
    ids = list(
        dict.fromkeys(value for value in request.form.getlist("id") if isinstance(value, str) and value)
    )
    if not ids:
        raise BadRequest(_("Choose at least one row first."), link="./", link_label=view.name_plural)
    if len(ids) > MOST:
        raise TooLarge(_("At most {count} rows can be chosen at once.").format(count=format_count(MOST)))
    keys = []
    for segment in ids:
        with suppress(NotFound):
            keys.append(view.key_from(unquote(segment)))
    rows = many(request.context, view, keys, deleted=deleted, lock=True)
    if not rows:
        raise NotFound(
            _("The chosen rows are gone: somebody deleted them, or they were changed meanwhile."), link="./"
        )
    return rows
