"""The rows of a list alone: what an infinite list asks for next, here or in a page of the host's."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.fragment import Fragment
from webadmin.listing.params import ListParams
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import current_zone
from webadmin.views.saved.asked import alone
from webadmin.views.table import Head, Row, heads
from webadmin.views.table import rows as rows_of


@dataclass(frozen=True, slots=True)
class RowsPage:
    """The infinite-scroll fragment: rows and where the next ones are."""

    key: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    next_url: str | None
    first: bool
    """Whether this is the first piece, which brings the table and its head along."""
    caption: str


def rows(request: AdminRequest) -> Answer:
    """The rows after the cursor, with the address of the next ones; without a cursor the first, in their table."""
    view, urls = request.view, request.urls
    params = ListParams.parse(alone(request), view, current_zone())
    fragment = Fragment.load(request.context, view, params)
    after = fragment.after
    page = RowsPage(
        key=view.key,
        heads=heads(view, fragment.columns, params, lambda query: urls.list(view, query)),
        rows=rows_of(request, view, fragment.columns, fragment.rows),
        next_url=urls.below(view, "rows", params.query(after=after)) if after else None,
        first=not (params.after or params.before),
        caption=view.name_plural,
    )
    return Page("rows.html", page, fragment=True)
