"""The list of a model's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from webadmin.listing.controls import Chip, FilterControl, Option
from webadmin.listing.filters import filters_of
from webadmin.listing.fragment import check_place
from webadmin.listing.listing import STATEMENTS, Listing
from webadmin.listing.panel import chips, filter_controls
from webadmin.listing.params import ListParams
from webadmin.listing.search import searchable
from webadmin.listing.slow import cost_of_sort, unserved
from webadmin.options.view import View
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest, Answer, Page
from webadmin.saved.kept import SWITCHES
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.views.exporting import export_links, import_url
from webadmin.views.saved.asked import Asked, ask
from webadmin.views.saved.tabs import Tabs, tabs
from webadmin.views.scrolling import Scrolling, scrolling
from webadmin.views.searching import SearchWords, search_words
from webadmin.views.sort_cost import sort_cost
from webadmin.views.sorting import SortChoice, sort_menu
from webadmin.views.table import Head, Pager, Row, heads, pager, rows


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An action over chosen rows: the form posts the ids to its address."""

    name: str
    label: str
    url: str
    tone: str = ""
    """danger for one that destroys."""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    key: str
    title: str
    """The plural label of the model."""
    singular: str
    url: str
    """The list without any parameter."""
    action_url: str
    """The list's address without query string: where the search and filter forms go by GET."""
    heads: tuple[Head, ...]
    sort_menu: tuple[SortChoice, ...]
    """What the list can be sorted by beside its heads."""
    rows: tuple[Row, ...]
    count: int
    exact: bool
    count_text: str
    """The total in words: ``4,800,673`` or ``about 4.80M``."""
    pager: Pager
    filters: tuple[FilterControl, ...]
    chips: tuple[Chip, ...]
    clear_url: str | None
    """The list without filters and search, when any is active."""
    search_enabled: bool
    search_label: str
    """What the search looks through, in words."""
    q: str
    search: SearchWords
    """What there is to say about the search itself."""
    soft_delete: bool
    deleted: str
    """hide, show or only."""
    deleted_links: tuple[Link, ...]
    """The three positions of the toggle, as addresses."""
    hidden: tuple[tuple[str, str], ...]
    """Parameters that the search form carries along (sort, per_page, filters…)."""
    filter_hidden: tuple[tuple[str, str], ...]
    """Parameters that the filter form carries along (q, sort, per_page, deleted…)."""
    jump_hidden: tuple[tuple[str, str], ...]
    """Parameters that the jump-to-page form carries along (all but page)."""
    size_hidden: tuple[tuple[str, str], ...]
    """Parameters that the rows-per-page form carries along (all but per_page and page)."""
    actions: tuple[BulkAction, ...]
    """What can be done with chosen rows, or with all that match."""
    add_url: str | None
    export_links: tuple[Link, ...]
    """These rows as files."""
    export_url: str | None
    """Where the form of a file is chosen."""
    import_url: str | None
    explain_url: str | None
    summary_url: str
    """What all these rows come to."""
    rows_url: str
    """The infinite-scroll fragment for the same query, first page."""
    empty_title: str
    """Why there are no rows, in words; shown only when there are none."""
    empty_hint: str
    read_only: bool
    here: str = ""
    """The address of this very list, to come back to."""
    link: str = ""
    """An address that shows the same rows to others: nothing that one person keeps is left out of it."""
    count_url: str | None = None
    """Counts exactly; None where the total is exact already."""
    notes: tuple[str, ...] = ()
    """Sentences about this list, such as one that the table has no primary key."""
    all_text: str = ""
    """All rows that match, in words, where there are more than the page shows: they can be chosen at once."""
    all_query: str = ""
    """What those are asked for by."""
    tabs: Tabs | None = None
    """Saved views, and what can be saved of this list."""
    columns_url: str = ""
    """Where the columns are chosen."""
    columns_text: str = ""
    """How many columns of how many are shown."""
    settings_url: str = ""
    """Where rows per page and the switches of this list are posted to."""
    size_is_new: int = 0
    """Rows per page where the address says so and not what the person keeps; else 0."""
    scrolling: Scrolling = field(default_factory=lambda: Scrolling(False, True))
    """By page numbers, or further rows as one scrolls."""
    switches: Mapping[str, str] = field(default_factory=dict)
    """The positions of the list's switches for this person; see ``webadmin.saved.kept``."""


def list_page(request: AdminRequest, *, fresh: bool = False) -> Answer:
    """One numbered page of the rows that the query string asks for.

    :param fresh: with every statement that it can take: also for what is known by now, and for a sort that is asked about first.
    """
    view = request.view
    asked = ask(request)
    check_place(request.context, view, asked.params)
    cost = cost_of_sort(request.context, view, asked.params)
    if cost.rows is not None and not fresh:
        return sort_cost(request, asked.params, cost)
    sent = asked.statements + cost.statements
    listing = Listing.load(request.context, view, asked.params, statements=STATEMENTS - sent, fresh=fresh)
    return Page(
        "list.html",
        _page(request, view, asked, listing),
        block="results" if request.htmx else None,
        density=asked.settings.switches.get("density", ""),
    )


