"""A piece of a list without page numbers: the rows after or before a place, for infinite scroll."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.following import Following
from webadmin.listing.found_following import FoundFollowing
from webadmin.listing.listing import ListedRow, listed
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import Sort
from webadmin.options.context import Context
from webadmin.options.view import ShownColumn, View


@dataclass(frozen=True, slots=True)
class Fragment:
    """Rows that follow one another, and the cursors of what is around them."""

    rows: tuple[ListedRow, ...]
    columns: tuple[ShownColumn, ...]
    order: Sort
    """What the rows are sorted by; empty where the best of a search come first."""
    after: str | None
    """The cursor of the rows that come next (``params.query(after=…)``); None when there are none."""
    before: str | None
    """The cursor of the rows that come before; None at the beginning."""

    @classmethod
    def load(cls, context: Context, view: View, params: ListParams) -> Fragment:
        """Read ``params.per_page`` rows after ``params.after``, before ``params.before`` or from the beginning.

        :raises BadRequest: for a cursor that is broken or belongs to another list or order, and when a filter's value
            does not fit its column.
        """
        reader = _reader(context, view, params)
        read = reader.read()
        rows = listed(context, view, reader.plan, read.found, reader.highlights)
        return cls(rows, reader.columns, reader.shown_order, read.after, read.before)


def check_place(context: Context, view: View, params: ListParams) -> None:
    """Raises BadRequest, with a link to the list without it, for a cursor in ``params`` that is broken."""
    if params.after or params.before:
        _reader(context, view, params).place()


def _reader(context: Context, view: View, params: ListParams) -> Following:
    searched = params.q and not view.keyless
    return FoundFollowing(context, view, params) if searched else Following(context, view, params)
