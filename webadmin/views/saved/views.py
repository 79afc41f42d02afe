"""The saved views of a list: made, called otherwise, put in order, shared, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from webadmin.errors import BadRequest, Forbidden, NotFound, Unprocessable
from webadmin.listing.params import ListParams, Usual
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.saved import rules
from webadmin.saved.kept import Kept, SavedView
from webadmin.saved.store import Store
from webadmin.text import current_zone
from webadmin.text import gettext as _
from webadmin.views.back import came_from
from webadmin.views.saved.asked import held, pairs_of
from webadmin.views.saved.tabs import may_change, view_url, whose


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A saved view with what may be done with it."""

    id: str
    name: str
    url: str
    post_url: str
    hint: str
    query: str
    """Empty where it may name what the person may not read."""
    fault: str
    """What it asks for that the list does not have any more; empty when nothing."""
    default: bool
    changes: bool
    """It may be renamed, shared or not, and deleted."""
    shared: bool
    first: bool
    last: bool
    name_error: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A view that could not be saved as it was typed."""

    name: str
    query: str
    shared: bool
    default: bool
    error: str


@dataclass(frozen=True, slots=True)
class ViewsPage:
    key: str
    title: str
    """The plural label of the model."""
    list_url: str
    post_url: str
    lines: tuple[ViewLine, ...]
    draft: Draft | None
    may_share: bool
    lasting: bool
    """It is kept in the database; else in this browser."""


def views(request: AdminRequest) -> Answer:
    """The saved views of the list; a POST saves a new one and leads to it."""
    return _add(request) if request.method == "POST" else _page(request, request.store)


def change(request: AdminRequest) -> Answer:
    """Do with one saved view what the pressed button says."""
    store = request.store
    kept = store.read()
    saved = kept.find(request.params["id"])
    if saved is None:
        raise NotFound(_("There is no such saved view."))
    act = _ACTS.get(request.posted("do"))
    if act is None:
        raise Unprocessable(_("Nothing was chosen to be done with the saved view."))
    if act in _CHANGING and not may_change(request, saved):
        raise Forbidden(_("This view is shared by somebody else. Save one of your own instead."))
    try:
        text = act(request, store, kept, saved)
    except Unprocessable as refused:
        if act is not _rename:
            raise Unprocessable(refused.message, link="./views/", link_label=_("Saved views")) from refused
        return _page(request, store, refused=(saved.id, request.posted("name"), refused.message))
    if text:
        request.flash(text)
    return Redirect(_after(request, saved))


def _add(request: AdminRequest) -> Answer:
    view, store = request.view, request.store
    kept = store.read()
    shared, default = request.posted("shared") == "1", request.posted("default") == "1"
    query = _query(request, kept)
    if shared and not (store.lasting and request.may("share_views")):
        raise Forbidden(_("You may not share views of this list."))
    try:
        name = rules.clean_name(request.posted("name"), kept)
        rules.check_room(kept, shared=shared)
        made = store.add(name, rules.check_query(query), shared=shared)
        if default:
            store.write(replace(kept.settings, default=made.id))
    except Unprocessable as refused:
        draft = Draft(request.posted("name"), query, shared, default, refused.message)
        return _page(request, store, draft=draft)
    request.flash(_("The view “{name}” was saved.").format(name=name))
    return Redirect(view_url(request, view, made))


def _query(request: AdminRequest, kept: Kept) -> str:
    """The canonical form of the query string that was sent. Raises BadRequest for one that the list does not know."""
    view = request.view
    settings = kept.settings.fitting(view)
    usual = Usual(settings.columns, settings.per_page)
    params = ListParams.parse(pairs_of(request.posted("query")), view, current_zone(), usual=usual)
    return params.query()


# -- what can be done with one -------------------------------------------------------------------------------


def _rename(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    name = rules.clean_name(request.posted("name"), kept, but=saved)
    store.change(saved, name=name)
    return _("The view is called “{name}” now.").format(name=name)


def _save(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    store.change(saved, query=rules.check_query(_query(request, kept)))
    return _("The view “{name}” was saved.").format(name=saved.name)


def _share(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    if not (store.lasting and request.may("share_views")):
        raise Forbidden(_("You may not share views of this list."))
    rules.check_shared(kept)
    store.change(saved, shared=True)
    return _("Everybody who may see this list sees “{name}” now.").format(name=saved.name)


def _unshare(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    store.change(saved, shared=False)
    return _("“{name}” is not shared any more.").format(name=saved.name)


def _delete(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    store.remove(saved)
    return _("The view “{name}” was deleted.").format(name=saved.name)


def _default(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    store.write(replace(kept.settings, default=saved.id))
    return _("The list opens as “{name}” for you now.").format(name=saved.name)


def _no_default(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    store.write(replace(kept.settings, default=""))
    return _("The list opens without a saved view now.")


def _up(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    return _move(store, kept, saved, -1)


def _down(request: AdminRequest, store: Store, kept: Kept, saved: SavedView) -> str:
    return _move(store, kept, saved, 1)


def _move(store: Store, kept: Kept, saved: SavedView, by: int) -> str:
    order = [view.id for view in kept.views]
    place = order.index(saved.id)
    order.insert(max(0, place + by), order.pop(place))
    store.write(replace(kept.settings, order=tuple(order)))
    return ""


_Act = Callable[[AdminRequest, Store, Kept, SavedView], str]
_ACTS: dict[str, _Act] = {
    "rename": _rename,
    "save": _save,
    "share": _share,
    "unshare": _unshare,
    "delete": _delete,
    "default": _default,
    "no-default": _no_default,
    "up": _up,
    "down": _down,
}
_CHANGING = frozenset({_rename, _save, _share, _unshare, _delete})
"""What others than the person may see of it."""


def _after(request: AdminRequest, saved: SavedView) -> str:
    """Where to go on: the view that was saved, the list that the button stood in, else the page of views."""
    if request.posted("do") == "save":
        return view_url(request, request.view, saved)
    came = came_from(request, request.view) if request.posted("_next") else None
    return came or request.urls.below(request.view, "views")


# -- the page ------------------------------------------------------------------------------------------------


def _page(
    request: AdminRequest,
    store: Store,
    *,
    draft: Draft | None = None,
    refused: tuple[str, str, str] | None = None,
) -> Page:
    """:param refused: the id of a view that was to be called otherwise, the name, and what is wrong with it."""
    view, urls = request.view, request.urls
    kept = store.read()
    lines = tuple(
        _line(request, kept, saved, first=saved is kept.views[0], last=saved is kept.views[-1])
        for saved in kept.views
    )
    if refused is not None:
        id, name, error = refused
        lines = tuple(replace(line, name=name, name_error=error) if line.id == id else line for line in lines)
    content = ViewsPage(
        key=view.key,
        title=view.name_plural,
        list_url=urls.list(view),
        post_url=urls.below(view, "views"),
        lines=lines,
        draft=draft,
        may_share=store.lasting and request.may("share_views"),
        lasting=store.lasting,
    )
    return Page("views.html", content, status=422 if draft or refused else 200)


def _line(request: AdminRequest, kept: Kept, saved: SavedView, *, first: bool, last: bool) -> ViewLine:
    view = request.view
    fault = ""
    try:
        held(view, saved, Usual())
    except BadRequest as broken:
        fault = broken.message
    return ViewLine(
        id=saved.id,
        name=saved.name,
        url=view_url(request, view, saved),
        post_url=request.urls.below(view, f"views/{saved.id}"),
        hint=whose(saved),
        query="" if fault and request.registry.narrowed else saved.query,
        fault=fault,
        default=kept.settings.default == saved.id,
        changes=may_change(request, saved),
        shared=saved.shared,
        first=first,
        last=last,
    )
