"""The rows of a list alone: what an infinite list asks for next, here or in a page of the host's."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.fragment import Fragment
from webadmin.listing.params import ListParams
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import current_zone
from webadmin.views.list import acts, bulk_actions
from webadmin.views.saved.asked import alone
from webadmin.views.scrolling import is_in_list, more_url
from webadmin.views.table import Head, Row, heads
from webadmin.views.table import rows as rows_of


@dataclass(frozen=True, slots=True)
class RowsPage:
    """The infinite-scroll fragment: rows and where the next ones are."""

    key: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    more_url: str | None
    """The rows that come next."""
    pages_url: str
    """The list in the admin, where there are no scripts."""
    first: bool
    """Whether this is the first piece, which brings the table and its head along."""
    caption: str
    in_list: bool = False
    """They come into the admin's own list."""
    chooses: bool = False
    """Rows have a check box."""
    acts: bool = False
    """Rows have a cell of actions."""
    here: str = ""
    """The list's address, to come back to."""


def rows(request: AdminRequest) -> Answer:
    """The rows after the cursor, with the address of the next ones; without a cursor the first, in their table."""
    view, urls = request.view, request.urls
    params = ListParams.parse(alone(request), view, current_zone())
    fragment = Fragment.load(request.context, view, params)
    inside, after = is_in_list(request), fragment.after
    whole = urls.list(view, params.changed().query())
    page = RowsPage(
        key=view.key,
        heads=heads(view, fragment.columns, params, lambda query: urls.list(view, query)),
        rows=rows_of(request, view, fragment.columns, fragment.rows),
        more_url=more_url(request, params, after, in_list=inside) if after else None,
        pages_url=whole,
        first=not (params.after or params.before),
        caption=view.name_plural,
        in_list=inside,
        chooses=inside and bool(bulk_actions(request, view, params)),
        acts=inside and acts(request, view),
        here=whole,
    )
    return Page("rows.html", page, fragment=True)
