"""What a sort would cost, said before it is run: no index has the order, and there are many rows."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.listing.advice import index_for
from webadmin.listing.params import ListParams
from webadmin.listing.slow import Cost
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.views.sorting import sort_label


@dataclass(frozen=True, slots=True)
class SortCostPage:
    key: str
    title: str
    """The plural label of the model."""
    url: str
    """The list without any parameter."""
    cost: str
    """The sentence that says it."""
    rows: int
    """About how many rows are to be sorted."""
    go_url: str
    """The same list, the person having agreed."""
    back_url: str
    """The same rows in the list's own order."""
    ddl: str
    """The statement that makes the index; empty where there is none, or for persons who may not see plans."""
    related: bool
    """No index can help: the order is that of other rows."""


def sort_cost(request: AdminRequest, params: ListParams, cost: Cost) -> Answer:
    """The page that asks whether to go on with the sort of ``params``."""
    view, urls = request.view, request.urls
    assert cost.rows is not None
    ddl = index_for(request.context, view, params.sort)
    page = SortCostPage(
        key=view.key,
        title=view.name_plural,
        url=urls.list(view),
        cost=_("Sorting {rows} rows by {columns} has no index and may take long.").format(
            rows=format_count(cost.rows, cost.exact), columns=_columns(view, params)
        ),
        rows=cost.rows,
        go_url=urls.list(view, params.query(page=params.page, slow=True)),
        back_url=urls.list(view, params.query(without=["sort"])),
        ddl=(ddl or "") if request.may("explain") else "",
        related=ddl is None,
    )
    return Page("sort_cost.html", page, block="results" if request.htmx else None)


def _columns(view: View, params: ListParams) -> str:
    labels = [f"“{sort_label(view, name)}”" for name, _descending in params.sort]
    return _(", then ").join(labels)
