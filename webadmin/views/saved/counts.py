"""How many rows each saved view has: asked for after the list is shown, under a time limit."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from webadmin.errors import WebadminError
from webadmin.listing.counts import count
from webadmin.listing.params import Usual
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page
from webadmin.saved.kept import SavedView
from webadmin.saved.shelf import Shelf
from webadmin.saved.store import person_of
from webadmin.text import format_count
from webadmin.views.saved.asked import held

TIME = 2.0
"""Seconds that all counts together may take; what is left then has no number. Each has the limit of a list's own count."""
FRESH = 60.0
"""Seconds after which a number is asked for again."""
_MOST = 5000
UNKNOWN = "–"

_counts: WeakKeyDictionary[Shelf, OrderedDict[tuple[str, ...], tuple[float, str]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class CountsPage:
    """The numbers alone, to be put into the tabs."""

    counts: tuple[tuple[str, str], ...]
    """Ids of saved views with their numbers in words."""


def counts(request: AdminRequest) -> Answer:
    """The numbers of rows of the saved views that the person sees."""
    view = request.view
    end = time.monotonic() + TIME
    found: list[tuple[str, str]] = []
    for saved in request.store.read().views:
        text = known_count(request, view, saved)
        if not text:
            if time.monotonic() > end:
                break
            text = _count(request, view, saved)
            _keep(request, view, saved, text)
        found.append((saved.id, text))
    return Page("view_counts.html", CountsPage(tuple(found)), fragment=True)


def known_count(request: AdminRequest, view: View, saved: SavedView) -> str:
    """The number of a view's rows as it was a short while ago; empty when it has not been asked for since then."""
    kept = _counts.get(request.shelf)
    found = kept.get(_key(request, view, saved)) if kept is not None else None
    return found[1] if found is not None and time.monotonic() - found[0] < FRESH else ""


def _count(request: AdminRequest, view: View, saved: SavedView) -> str:
    try:
        total = count(request.context, view, held(view, saved, Usual()), statements=2)
    except WebadminError:
        return UNKNOWN  # the view itself says what is wrong with it
    return UNKNOWN if total is None else format_count(total.rows, total.exact)


def _keep(request: AdminRequest, view: View, saved: SavedView, text: str) -> None:
    kept = _counts.setdefault(request.shelf, OrderedDict())
    kept[_key(request, view, saved)] = (time.monotonic(), text)
    while len(kept) > _MOST:
        kept.popitem(last=False)


def _key(request: AdminRequest, view: View, saved: SavedView) -> tuple[str, ...]:
    """Of one person in one session: what they may see can depend on more than who they are, and where the host says who
    they are, another person at the same browser may have the same session."""
    return request.cookie.id, person_of(request.user), view.key, saved.id, saved.query
