"""The table of a list page and of the infinite-scroll fragment: heads, rows, pager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from webadmin.database.inspection import NUMBERS
from webadmin.listing.controls import Option
from webadmin.listing.listing import ListedRow, Listing
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import LAST, Sort
from webadmin.listing.sealed import sealed
from webadmin.options.view import ShownColumn, View
from webadmin.rendering.cells import Cell
from webadmin.rendering.values import CellMaker, Cells
from webadmin.request import AdminRequest
from webadmin.text import gettext as _
from webadmin.views.sorting import sorts_of_heads

UrlOf = Callable[[str], str]
"""The address of a list with a query string."""

_NEIGHBOURS = 2
_PIECE = Markup('<small class="wa-piece"><span class="wa-faint">{}</span> {}</small>')
"""The label of a text and a piece of it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column."""

    name: str
    label: str
    numeric: bool
    role: str
    """Place in a card on a narrow screen: title, state, main, value, meta or none."""
    sort_url: str | None = None
    """Sorts by this column alone (again: the other way round); None when it cannot be sorted."""
    sort_add_url: str | None = None
    """Adds this column as a further sort key (Shift+click)."""
    direction: str = ""
    """asc, desc or empty."""
    position: int = 0
    """1 for the first sort key, 0 when it is none."""
    slow: bool = False
    """No index serves the sort, and there are so many rows that it matters."""
    card_label: str = ""
    """Stands before the value on a card, where it would not be understood without its head."""
    editable: bool = False
    """The column's cells may be edited in the list."""


class Row(NamedTuple):
    id: str
    """The id as it stands in the row's address, percent-encoded; empty when the row has no address."""
    label: str
    cells: tuple[Cell, ...]
    url: str | None
    edit_url: str | None
    delete_url: str | None
    restore_url: str | None
    deleted: bool
    actions_url: str | None = None
    """What else can be done with it."""
    cell_url: str | None = None
    """What the addresses of the forms of its cells begin with, where the person may change the row."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A numbered page; a gap has no address."""

    label: str
    url: str | None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    first_row: int
    """1-based number of the first row shown; 0 when there is none."""
    last_row: int
    page: int
    links: tuple[PageLink, ...]
    first_url: str | None
    previous_url: str | None
    next_url: str | None
    last_url: str | None
    sizes: tuple[Option, ...]
    """Choices of rows per page."""
    place_exact: bool = True
    """Whether the rows are certainly those of this page; else they are about there."""
    within: int | None = None
    """So many rows at most they and the total are off, as far as others' writes were counted; None: not known."""


def heads(
    view: View,
    columns: Sequence[ShownColumn],
    params: ListParams,
    list_url: UrlOf,
    shown_order: Sort | None = None,
    slow: frozenset[str] = frozenset(),
) -> tuple[Head, ...]:
    """The heads of ``columns`` with the addresses that sort by them; ``list_url`` makes one of a query string.

    :param shown_order: what the rows are sorted by, where that is not what ``params`` says.
    :param slow: the sorts that no index serves.
    """
    order_of_rows = params.order if shown_order is None else shown_order
    order = {name: (place, descending) for place, (name, descending) in enumerate(order_of_rows, 1)}
    sorts = sorts_of_heads(view, columns)
    return tuple(
        _head(column, role, params, sorts.get(column.name, ""), order, list_url, slow)
        for column, role in zip(columns, _roles(columns), strict=True)
    )


def _head(
    column: ShownColumn,
    role: str,
    params: ListParams,
    name: str,
    order: dict[str, tuple[int, bool]],
    list_url: UrlOf,
    slow: frozenset[str],
) -> Head:
    info = column.attribute.column
    position, descending = order.get(name or column.name, (0, False))
    sort_url = add_url = None
    if name:
        turned = not descending if position else False
        sort_url = list_url(params.query(sort=((name, turned),)))
        # The view's own order may begin with what nobody may sort by.
        chosen = tuple(item for item in params.order if item[0] in params.view.sortable)
        others = tuple(item for item in chosen if item[0] != name)
        kept = (
            tuple((n, turned if n == name else d) for n, d in chosen)
            if position
            else (*others, (name, turned))
        )
        add_url = list_url(params.query(sort=kept))
    return Head(
        name=column.name,
        label=column.label,
        numeric=info.kind in NUMBERS and not info.primary_key if info is not None else _counts(column),
        role=role,
        sort_url=sort_url,
        sort_add_url=add_url,
        direction=("desc" if descending else "asc") if position else "",
        position=position,
        slow=name in slow,
        card_label=column.label if role == "meta" and _needs_label(column) else "",
        editable=column.name in params.view.editable,
    )


