"""Pages about what is done with several rows at once."""

from __future__ import annotations

from typing import Any

from webadmin.forms.controls import FormControl, FormSummaryItem
from webadmin.rendering.shell import Link
from webadmin.views.acting import LeftOut
from webadmin.views.actions import ActionPage, DonePage
from webadmin.views.progress import ProgressPage
from webadmin.views.row_actions import MenuItem, RowActionsPage

LIST = {"key": "orders", "list_title": "Orders", "list_url": "/admin/orders/?status=paid"}


def action_page(**changes: Any) -> ActionPage:
    """Orders that are refunded, one of which cannot be; an amount is missing."""
    given: dict[str, Any] = {
        **LIST,
        "title": "Refund: 37 orders",
        "text": "The money goes back to where it came from.",
        "rows": (Link("A-1000042", "/admin/orders/42/"),),
        "row_count": 37,
        "action_url": "/admin/orders/actions/refund/",
        "hidden": (("confirm", "1"), ("id", "42"), ("run", "x")),
        "button": "Refund",
        "tone": "danger",
        "refused": (Link("A-1000043", "/admin/orders/43/"),),
        "refused_count": 3,
        "controls": (
            FormControl("with-amount", "f-amount", "Amount", "number", errors=("This field is required.",)),
        ),
        "summary": (FormSummaryItem("f-amount", "Amount", "This field is required."),),
        "note": "Other rows match than a moment ago: look at them again.",
        "progress_url": "/admin/orders/actions/progress/",
    }
    return ActionPage(**(given | changes))


def bare_action_page() -> ActionPage:
    return action_page(
        text="", tone="", refused=(), refused_count=0, controls=(), summary=(), note="", row_count=1
    )


def done_page(**changes: Any) -> DonePage:
    given: dict[str, Any] = {
        **LIST,
        "title": "Mark as paid",
        "text": "Mark as paid: 35 orders.",
        "done": 35,
        "left_out": (LeftOut("A-1000043", "/admin/orders/43/", "It is Sent, not Pending."),),
        "left_out_count": 2,
    }
    return DonePage(**(given | changes))


def bare_done_page() -> DonePage:
    return done_page(done=0, left_out=(), left_out_count=1)


def row_actions_page(**changes: Any) -> RowActionsPage:
    given: dict[str, Any] = {
        **LIST,
        "title": "A-1000042",
        "row_url": "/admin/orders/42/",
        "id": "42",
        "label": "A-1000042",
        "actions": (MenuItem("Refund", "/admin/orders/actions/refund/", "restore", "danger"),),
    }
    return RowActionsPage(**(given | changes))


def bare_row_actions_page() -> RowActionsPage:
    return row_actions_page(row_url=None, actions=())


def progress_page(**changes: Any) -> ProgressPage:
    given: dict[str, Any] = {
        "title": "Progress",
        "list_title": "Orders",
        "list_url": "/admin/orders/",
        "state": "running",
        "done": 12_000,
        "total": 100_000,
        "text": "12,000 of 100,000 orders",
    }
    return ProgressPage(**(given | changes))


def bare_progress_page() -> ProgressPage:
    return progress_page(state="", done=0, total=0, text="It runs elsewhere.")
