"""The indexes that the statements of a page lack, for whoever looks at them."""

from __future__ import annotations

from dataclasses import replace

from webadmin.explain.capture import Captured
from webadmin.explain.plan import Plan
from webadmin.explain.proposal import Proposal
from webadmin.explain.proposals import Proposer
from webadmin.explain.report import Propose
from webadmin.request import AdminRequest
from webadmin.views.indexes import may_make, token

_BUDGET_MS, _BUILDING_MS = 2_000, 15_000
"""All trials of one look together; where indexes are built, for which somebody has pressed a button."""


def may_build(request: AdminRequest) -> bool:
    """Whether candidates can be built for a trial, of which nothing is left."""
    return request.dialect.tries_by_building and not request.settings.read_only


def proposer(request: AdminRequest, *, building: bool) -> Propose:
    """What finds them in this request.

    :param building: candidates may be built for a trial, in a transaction that may write.
    """
    live = {
        view.info.table.fullname: view.info.columns[view.soft_delete].column.name
        for view in request.registry.views.values()
        if view.soft_delete is not None
    }
    find = Proposer(
        request.dialect,
        request.session.connection(),
        live,
        building=building and may_build(request),
        budget_ms=_BUILDING_MS if building else _BUDGET_MS,
    )

    if not may_make(request):
        return find

    def signed(statement: Captured, plan: Plan) -> tuple[Proposal, ...]:
        return tuple(
            replace(found, token=token(request, found)) if _may_be_made(request, found) else found
            for found in find(statement, plan)
        )

    return signed


def _may_be_made(request: AdminRequest, proposal: Proposal) -> bool:
    """Whether it was verified, and keeps nobody from writing while it is made, as on a table in parts it would."""
    return proposal.proof != "none" and proposal.create.startswith(f"{request.dialect.create_index} ")
