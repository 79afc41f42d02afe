"""What was deleted of all models and can be restored: ``/changes/?deleted``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from webadmin.listing.trash import COUNTED, Trash, read_trash
from webadmin.options.view import View
from webadmin.rendering.frame import Frame
from webadmin.request import AdminRequest, Page
from webadmin.text import format_ago, format_count, format_date, format_datetime


@dataclass(frozen=True, slots=True)
class TrashRow:
    id: str
    label: str
    url: str | None
    when: str
    """How long ago, in words."""
    moment: str
    """The day and time."""
    machine: str
    restore_url: str | None
    """Where a POST restores it, when the person may."""
    purge_url: str | None


@dataclass(frozen=True, slots=True)
class TrashTable:
    """The last deleted rows of one model."""

    key: str
    title: str
    url: str
    """The list of all of them."""
    count_text: str
    """Empty where looking took too long."""
    rows: tuple[TrashRow, ...]


@dataclass(frozen=True, slots=True)
class TrashPage:
    changes_url: str
    tables: tuple[TrashTable, ...]


def trash(request: AdminRequest) -> Page:
    """The deleted rows of every list that the person may see, the newest first."""
    frame = Frame(request.registry, request.settings, request.urls, request.identity)
    views = frame.visible(request.user, request.connection)
    found = read_trash(request.context, views)
    page = TrashPage(request.urls.page("changes"), tuple(_table(request, one) for one in found))
    return Page("trash.html", page)


def _table(request: AdminRequest, found: Trash) -> TrashTable:
    view, count = found.view, found.count
    more = count is not None and count > COUNTED
    text = "" if count is None else format_count(COUNTED) + "+" if more else format_count(count)
    return TrashTable(
        key=view.key,
        title=view.name_plural,
        url=request.urls.filtered(view, [("deleted", "only")]),
        count_text=text,
        rows=tuple(_row(request, view, row) for row in found.rows),
    )


def _row(request: AdminRequest, view: View, row: Any) -> TrashRow:
    id, value = view.id_of(row), getattr(row, view.soft_delete or "")
    timed = isinstance(value, dt.datetime)
    return TrashRow(
        id=id,
        label=view.row_label(row),
        url=request.urls.row(view, id) if view.options.can_view_details else None,
        when=format_ago(value) if timed else format_date(value),
        moment=format_datetime(value) if timed else format_date(value),
        machine=value.isoformat(),
        restore_url=request.urls.row(view, id, "restore") if request.may("restore", view) else None,
        purge_url=request.urls.row(view, id, "purge") if request.may("purge", view) else None,
    )
