"""What can be done with one row, decided by the server: a menu in lists and on the row's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webadmin.changes.selection import Selection
from webadmin.listing.scope import one
from webadmin.options.actions import ActionInfo, allowed_by_function, allowed_by_sql
from webadmin.options.causes import caused_by
from webadmin.request import AdminRequest, Answer, Page
from webadmin.views.back import list_url


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    url: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class RowActionsPage:
    """What can be done with one row."""

    key: str
    list_title: str
    list_url: str
    title: str
    row_url: str | None
    id: str
    label: str
    actions: tuple[MenuItem, ...]


@caused_by("action")
def row_actions(request: AdminRequest) -> Answer:
    """What can be done with one row: the actions that the person may take and that are allowed for it."""
    view = request.view
    row = one(request.context, view, request.key, deleted="hide")
    found = tuple(
        MenuItem(info.label, request.urls.action(view, info.name), info.icon, info.tone)
        for info in view.actions.values()
        if request.may(f"action:{info.name}") and _allowed(request, info, row)
    )
    id = view.id_of(row)
    page = RowActionsPage(
        key=view.key,
        list_title=view.name_plural,
        list_url=list_url(request, view),
        title=view.row_label(row),
        row_url=request.urls.row(view, id) if view.options.can_view_details else None,
        id=id,
        label=view.row_label(row),
        actions=found,
    )
    return Page("row_actions.html", page, block="actions" if request.htmx else None)


def _allowed(request: AdminRequest, info: ActionInfo, row: Any) -> bool:
    offered = getattr(getattr(request.view.options, info.method), "offered", None)
    if offered is not None and not offered(row):
        return False
    condition = allowed_by_sql(info)
    if condition is None:
        return allowed_by_function(info, row, request)
    this = Selection(request.context, request.view, (request.view.info.key_of(row),))
    return bool(this.filter(condition).count())
