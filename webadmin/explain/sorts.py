"""Sorts of a list that no index serves, each with the index to make: what ``webadmin doctor`` says of them."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.advice import index_for
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import Sort
from webadmin.listing.served import remember, served
from webadmin.options.context import Context
from webadmin.options.view import View


@dataclass(frozen=True, slots=True)
class SortFinding:
    """One order of a list that is made by sorting its rows."""

    view: str
    """The view's key."""
    sort: str
    """As in the list's address: ``due_on`` or ``status,total:desc``."""
    default: bool
    """The list is opened in this order."""
    rows: int | None
    """About how many rows the table has, or at most; None where nothing is known."""
    ddl: str | None
    """The statement that makes the index; None where none can serve, as for the order of related rows."""


def sort_findings(context: Context, view: View) -> list[SortFinding]:
    """What no index serves of the view's own order and of the sorts that it allows, in either direction; without those of
    which nothing can be told, such as the sorts of a database's view. Each index is named once."""
    table = view.info.table
    known = context.dialect.statistics(context.session.connection(), table)
    remember(context.dialect, table, known)
    rows = known.rows if known.rows is not None else known.at_most
    found: dict[str, SortFinding] = {}
    orders: list[tuple[Sort, bool]] = [(view.default_sort, True)] if view.default_sort else []
    orders += [(((name, False),), False) for name in view.sortable]
    for sort, default in orders:
        if served(context, view, sort, ListParams(view)) is False:
            ddl = index_for(context, view, sort)
            text = ",".join(f"{name}:desc" if descending else name for name, descending in sort)
            found.setdefault(ddl or text, SortFinding(view.key, text, default, rows, ddl))
    return list(found.values())
