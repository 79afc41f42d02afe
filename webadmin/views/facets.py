"""How many rows each value of a filter would leave: asked for by a person, under a time limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from webadmin.errors import NotFound
from webadmin.listing.groups.asked import Asked, groupable, units_of
from webadmin.listing.params import ListParams
from webadmin.options.causes import caused_by
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import current_zone
from webadmin.text import gettext as _
from webadmin.views.grouped import GroupRow, grouped_page

_YEAR, _MONTH = 366, 31
"""Days up to which a range is looked at month by month, and day by day."""
_LENGTH_OF_YEAR = 4
"""Of its text in an address."""


@dataclass(frozen=True, slots=True)
class FacetsPage:
    title: str
    label: str
    """The filter's."""
    rows: tuple[GroupRow, ...]
    """Each with the list of its rows."""
    notes: tuple[str, ...]
    """What is left out, or why there is nothing."""
    list_title: str
    list_url: str


@caused_by("facet")
def facets(request: AdminRequest) -> Answer:
    """The values of the filter that the address names with their numbers of rows, of the list with this query string;
    of dates the years, then the months of the chosen year, then its days. For htmx the values alone.

    What the filter itself is set to does not count, but for dates, which are narrowed step by step.
    """
    view, name, urls = request.view, request.params["field"], request.urls
    attribute = groupable(view).get(name)
    if attribute is None or name not in view.filters:
        raise NotFound(_("Rows are not counted by this."))
    params = ListParams.parse(request.query, view, current_zone())
    units = units_of(attribute)
    unit = _unit(params, name) if units and request.dialect.supports_spans else ""
    if units and not unit:
        raise NotFound(_("Rows are not counted by this."))
    others = params if unit else params.changed(without=[name])
    found = grouped_page(request, others, Asked(attribute, unit), lambda query: urls.list(view, query))
    late = _("These are too many rows to be counted within the time limit. Set another filter first.")
    page = FacetsPage(
        title=_("Numbers of rows by {filter}").format(filter=view.filters[name].label),
        label=view.filters[name].label,
        rows=() if found is None else tuple(row for row in found.rows if row.rows),
        notes=(late,) if found is None else found.notes,
        list_title=view.name_plural,
        list_url=urls.list(view, params.query()),
    )
    return Page("facets.html", page, block="facets" if request.htmx else None)


def _unit(params: ListParams, name: str) -> str:
    """The span of time to count by, within what is chosen already."""
    active = params.active(name)
    if "eq" in active and len(active["eq"].texts) == 1:
        return "month" if len(active["eq"].texts[0]) == _LENGTH_OF_YEAR else "day"
    if "gte" in active and "lt" in active:
        start, end = active["gte"].values[-1], active["lt"].values[-1]
        days = (_day(end) - _day(start)).days
        return "day" if days <= _MONTH else "month" if days <= _YEAR else "year"
    return "month" if "range" in active else "year"


def _day(value: Any) -> date:
    """The day on which a filter's value begins, a time or a span of times."""
    start = value[0] if isinstance(value, tuple) else value
    return date(start.year, start.month, start.day)
