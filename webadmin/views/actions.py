"""Actions over chosen rows of a list: delete (plan first) and restore."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from webadmin.changes.apply import restore as apply_restore
from webadmin.errors import BadRequest, NotFound, TooLarge
from webadmin.listing.scope import one
from webadmin.request import AdminRequest, Answer, Redirect
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.views.delete import plan_or_apply

MOST = 1000
"""Rows that may be chosen at once."""


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
    text = _("{count} {rows} restored.") if count else _("None of the chosen {rows} was deleted.")
    request.flash(text.format(count=format_count(count), rows=view.name_plural.lower()), "ok" if count else "info")
    return Redirect(request.urls.list(view))


def _chosen(request: AdminRequest, *, deleted: str) -> list[Any]:
    """The chosen rows that still exist and that the person may see."""
    view = request.view
    ids = list(dict.fromkeys(value for value in request.form.getlist("id") if isinstance(value, str) and value))
    if not ids:
        raise BadRequest(_("Choose at least one row first."), link="./", link_label=view.name_plural)
    if len(ids) > MOST:
        raise TooLarge(_("At most {count} rows can be chosen at once.").format(count=format_count(MOST)))
    rows = []
    for segment in ids:
        try:
            rows.append(one(request.context, view, view.key_from(unquote(segment)), deleted=deleted, lock=True))
        except NotFound:
            continue
    if not rows:
        raise NotFound(_("The chosen rows are gone: somebody deleted them, or they were changed meanwhile."), link="./")
    return rows
