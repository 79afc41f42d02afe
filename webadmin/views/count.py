"""The exact number of a list's rows, counted because somebody asks."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.counts import count_all
from webadmin.listing.params import ListParams
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import current_zone, format_count, ngettext
from webadmin.text import gettext as _

SECONDS = 10
"""That a count may take."""


@dataclass(frozen=True, slots=True)
class CountPage:
    title: str
    list_title: str
    list_url: str
    """The list with the same filters."""
    count: int | None
    """None when counting took too long."""
    count_text: str
    again_url: str


def count(request: AdminRequest) -> Answer:
    """How many rows the list of this query string has; for htmx the number alone, to stand where the estimate was."""
    view, urls = request.view, request.urls
    params = ListParams.parse(request.query, view, current_zone())
    found = count_all(request.context, view, params, SECONDS * 1000)
    query = params.query(page=1)
    page = CountPage(
        title=_("Number of rows"),
        list_title=view.name_plural,
        list_url=urls.list(view, query),
        count=found,
        count_text=_text(found),
        again_url=urls.below(view, "count", query),
    )
    return Page("count.html", page, block="count" if request.htmx else None)


def _text(found: int | None) -> str:
    if found is None:
        text = ngettext(
            "not counted within {seconds} second", "not counted within {seconds} seconds", SECONDS
        )
        return text.format(seconds=SECONDS)
    return format_count(found)
