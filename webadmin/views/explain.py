"""What the statements of a list cost."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.explain import ExplainReport, build
from webadmin.listing.listing import Listing
from webadmin.listing.params import ListParams
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import current_zone
from webadmin.views.saved.asked import alone


@dataclass(frozen=True, slots=True)
class ExplainPage:
    key: str
    title: str
    """The plural label of the model."""
    list_url: str
    """The list with the same query string."""
    action_url: str
    """This page with the same query string: the measurement is asked for there by POST, ``analyze=1``."""
    report: ExplainReport


BUDGET_MS = 20_000
"""All measurements of one press of the button together."""


def explain(request: AdminRequest) -> Answer:
    """The statements of the list with this query string and their plans; POST with ``analyze=1`` measures them."""
    view = request.view
    params = ListParams.parse(alone(request), view, current_zone())
    analyze = request.method == "POST" and request.posted("analyze") == "1"

    def read() -> None:
        Listing.load(request.context, view, params, fresh=True)

    report = build(
        request.dialect,
        request.session,
        read,
        analyze=analyze,
        budget_ms=BUDGET_MS,
        hidden=request.registry.hidden_columns,
    )
    query = params.query()
    page = ExplainPage(
        key=view.key,
        title=view.name_plural,
        list_url=request.urls.list(view, query),
        action_url=request.urls.below(view, "explain", query),
        report=report,
    )
    return Page("explain.html", page, block="panel" if request.htmx else None)