def _page(request: AdminRequest, view: View, asked: Asked, listing: Listing) -> ListPage:
    urls, params = request.urls, asked.params
    query, plain = params.query(), params.plain
    first = plain.query(page=1)
    slow = unserved(request.context, view, params, listing.total)

    def list_url(query: str) -> str:
        return urls.list(view, query)

    deleted_labels = (("hide", _("hide")), ("show", _("show")), ("only", _("only")))
    return ListPage(
        key=view.key,
        title=view.name_plural,
        singular=view.name.lower(),
        url=urls.list(view),
        action_url=urls.list(view),
        heads=heads(view, listing.columns, params, list_url, listing.order, slow),
        sort_menu=sort_menu(view, listing.columns, params, list_url, slow),
        rows=rows(request, view, listing.columns, listing.rows),
        count=listing.total,
        exact=listing.exact,
        count_text=format_count(listing.total, listing.exact),
        count_url=None if listing.exact else urls.below(view, "count", first),
        pager=pager(params, listing, list_url, _sizes(view, params)),
        filters=filter_controls(
            params,
            listing.labels,
            url=list_url,
            lookup_url=lambda name: urls.lookup(view, name),
            facets_url=lambda name: urls.facets(view, name, first),
        ),
        chips=chips(params, listing.labels, url=list_url),
        clear_url=list_url(params.query(without=["q", "per", *filters_of(view)]))
        if params.narrowed
        else None,
        search_enabled=searchable(view),
        search_label=_("Search {rows}").format(rows=view.name_plural.lower()),
        q=params.q,
        search=search_words(request.context, params, listing, list_url),
        soft_delete=view.soft_delete is not None,
        deleted=params.deleted,
        deleted_links=tuple(
            Link(label, list_url(params.query(deleted=name)), current=params.deleted == name)
            for name, label in deleted_labels
        ),
        hidden=_pairs(params.changed(without=["q"])),
        filter_hidden=_pairs(params.changed(without=[*filters_of(view), *(() if params.top else ("per",))])),
        jump_hidden=_pairs(params.changed()),
        size_hidden=_pairs(params.changed(without=["per_page"])),
        actions=bulk_actions(request, view, params),
        add_url=urls.below(view, "add") if request.may("add") else None,
        export_links=export_links(request, view, plain),
        export_url=urls.below(view, "export", first) if request.may("export") else None,
        import_url=import_url(request, view),
        explain_url=urls.below(view, "explain", plain.query()) if request.may("explain") else None,
        summary_url=urls.below(view, "summary", first),
        rows_url=urls.below(view, "rows", first),
        empty_title=_empty_title(view, params),
        empty_hint=_empty_hint(view, params),
        read_only=not acts(request, view),
        here=list_url(query),
        link=list_url(first),
        notes=_notes(view),
        all_text=_all_text(view, params, listing),
        all_query=first,
        tabs=tabs(request, view, asked),
        columns_url=urls.below(view, "columns", query),
        columns_text=f"{len(listing.columns)}/{len(view.all_columns)}",
        settings_url=urls.below(view, "settings"),
        size_is_new=params.per_page if params.per_page != (params.usual.per_page or view.page_size) else 0,
        scrolling=scrolling(request, params, listing, on=asked.settings.switch("scroll") == "on"),
        switches={name: asked.settings.switch(name) for name in SWITCHES},
    )


def _sizes(view: View, params: ListParams) -> tuple[Option, ...]:
    sizes = sorted({*view.page_sizes, params.per_page})
    return tuple(Option(str(size), str(size), size == params.per_page) for size in sizes)


def _pairs(params: ListParams) -> tuple[tuple[str, str], ...]:
    return tuple(params.pairs())


def acts(request: AdminRequest, view: View) -> bool:
    """Whether the person may do anything with single rows."""
    rights = ("change", "delete", "restore", "purge", *(f"action:{name}" for name in view.actions))
    return any(request.may(right) for right in rights)


def _all_text(view: View, params: ListParams, listing: Listing) -> str:
    if listing.exact and listing.total <= len(listing.rows):
        return ""
    count = format_count(listing.total, listing.exact)
    text = _("all {count} that match") if params.narrowed else _("all {count} {rows}")
    return text.format(count=count, rows=view.name_plural.lower())


def bulk_actions(request: AdminRequest, view: View, params: ListParams) -> tuple[BulkAction, ...]:
    """What the person may do with chosen rows."""
    if view.keyless:
        return ()
    found: list[BulkAction] = []
    if params.deleted != "hide" and request.may("restore"):
        url = request.urls.action(view, "restore")
        found.append(BulkAction("restore", _("Restore"), url, icon="restore"))
    if params.deleted == "only" and request.may("purge"):
        url = request.urls.action(view, "purge")
        found.append(BulkAction("purge", _("Delete for good…"), url, tone="danger", icon="trash"))
    if params.deleted != "only":
        if request.may("change") and view.form_columns:
            url = request.urls.action(view, "edit")
            found.append(BulkAction("edit", _("Edit…"), url, icon="pencil"))
        found += [
            BulkAction(info.name, info.label, request.urls.action(view, info.name), info.tone, info.icon)
            for info in view.actions.values()
            if request.may(f"action:{info.name}")
        ]
        if request.may("export"):
            found.append(
                BulkAction("export", _("Export…"), request.urls.below(view, "export"), icon="download")
            )
        if request.may("delete"):
            url = request.urls.action(view, "delete")
            found.append(BulkAction("delete", _("Delete…"), url, tone="danger", icon="trash"))
    return tuple(found)


def _empty_title(view: View, params: ListParams) -> str:
    if params.narrowed:
        return _("No {rows} match").format(rows=view.name_plural.lower())
    if params.deleted == "only":
        return _("No deleted {rows}").format(rows=view.name_plural.lower())
    return _("No {rows} yet").format(rows=view.name_plural.lower())


def _empty_hint(view: View, params: ListParams) -> str:
    if params.narrowed and params.deleted == "hide" and view.soft_delete:
        return _("Deleted rows are hidden; remove a filter, or show deleted rows.")
    if params.narrowed:
        return _("Remove a filter or change the search.")
    return ""


def _notes(view: View) -> tuple[str, ...]:
    notes = list(view.notes)
    if view.keyless and view.info.kind == "table":
        notes.append(_("This table has no primary key, so its rows can be read but not opened or changed."))
    return tuple(notes)
