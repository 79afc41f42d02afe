"""The first page: every model, with its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.listing.scope import personal, scope
from webadmin.options.view import View
from webadmin.rendering.frame import Frame
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_count
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class HomeEntry:
    label: str
    url: str
    count: int | None
    """None when the size is not known cheaply."""
    exact: bool
    count_text: str
    add_url: str | None
    read_only: bool
    facts: tuple[Link, ...] = ()
    """A few ways in: live rows, deleted rows, the newest."""


@dataclass(frozen=True, slots=True)
class HomeGroup:
    label: str
    entries: tuple[HomeEntry, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    title: str
    groups: tuple[HomeGroup, ...]
    database: str
    """The kind and version of the database, in words."""
    notes: tuple[str, ...] = ()


SMALL = 2_000
"""Rows up to which a table is counted for this page."""
MOST_COUNTED = 50


def home(request: AdminRequest) -> Answer:
    """Every list that the person may see, with sizes that cost nothing: what the statistics say."""
    frame = Frame(request.registry, request.settings, request.urls, request.identity)
    views = list(frame.visible(request.user, request.connection))
    connection = request.session.connection()
    # Statistics know whole tables: where somebody may see a part, they would tell of the rest.
    tables = [view.info.table for view in views if not personal(request.context, view)]
    sizes = request.dialect.estimate_rows(connection, tables)
    counted = _counted(request, [view for view in views if not personal(request.context, view)], sizes)
    groups: dict[str, list[HomeEntry]] = {}
    for view in views:
        exact = view.key in counted
        count = (
            None
            if personal(request.context, view)
            else counted.get(view.key, sizes.get(view.info.table.fullname))
        )
        entry = HomeEntry(
            label=view.name_plural,
            url=request.urls.list(view),
            count=count,
            exact=exact,
            count_text=format_count(count, exact) if count is not None else "",
            add_url=request.urls.below(view, "add") if request.may("add", view) else None,
            read_only=view.read_only,
            facts=_facts(request, view),
        )
        groups.setdefault(view.category or _("Tables"), []).append(entry)
    return Page(
        "home.html",
        HomePage(
            title=request.settings.title,
            groups=tuple(HomeGroup(label, tuple(entries)) for label, entries in groups.items()),
            database=request.dialect.version(connection),
            notes=tuple(request.extra.get("notes", ())),
        ),
    )


def _counted(request: AdminRequest, views: list[View], sizes: Mapping[str, int]) -> dict[str, int]:
    """The live rows of small tables, all in one statement; a table that turns out to be large is left out."""
    small = [
        view
        for view in views
        if view.info.kind == "table" and sizes.get(view.info.table.fullname, 0) <= SMALL
    ][:MOST_COUNTED]
    if not small:
        return {}
    numbers = []
    for view in small:
        rows = scope(request.context, view, sa.select(sa.literal(1)).select_from(view.model), "hide")
        some = rows.limit(SMALL + 1).subquery()
        numbers.append(sa.select(sa.func.count()).select_from(some).scalar_subquery())
    try:
        with request.session.begin_nested():
            found = request.session.execute(
                sa.select(*(n.label(f"n{i}") for i, n in enumerate(numbers)))
            ).one()
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
        return {}  # a table that is gone or locked is no reason to keep people from the others
    return {view.key: count for view, count in zip(small, found, strict=True) if count <= SMALL}


def _facts(request: AdminRequest, view: View) -> tuple[Link, ...]:
    if view.soft_delete is None:
        return ()
    return (Link(_("Deleted"), request.urls.filtered(view, [("deleted", "only")])),)
