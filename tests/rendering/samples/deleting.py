"""What is deleted, and what brings it back."""

from __future__ import annotations

from typing import Any

from webadmin.forms.controls import FormControl, FormSummaryItem
from webadmin.rendering.shell import Link
from webadmin.views.reason import ReasonField
from webadmin.views.restore import RestorePage
from webadmin.views.trash import TrashPage, TrashRow, TrashTable


def restore_page(**changes: Any) -> RestorePage:
    """A row whose number somebody else has by now, with a field for another."""
    given: dict[str, Any] = {
        "key": "orders",
        "list_title": "Orders",
        "list_url": "/admin/orders/",
        "title": "Restore A-1?",
        "message": "Number “A-1” is now used by A-1.",
        "links": (Link("Open A-1", "/admin/orders/9/"),),
        "controls": (FormControl("number", "f-number", "Number", "text", "A-1", errors=("In use.",)),),
        "summary": (FormSummaryItem("f-number", "Number", "In use."),),
        "action_url": "/admin/orders/1/restore/",
        "hidden": (("_change", "number"),),
        "cancel_url": "/admin/orders/1/",
        "button": "Restore with this value",
        "reason": ReasonField("", True, "Say why."),
    }
    return RestorePage(**(given | changes))


def bare_restore_page() -> RestorePage:
    """Several rows, and nothing that can be done about it here."""
    nothing: dict[str, Any] = {"links": (), "controls": (), "summary": (), "hidden": ()}
    return restore_page(message="One of them breaks a rule.", button="", reason=None, **nothing)


def trash_page() -> TrashPage:
    """Two models, of which one could not be looked through."""
    base = "/admin/orders/1"
    rows = (
        TrashRow("1", "A-1 <b>", f"{base}/", "3 h ago", "Nov 21, 2026, 11:30", "2026-11-21T11:30", f"{base}/restore/", f"{base}/purge/"),
        TrashRow("2", "A-2", None, "Nov 1, 2026", "Nov 1, 2026", "2026-11-01", None, None),
    )  # fmt: skip
    tables = (
        TrashTable("orders", "Orders", "/admin/orders/?deleted=only", "1,000+", rows),
        TrashTable("customers", "Customers", "/admin/customers/?deleted=only", "", ()),
    )
    return TrashPage("/admin/changes/", tables)


def bare_trash_page() -> TrashPage:
    """Nothing is deleted."""
    return TrashPage("/admin/changes/", ())
