"""A list without page numbers: further rows come as one scrolls, by cursor."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing import cursor
from webadmin.listing.found_following import in_search
from webadmin.listing.listing import Listing
from webadmin.listing.params import ListParams
from webadmin.listing.ranking import may_rank
from webadmin.request import AdminRequest

IN_LIST = ("_in", "list")
"""The parameter of ``/rows`` for rows as they stand in the admin's own list, with check boxes and buttons."""


@dataclass(frozen=True, slots=True)
class Scrolling:
    """How a list is gone through."""

    on: bool
    """By scrolling; else by page numbers."""
    possible: bool
    """Not where a search has ranked some of its rows and not the others."""
    most: int = 0
    """How many rows can be asked for at once."""
    more_url: str | None = None
    """The rows that come next, for the row that brings them."""
    pages_url: str | None = None
    """The same by page number, where there are no scripts."""


def scrolling(request: AdminRequest, params: ListParams, listing: Listing, *, on: bool) -> Scrolling:
    """How the list of ``listing`` is gone through by somebody who has switched to scrolling or has not."""
    possible = listing.latest is None
    on = on and possible
    place, url = listing.following, None
    if on and place is not None:
        if may_rank(request.context, request.view, params):
            place = in_search(place, ranked=listing.ranked)
        url = more_url(request, params, cursor.encode(request.secret, params, place))
    pages = request.urls.list(request.view, params.query(page=listing.page + 1))
    most = max(request.view.page_sizes)
    return Scrolling(on, possible, most, url, pages if url else None)


def more_url(request: AdminRequest, params: ListParams, after: str, *, in_list: bool = True) -> str:
    """The address of the rows after a cursor."""
    add = [IN_LIST] if in_list else []
    return request.urls.below(request.view, "rows", params.plain.query(after=after, add=add))


def is_in_list(request: AdminRequest) -> bool:
    """Whether rows are asked for by the admin's own list."""
    return IN_LIST in request.query
