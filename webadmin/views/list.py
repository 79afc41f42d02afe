"""The list of a model's rows."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.controls import Chip, FilterControl, Option
from webadmin.rendering.cells import Cell
from webadmin.rendering.shell import Link


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


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    """The id as it stands in the row's address, percent-encoded; empty when the row has no address."""
    label: str
    cells: tuple[Cell, ...]
    url: str | None
    edit_url: str | None
    delete_url: str | None
    restore_url: str | None
    deleted: bool


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


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An action over chosen rows: the form posts the ids to its address."""

    name: str
    label: str
    url: str
    tone: str = ""
    """danger for one that destroys."""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    key: str
    title: str
    """The plural label of the model."""
    singular: str
    url: str
    """The list without any parameter."""
    action_url: str
    """The list's address without query string: where the search and filter forms go by GET."""
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    count: int
    exact: bool
    count_text: str
    """The total in words: ``4,800,673`` or ``about 4.80M``."""
    pager: Pager
    filters: tuple[FilterControl, ...]
    chips: tuple[Chip, ...]
    clear_url: str | None
    """The list without filters and search, when any is active."""
    search_enabled: bool
    search_label: str
    """What the search looks through, in words."""
    q: str
    search_note: str
    """A sentence about the search itself (only common words, cut at 256 characters), or empty."""
    soft_delete: bool
    deleted: str
    """hide, show or only."""
    deleted_links: tuple[Link, ...]
    """The three positions of the toggle, as addresses."""
    hidden: tuple[tuple[str, str], ...]
    """Parameters that the search form carries along (sort, per_page, filters…)."""
    filter_hidden: tuple[tuple[str, str], ...]
    """Parameters that the filter form carries along (q, sort, per_page, deleted…)."""
    jump_hidden: tuple[tuple[str, str], ...]
    """Parameters that the jump-to-page form carries along (all but page)."""
    size_hidden: tuple[tuple[str, str], ...]
    """Parameters that the rows-per-page form carries along (all but per_page and page)."""
    actions: tuple[BulkAction, ...]
    add_url: str | None
    export_links: tuple[Link, ...]
    import_url: str | None
    explain_url: str | None
    rows_url: str
    """The infinite-scroll fragment for the same query, first page."""
    empty_title: str
    """Why there are no rows, in words; shown only when there are none."""
    empty_hint: str
    read_only: bool
    notes: tuple[str, ...] = ()
    """Sentences about this list, such as one that the table has no primary key."""


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
