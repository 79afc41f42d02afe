"""Several people at one row, and cells of a list that are edited."""

from __future__ import annotations

from typing import Any

from webadmin.changes.conflicts import Merge
from webadmin.forms.compared import Compared, Typed
from webadmin.forms.controls import Choice, FormControl, FormSummaryItem
from webadmin.rendering.cells import Cell
from webadmin.views.cell import CellPage, CellValuePage
from webadmin.views.gone import GonePage
from webadmin.views.reason import ReasonField


def merge(**changes: Any) -> Merge:
    """Two questions, one of them answered, and what each side did alone."""
    given: dict[str, Any] = {
        "fields": (
            Compared("status", "Status", "f-status", "Paid", "<Sent>", "Packed", True, "", "_keep-status"),
            Compared("note", "Note", "f-note", None, "Theirs", "–", True, "mine", "_keep-note"),
            Compared("total", "Total", "f-total", "1.00", "2.00", None, False, "theirs", "_keep-total"),
            Compared("tags", "Tags", "f-tags", None, None, "+ vip", False, "mine", "_keep-tags"),
        ),
        "open_count": 1,
        "opened": "5 minutes ago",
        "by": {"status": "Ana <Ruiz>, 2 minutes ago"},
    }
    return Merge(**(given | changes))


def cell_page(**changes: Any) -> CellPage:
    """A cell in a list that somebody else has changed."""
    given: dict[str, Any] = {
        "key": "orders",
        "list_title": "Orders",
        "list_url": "/admin/orders/?status=paid",
        "title": "Edit Status of A-1048791",
        "label": "Status of A-1048791",
        "field": "status",
        "action_url": "/admin/orders/1048791/cell/status/",
        "row_url": "/admin/orders/1048791/",
        "row_label": "A-1048791",
        "change_url": "/admin/orders/1048791/change/",
        "control": FormControl(
            "status", "c-status-1048791", "Status", "select", "packed", (Choice("packed", "Packed", True),)
        ),
        "summary": (FormSummaryItem(None, "", "The order is <closed>."),),
        "merge": merge(who="Ana <Ruiz>", when="2 minutes ago", by={}),
        "reason": ReasonField("", True, "Say why."),
        "hidden": (("_shown", "abc"),),
        "in_list": False,
    }
    return CellPage(**(given | changes))


def bare_cell_page() -> CellPage:
    """A cell as it is opened in the list."""
    return cell_page(row_url=None, summary=(), merge=None, reason=None, hidden=(), in_list=True)


def cell_value() -> CellValuePage:
    """A saved cell."""
    cell = Cell("status", "status", "Sent", tone="ok")
    return CellValuePage(cell, "/admin/orders/1/cell/status/", "Status of <A-1>")


def bare_cell_value() -> CellValuePage:
    """A cell that was emptied."""
    return CellValuePage(Cell("note", "text", "–", empty=True), "/admin/orders/1/cell/note/", "Note of A-1")


def gone_page(**changes: Any) -> GonePage:
    """A row that was marked as deleted, and could not be restored."""
    given: dict[str, Any] = {
        "key": "orders",
        "list_title": "Orders",
        "list_url": "/admin/orders/",
        "title": "A-1 is deleted",
        "message": "Somebody has deleted it.",
        "problem": "Number “A-1” is now used by <A-2>.",
        "typed": (
            Typed("note", "Note", "two\nlines of <text>", True),
            Typed("status", "Status", "Paid", False),
        ),
        "hidden": (("_shown", "abc"), ("note", "two\nlines of <text>")),
        "action_url": "/admin/orders/1/change/",
        "may_restore": True,
        "add_url": "/admin/orders/add/",
        "row_url": "/admin/orders/1/",
    }
    return GonePage(**(given | changes))


def bare_gone_page() -> GonePage:
    """A row that is gone for good, for somebody who may not add another."""
    return gone_page(problem="", typed=(), hidden=(), may_restore=False, add_url=None, row_url=None)
