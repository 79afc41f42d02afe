"""A numbered page of a list: its rows, how many there are, and where in them it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from webadmin.listing.found_pages import read_found_page
from webadmin.listing.highlights import Highlights
from webadmin.listing.keyset import Place
from webadmin.listing.labels import Labels, filter_labels, wanted_labels
from webadmin.listing.loading import LoadPlan, load_plan
from webadmin.listing.pages import Position, read_page
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import Sort
from webadmin.listing.search import asked
from webadmin.listing.statement import Found
from webadmin.listing.suggestions import suggestion
from webadmin.options.context import Context
from webadmin.options.view import ShownColumn, View
from webadmin.text import gettext as _

STATEMENTS = 4
"""The most that a list page sends, whatever it shows."""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a list."""

    row: Any
    """An instance of the model, or an object that has its columns."""
    id: str
    """Its segment of the address, percent-encoded; empty when it has none."""
    deleted: bool
    to_many: Mapping[str, int]
    """How many related rows it has, by the name of the column that shows it."""
    highlights: Mapping[str, Markup]
    """Texts in which the search was found, marked, by the name of their column."""
    piece: tuple[str, Markup] | None = None
    """Where it was found in none of them: the label of another text of the row and a piece of it, marked."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that a list page shows of the database."""

    rows: tuple[ListedRow, ...]
    columns: tuple[ShownColumn, ...]
    order: Sort
    total: int
    exact: bool
    place_exact: bool
    """Whether the rows are certainly those of this page; else they are about there."""
    page: int
    pages: int
    """As far as is known: there may be more where ``exact`` is false."""
    first_row: int
    """1-based number of the first row shown; 0 when there is none."""
    last_row: int
    has_next: bool
    ranked: bool
    """The best rows of a search come first."""
    latest: int | None
    """Only among so many of the latest."""
    search_note: str
    """A sentence about the search, or empty."""
    suggestion: str
    """A search like this one, which found nothing, that finds something; or empty."""
    within: int | None
    """So many rows at most place and total are off where they are not exact, as far as the database has counted; None:
    that is not known."""
    labels: Labels
    """Names of the rows that filters point to."""
    following: Place | None = None
    """The place after which the next rows come; None when there are none, or no order to go on in."""

    @classmethod
    def load(
        cls,
        context: Context,
        view: View,
        params: ListParams,
        *,
        fresh: bool = False,
        statements: int = STATEMENTS,
    ) -> Listing:
        """Read a page, in four statements at most.

        :param statements: how many are left where others were sent before.
        :param fresh: send all statements, also for what is known: to see what they cost.
        :raises BadRequest: when a filter's value does not fit its column.
        """
        columns = shown_columns(view, params)
        plan = load_plan(context, view, columns)
        highlights = Highlights(context, view, columns, params.q)
        wanted = wanted_labels(params)
        spare = statements - plan.statements - bool(wanted)
        if wanted and spare < 2:
            wanted = {}  # for this once the filters show keys
            spare += 1
        read = read_found_page if params.q else read_page
        found, position = read(
            context, view, params, plan, highlights.expressions, statements=max(spare, 1), fresh=fresh
        )
        rows = listed(context, view, plan, found, highlights)
        return cls(
            rows=rows,
            columns=columns,
            order=() if position.ranked else params.order,
            search_note=_search_note(context, view, params, position),
            suggestion=_suggestion(context, view, params, position, plan.statements),
            labels=filter_labels(context, wanted, plan.related(found.rows)) if wanted else {},
            following=_following(view, found, position),
            **position.fields(),
        )


def _following(view: View, found: Found, position: Position) -> Place | None:
    if not position.has_next or position.latest is not None or not found.rows:
        return None
    return (position.offset + position.shown,) if view.keyless else found.places[-1]


def shown_columns(view: View, params: ListParams) -> tuple[ShownColumn, ...]:
    """The columns of the list: the chosen ones or the view's."""
    if not params.columns:
        return view.list_columns
    return tuple(view.all_columns[name] for name in params.columns)


def listed(
    context: Context, view: View, plan: LoadPlan, found: Found, highlights: Highlights
) -> tuple[ListedRow, ...]:
    """Rows as pages show them, with the numbers of their related rows."""
    counted = plan.load_related(context, view, found.rows)
    keys = [view.info.key_of(row) for row in found.rows] if counted else []
    nothing = dict.fromkeys((attribute.name for attribute in plan.counted), 0)
    beside = [name for name, _number in plan.numbers]
    rows: list[ListedRow] = []
    for place, row in enumerate(found.rows):
        extras = found.extras[place]
        marked = highlights.of(row, extras) if highlights.active else {}
        for name, _expression in plan.expressions:
            vars(row)[name] = extras.get(name)
        rows.append(
            ListedRow(
                row,
                view.id_of(row),
                view.is_deleted(row),
                {
                    **nothing,
                    **(counted.get(keys[place], {}) if keys else {}),
                    **{name: extras[name] for name in beside},
                },
                marked,
                highlights.piece(extras) if highlights.active and not marked else None,
            )
        )
    return tuple(rows)


def _suggestion(context: Context, view: View, params: ListParams, position: Position, unsent: int) -> str:
    """Without rows nothing related is read: those statements can be spent."""
    if not params.q or position.total:
        return ""
    return suggestion(context, view, params, statements=position.left + unsent)


def _search_note(context: Context, view: View, params: ListParams, position: Position) -> str:
    if params.q_cut:
        return _("Only the first 256 characters are searched for.")
    if params.q and not position.total and asked(context, view, params.q).common:
        return _("These words are too common to search for. Add a rarer one.")
    return ""