def _counts(column: ShownColumn) -> bool:
    """Whether the column shows how many related rows there are."""
    return column.attribute.relation is not None and column.attribute.relation.uselist


_PLACES = {"enum": "state", "numeric": "value", "float": "value"}


def _roles(columns: Sequence[ShownColumn]) -> Iterable[str]:
    """Where each cell stands on a card of a narrow screen; a place beside the title is given once."""
    taken: set[str] = set()
    for place, column in enumerate(columns):
        info = column.attribute.column
        if place == 0:
            role = "title"
        elif info is None:
            role = "main" if not _counts(column) and place <= 2 else "meta"
        else:
            role = _PLACES.get(info.kind, "meta")
        yield "meta" if role in taken else role
        taken.add(role)


def _needs_label(column: ShownColumn) -> bool:
    """A number, a yes or another row's name says nothing by itself; a time or a text does."""
    info = column.attribute.column
    return info is None or info.kind in NUMBERS or info.kind in {"enum", "boolean"}


def rows(
    request: AdminRequest, view: View, columns: Sequence[ShownColumn], listed: Sequence[ListedRow]
) -> tuple[Row, ...]:
    """The rows with their cells; the first cell leads to the row."""
    cells = Cells(request.context, view, request.urls)
    makers = [cells.maker(column) for column in columns]
    with sealed(request.session, [item.row for item in listed[:1]]):
        return _rows(request, view, makers, listed)


def _rows(
    request: AdminRequest, view: View, makers: Sequence[CellMaker], listed: Sequence[ListedRow]
) -> tuple[Row, ...]:
    may_change, may_delete, may_restore = (request.may(name) for name in ("change", "delete", "restore"))
    details = view.options.can_view_details and not view.keyless
    acts = any(request.may(f"action:{name}") for name in view.actions)
    urls, edits = request.urls, bool(view.editable)
    made: list[Row] = []
    for item in listed:
        row, id = item.row, item.id
        extras = {**item.to_many, **item.highlights} if item.highlights else item.to_many
        shown = [make(row, extras) for make in makers]
        url = urls.row(view, id) if details else None
        label = view.row_label(row) if not view.keyless else ""
        if url and shown:
            first = shown[0]
            shown[0] = Cell(first.name, "text", label, url) if first.empty else first.linked(url)
            if item.piece is not None:
                shown[0] = shown[0]._replace(below=_PIECE.format(*item.piece))
        made.append(
            Row(
                id=id,
                label=label,
                cells=tuple(shown),
                url=url,
                edit_url=urls.row(view, id, "change") if may_change and not item.deleted else None,
                delete_url=urls.row(view, id, "delete") if may_delete and not item.deleted else None,
                restore_url=urls.row(view, id, "restore") if may_restore and item.deleted else None,
                deleted=item.deleted,
                actions_url=urls.row(view, id, "actions") if acts and id and not item.deleted else None,
                cell_url=urls.row(view, id, "cell") if may_change and edits and not item.deleted else None,
            )
        )
    return tuple(made)


def pager(params: ListParams, listing: Listing, list_url: UrlOf, sizes: tuple[Option, ...]) -> Pager:
    """Numbered pages around the one shown, with the ends."""
    page, pages = listing.page, listing.pages

    def url(number: int) -> str:
        return list_url(params.query(page=number))

    last_url = None
    if listing.has_next:
        last_url = url(LAST) if not listing.exact else url(pages)
    return Pager(
        first_row=listing.first_row,
        last_row=listing.last_row,
        page=page,
        links=tuple(_numbers(page, pages, listing.exact, url)),
        first_url=url(1) if page > 1 else None,
        previous_url=url(page - 1) if page > 1 else None,
        next_url=url(page + 1) if listing.has_next else None,
        last_url=last_url,
        sizes=sizes,
        place_exact=listing.place_exact,
        within=listing.within,
    )


def _numbers(page: int, pages: int, exact: bool, url: Callable[[int], str]) -> Iterable[PageLink]:
    near = range(max(1, page - _NEIGHBOURS), min(pages, page + _NEIGHBOURS) + 1)
    numbers = sorted({1, *near, *([pages] if exact else [])})
    before = 0
    for number in numbers:
        if number - before > 1:
            yield PageLink("…", None)
        yield PageLink(str(number), url(number), current=number == page)
        before = number
    if not exact and pages > near.stop - 1:
        yield PageLink("…", None)
        yield PageLink(_("about {number}").format(number=pages), url(LAST))
