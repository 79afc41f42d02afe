"""Pages about what is done with several rows at once."""

from __future__ import annotations

from typing import Any

from webadmin.forms.controls import FormControl, FormSummaryItem
from webadmin.rendering.shell import Link
from webadmin.views.acting import LeftOut
from webadmin.views.actions import ActionPage, DonePage
from webadmin.views.bulk import BulkLine, BulkPage, EffectLine, OperationChoice, PlanPart
from webadmin.views.bulk_texts import SampleLine
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


def bulk_page(**changes: Any) -> BulkPage:
    """A price that is raised, which not all products can take."""
    line = BulkLine(
        FormControl("with-price", "f-price", "Price", "number", "5", errors=("Too much.",)),
        (OperationChoice("", "Leave as it is", False), OperationChoice("replace", "Replace the text", True)),
        "op-price",
        "and-price",
        "6",
    )
    plan = PlanPart(
        37,
        35,
        "35 products would change; 2 are like this already.",
        (
            EffectLine(
                "Price", "5 added: 35 would change, 2 would not.", "1 product cannot take it: too much."
            ),
        ),
        (SampleLine(Link("Teapot", "/admin/products/1/"), (("10.00", "15.00"),)),),
        "Change 35 products",
    )
    given: dict[str, Any] = {
        **LIST,
        "title": "Edit 37 products",
        "row_count": 37,
        "lines": (line,),
        "summary": (FormSummaryItem("f-price", "Price", "Too much."),),
        "plan": plan,
        "note": "These rows have changed since you looked.",
        "action_url": "/admin/products/actions/edit/",
        "hidden": (("all", "1"), ("query", ""), ("run", "x")),
        "progress_url": "/admin/products/actions/progress/",
    }
    return BulkPage(**(given | changes))


def bare_bulk_page() -> BulkPage:
    return bulk_page(summary=(), plan=None, note="", lines=())
