"""Which columns a list shows, in which order: chosen for now, or kept for this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from webadmin.listing.listing import shown_columns
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views.saved.asked import Asked, ask
from webadmin.views.saved.back import asked_before


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that can be shown."""

    name: str
    label: str
    shown: bool
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    key: str
    title: str
    """The plural label of the model."""
    list_url: str
    """The list that is being set up, with its query string."""
    post_url: str
    choices: tuple[Choice, ...]
    """The shown ones first, in their order."""
    kept: bool
    """The person has columns of their own for this list."""
    view_name: str
    """The saved view that is open; empty for none."""
    lasting: bool
    """It is kept in the database; else in this browser."""
    error: str = ""


def columns(request: AdminRequest) -> Answer:
    """The columns to choose from; a POST shows or keeps what was chosen, or moves one of them."""
    view = request.view
    if request.method != "POST":
        asked = ask(request)
        shown = [column.name for column in shown_columns(view, asked.params)]
        return _page(request, asked, shown, _all(view, shown))
    asked = asked_before(request)
    known = view.all_columns
    chosen = [name for name in dict.fromkeys(_posted(request, "column")) if name in known]
    order = _all(view, [name for name in dict.fromkeys(_posted(request, "order")) if name in known] or chosen)
    chosen.sort(key=order.index)
    if move := request.posted("move"):
        return _page(request, asked, chosen, _moved(order, move))
    if request.posted("do") == "usual":
        return _keep(request, asked, [])
    if not chosen:
        return _page(request, asked, chosen, order, error=_("Choose at least one column."))
    if request.posted("do") == "show":
        return Redirect(request.urls.list(view, asked.params.query(columns=_unless_own(view, chosen))))
    return _keep(request, asked, chosen)


def _keep(request: AdminRequest, asked: Asked, chosen: Sequence[str]) -> Answer:
    """Keep the columns, and show the list without any in its address, which would win over what is kept."""
    view, store = request.view, request.store
    columns = _unless_own(view, chosen)
    store.write(replace(store.read().settings, columns=columns))
    usual = replace(asked.params.usual, columns=columns)
    params = replace(asked.params, usual=usual, columns=columns)
    return Redirect(request.urls.list(view, params.query()))


def _unless_own(view: View, chosen: Sequence[str]) -> tuple[str, ...]:
    own = tuple(column.name for column in view.list_columns)
    return () if tuple(chosen) == own else tuple(chosen)


def _posted(request: AdminRequest, name: str) -> list[str]:
    return [value for value in request.form.getlist(name) if isinstance(value, str)]


def _all(view: View, first: Sequence[str]) -> list[str]:
    """All columns of the view, these ones first."""
    return [*first, *(name for name in view.all_columns if name not in first)]


def _moved(order: list[str], move: str) -> list[str]:
    """``order`` after ``up:name`` or ``down:name``; whatever else is said moves nothing."""
    direction, _colon, name = move.partition(":")
    if name in order and direction in {"up", "down"}:
        place = order.index(name)
        order.insert(max(0, place + (1 if direction == "down" else -1)), order.pop(place))
    return order


def _page(
    request: AdminRequest, asked: Asked, shown: Sequence[str], order: Sequence[str], *, error: str = ""
) -> Page:
    view = request.view
    content = ColumnsPage(
        key=view.key,
        title=view.name_plural,
        list_url=request.urls.list(view, asked.params.query(page=asked.params.page)),
        post_url=request.urls.below(view, "columns"),
        choices=tuple(
            Choice(name, view.all_columns[name].label, name in shown, name == order[0], name == order[-1])
            for name in order
        ),
        kept=bool(asked.settings.columns),
        view_name=asked.active.name if asked.active is not None else "",
        lasting=asked.lasting,
        error=error,
    )
    block = "chooser" if request.htmx else None
    return Page("columns.html", content, block=block, status=422 if error else 200)
