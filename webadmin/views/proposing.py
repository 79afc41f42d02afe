"""The indexes that the statements of a page lack, for whoever looks at them."""

from __future__ import annotations

from webadmin.explain.proposals import Proposer
from webadmin.request import AdminRequest

_BUDGET_MS, _COPYING_MS = 2_000, 15_000
"""All trials of one look together; where rows are copied, for which somebody has pressed a button."""


def may_copy(request: AdminRequest) -> bool:
    """Whether candidates can be tried on copies of rows, which the database makes for this connection alone."""
    return request.dialect.tries_on_copies and not request.settings.read_only


def proposer(request: AdminRequest, *, copies: bool) -> Proposer:
    """What finds them in this request.

    :param copies: in a transaction that may write, on copies of rows.
    """
    live = {
        view.info.table.fullname: view.info.columns[view.soft_delete].column.name
        for view in request.registry.views.values()
        if view.soft_delete is not None
    }
    return Proposer(
        request.dialect,
        request.session.connection(),
        live,
        copies=copies and may_copy(request),
        budget_ms=_COPYING_MS if copies else _BUDGET_MS,
    )
