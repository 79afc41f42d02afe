"""What a list page says about its search: how its rows are ordered, and what else could be searched for."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.listing import Listing
from webadmin.listing.params import ListParams
from webadmin.listing.ranking import may_rank
from webadmin.options.context import Context
from webadmin.rendering.shell import Link
from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.views.table import UrlOf


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Sentences and links beside the search."""

    note: str = ""
    """How the rows are ordered, or why there are none."""
    order_link: Link | None = None
    """The same rows in another order."""
    suggestion: Link | None = None
    """A similar search that finds something."""


def search_words(context: Context, params: ListParams, listing: Listing, list_url: UrlOf) -> SearchWords:
    """What to say about the search of ``params``; nothing where there is none."""
    if not params.q:
        return SearchWords()
    suggested = None
    if listing.suggestion:
        suggested = Link(listing.suggestion, list_url(params.query(q=listing.suggestion)))
    notes = [listing.search_note] if listing.search_note else []
    link = None
    if listing.total > 1:
        if listing.ranked:
            notes.append(_ranked(listing))
            link = _own_order(params, list_url)
        elif params.sort and may_rank(context, params.view, params.changed(sort=())):
            link = Link(_("Best matches first"), list_url(params.query(without=["sort"])))
    return SearchWords(" ".join(notes), link, suggested)


def _ranked(listing: Listing) -> str:
    if listing.latest is None:
        return _("Best matches first.")
    return _("Best matches among the first {number} come first, the others follow.").format(
        number=format_number(listing.latest)
    )


def _own_order(params: ListParams, list_url: UrlOf) -> Link | None:
    """The order that the list has without a search, where it may be asked for."""
    order, view = params.view.default_sort, params.view
    if not order or any(name not in view.sortable for name, _down in order):
        return None
    name, down = order[0]
    label = view.label_of(name)
    text = _("By {column}, descending") if down else _("By {column}")
    return Link(text.format(column=label), list_url(params.query(sort=order)))
