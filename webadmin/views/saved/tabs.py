"""The saved views at the top of a list, and what can be saved of it."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.params import PLAIN, marker
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.saved.kept import Kept, SavedView
from webadmin.text import gettext as _
from webadmin.views.saved.asked import Asked
from webadmin.views.saved.counts import known_count


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A saved view as a tab."""

    id: str
    label: str
    url: str
    current: bool
    modified: bool
    count: str
    """How many rows it has, in words; empty while that is not known."""
    hint: str
    """Whose it is, where it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What the list shows, to be saved as a view."""

    query: str
    save_url: str
    """Where a new view is posted to."""
    change_url: str
    """Where the active view is posted to with what is shown now; empty when it may not be changed or is as it was."""
    active_name: str
    may_share: bool
    lasting: bool
    """It is kept in the database; else in this browser."""


@dataclass(frozen=True, slots=True)
class Tabs:
    """The bar of saved views."""

    views: tuple[ViewTab, ...]
    plain_url: str
    plain_current: bool
    manage_url: str
    counts_url: str
    """Where the numbers come from that are not known yet; empty when all are."""
    saving: Saving | None
    """None where the list shows what the view holds, or nothing that could be saved."""


def tabs(request: AdminRequest, view: View, asked: Asked) -> Tabs | None:
    """The saved views of the list; None where there is neither any nor anything to save."""
    saving = _saving(request, view, asked)
    if not asked.kept.views and saving is None:
        return None
    urls = request.urls
    found = tuple(_tab(request, view, asked, saved) for saved in asked.kept.views)
    unknown = any(not tab.count for tab in found)
    return Tabs(
        views=found,
        plain_url=plain_url(request, view, asked.kept),
        plain_current=asked.active is None,
        manage_url=urls.below(view, "views"),
        counts_url=urls.below(view, "views/counts") if unknown else "",
        saving=saving,
    )


def may_change(request: AdminRequest, saved: SavedView) -> bool:
    """Whether the person may change a view: it is theirs, or it is shared and they may share views."""
    return saved.own or (saved.shared and request.may("share_views"))


def view_url(request: AdminRequest, view: View, saved: SavedView) -> str:
    """The address of a list as a saved view."""
    return request.urls.list(view, f"{marker(view)}={saved.id}")


def plain_url(request: AdminRequest, view: View, kept: Kept) -> str:
    """The address of a list as no saved view."""
    return request.urls.list(view, f"{marker(view)}={PLAIN}" if kept.default is not None else "")


def whose(saved: SavedView) -> str:
    """What there is to say of a view's owner."""
    if saved.own:
        return _("shared by you") if saved.shared else ""
    return _("shared by {name}").format(name=saved.owner) if saved.owner else _("shared")


def _tab(request: AdminRequest, view: View, asked: Asked, saved: SavedView) -> ViewTab:
    current = asked.active is saved
    return ViewTab(
        id=saved.id,
        label=saved.name,
        url=view_url(request, view, saved),
        current=current,
        modified=current and asked.modified,
        count=known_count(request, view, saved),
        hint=whose(saved),
    )


def _saving(request: AdminRequest, view: View, asked: Asked) -> Saving | None:
    active, params = asked.active, asked.params
    if active is not None and not asked.modified:
        return None
    query = params.query(saved="")
    if not query and active is None:
        return None
    urls = request.urls
    changes = active is not None and may_change(request, active)
    return Saving(
        query=query,
        save_url=urls.below(view, "views"),
        change_url=urls.below(view, f"views/{active.id}") if active is not None and changes else "",
        active_name=active.name if active is not None else "",
        may_share=asked.lasting and request.may("share_views"),
        lasting=asked.lasting,
    )
