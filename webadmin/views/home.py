"""The first page: every model, with its size."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.scope import restricted
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


def home(request: AdminRequest) -> Answer:
    """Every list that the person may see, with sizes that cost nothing: what the statistics say."""
    frame = Frame(request.registry, request.settings, request.urls, request.identity)
    views = list(frame.visible(request.user, request.connection))
    connection = request.session.connection()
    # Statistics know whole tables: where somebody may see a part, they would tell of the rest.
    tables = [view.info.table for view in views if not restricted(view)]
    sizes = request.dialect.estimate_rows(connection, tables)
    groups: dict[str, list[HomeEntry]] = {}
    for view in views:
        count = None if restricted(view) else sizes.get(view.info.table.fullname)
        entry = HomeEntry(
            label=view.name_plural,
            url=request.urls.list(view),
            count=count,
            exact=False,
            count_text=format_count(count, exact=False) if count is not None else "",
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


def _facts(request: AdminRequest, view: View) -> tuple[Link, ...]:
    if view.soft_delete is None:
        return ()
    return (Link(_("Deleted"), request.urls.filtered(view, [("deleted", "only")])),)
