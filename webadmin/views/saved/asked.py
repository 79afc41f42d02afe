"""What a list is asked for: its query string, a saved view that it names, and what the person keeps of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from webadmin.errors import BadRequest
from webadmin.listing.params import PLAIN, ListParams, Usual, marker
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.saved.kept import Kept, ListSettings, SavedView
from webadmin.text import current_zone
from webadmin.text import gettext as _

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as one person asks for it."""

    params: ListParams
    kept: Kept
    settings: ListSettings
    """As far as the list still has what they name."""
    lasting: bool
    """What is kept is kept in the database."""
    statements: int
    """How many were sent to find out."""
    active: SavedView | None = None
    """The saved view that the list was opened as."""
    modified: bool = False
    """The list shows something else than the active view by now."""


def ask(request: AdminRequest) -> Asked:
    """What the request's query string asks its list for.

    A saved view named alone stands for all that it holds; beside other parameters it only says where they come from. An
    address without parameters shows the person's default view.

    :raises BadRequest: for anything that the list does not know, also where it stands in a saved view.
    """
    view, store = request.view, request.store
    kept = store.read()
    asked = resolve(view, request.query, kept)
    return Asked(
        asked.params,
        kept,
        asked.settings,
        store.lasting,
        store.statements,
        asked.active,
        asked.modified,
    )


def resolve(view: View, pairs: Pairs, kept: Kept) -> Asked:
    """:func:`ask` for the pairs of any query string of the list."""
    settings = kept.settings.fitting(view)
    usual = Usual(settings.columns, settings.per_page)
    named, rest = _split(view, pairs)
    active = kept.default if not named and not rest else kept.find(named)
    if named and named != PLAIN and active is None and not rest:
        message = _(
            "There is no such saved view; whoever it belongs to may have deleted it, or not share it."
        )
        raise BadRequest(message, link=f"?{marker(view)}={PLAIN}", link_label=_("Show the list"))
    if active is None:
        saved = PLAIN if kept.default is not None else ""
        params = ListParams.parse(rest, view, current_zone(), usual=usual, saved=saved)
        return Asked(params, kept, settings, False, 0)
    if not rest:
        return Asked(held(view, active, usual), kept, settings, False, 0, active)
    params = ListParams.parse(rest, view, current_zone(), usual=usual, saved=active.id)
    return Asked(params, kept, settings, False, 0, active, _differs(view, active, params))


def held(view: View, saved: SavedView, usual: Usual) -> ListParams:
    """What a saved view holds.

    :raises BadRequest: when the list does not have all of it any more; its link is the list without that, from where the
        view can be saved anew.
    """
    try:
        return ListParams.parse(pairs_of(saved.query), view, current_zone(), usual=usual, saved=saved.id)
    except BadRequest as broken:
        said = _("The saved view “{name}” asks for something that this list no longer has.").format(
            name=saved.name
        )
        raise BadRequest(
            f"{said} {broken.message}", link=broken.link, link_label=broken.link_label
        ) from broken


def alone(request: AdminRequest, pairs: Pairs | None = None) -> Pairs:
    """The request's query string; what a saved view holds instead, where that is all that it names. For other addresses
    than the list's, where nothing else that a person keeps counts.

    :param pairs: what of the query string is about the list.
    """
    view = request.view
    named, rest = _split(view, request.query if pairs is None else pairs)
    if not named or rest or named == PLAIN:
        return rest
    found = request.store.read().find(named)
    return pairs_of(found.query) if found is not None else rest


def pairs_of(query: str) -> Pairs:
    return parse_qsl(query, keep_blank_values=True)


def _split(view: View, pairs: Pairs) -> tuple[str, Pairs]:
    """The saved view that is named, and what else there is."""
    name = marker(view)
    named = [value for key, value in pairs if key == name]
    rest = [(key, value) for key, value in pairs if key != name and not key.startswith("_")]
    return named[-1].strip() if named else "", rest


def _differs(view: View, saved: SavedView, params: ListParams) -> bool:
    try:
        return held(view, saved, params.usual).query() != params.query(page=1)
    except BadRequest:
        return True
