"""Contexts of the pages of the history."""

from __future__ import annotations

from typing import Any

from webadmin.rendering.diffs import Line, Piece
from webadmin.views.changes import ChangesPage, Option
from webadmin.views.changeset import ChangedRow, ChangesetPage, Counted
from webadmin.views.differing import FieldChange, Side
from webadmin.views.history import HistoryPage, TimelineEntry
from webadmin.views.occasions import Occasion
from webadmin.views.reason import ReasonField
from webadmin.views.undo import LeftRow, MovedField, UndoPage, UndoRow

FIELDS = (
    FieldChange("status", "Status", Side((Piece("Paid", True),)), Side((Piece("Shipped", True),))),
    FieldChange("note", "Note", Side(), Side((Piece("It must show the "), Piece("VAT number", True)))),
    FieldChange(
        "handled_by_id",
        "Handled by",
        Side((Piece("Ana Ruiz", True),), "/admin/staff/1/", "1", deleted=True),
        Side((Piece("<b>Jon</b>", True),), "/admin/staff/2/", "2"),
    ),
    FieldChange(
        "meta", "Metadata", lines=(Line("gap", "⋯"), Line("rem", '"a": 1'), Line("add", '"a": "<i>"'))
    ),
    FieldChange("password", "Password", untold=True),
)


def occasion(**changes: Any) -> Occasion:
    given: dict[str, Any] = {
        "id": "018bf715-7320-7c4c-9a42-38a0b923820d", "url": "/admin/changes/018b/", "who": "Ana Ruiz", "initials": "AR",
        "verb": "changed", "kind": "change", "label": "A-1048791", "list_label": "Orders", "list_url": "/admin/orders/",
        "when": "4 min ago, Nov 21, 2026, 14:26", "moment": "2026-11-21 14:26:03 UTC",
        "machine": "2026-11-21T14:26:03+00:00", "reason": "The customer <called>", "undo_url": "/admin/changes/018b/undo/",
        "undone_url": None, "undoes_url": "/admin/changes/018a/", "tone": "ok", "icon": "restore",
    }  # fmt: skip
    return Occasion(**(given | changes))


def bare_occasion() -> Occasion:
    return occasion(
        id="018bf715-7320-7c4c-9a42-38a0b923820e", label="", list_label="", list_url=None, reason="", undo_url=None,
        undone_url="/admin/changes/018c/", undoes_url=None, tone="", icon="circle",
    )  # fmt: skip


def history_page() -> HistoryPage:
    entries = (
        TimelineEntry(occasion(), "Ana Ruiz changed 5 fields", "Status", False, False, FIELDS, True, "/admin/changes/018b/"),
        TimelineEntry(bare_occasion(), "Jon created it", "created", True, False, FIELDS[:2], False, None),
    )  # fmt: skip
    return HistoryPage(
        "orders", "Orders", "/admin/orders/", "9", "A-1048791", "/admin/orders/9/", True, True, entries,
        "/admin/orders/9/history/", "/admin/orders/9/history/?before=7",
    )  # fmt: skip


def bare_history_page() -> HistoryPage:
    return HistoryPage(
        "orders", "Orders", "/admin/orders/", "9", "Order 9", None, False, False, (), None, None
    )


def changes_page() -> ChangesPage:
    return ChangesPage(
        kept=True,
        entries=(occasion(), bare_occasion()),
        values={"q": '"><script>', "who": "Ana", "list": "orders", "kind": "change", "from": "2026-11-01", "to": ""},
        lists=(Option("orders", "Orders", True),),
        kinds=(Option("change", "changed", True),),
        days=(Option("", "Today", True, "/admin/changes/?from=2026-11-21&to=2026-11-21"),),
        url="/admin/changes/",
        narrowed=True,
        first_url="/admin/changes/?q=x",
        older_url="/admin/changes/?before=018b",
    )  # fmt: skip


def bare_changes_page() -> ChangesPage:
    empty = dict.fromkeys(("q", "who", "list", "kind", "from", "to"), "")
    return ChangesPage(True, (), empty, (), (), (), "/admin/changes/", False, None, None)


def _row(kind: str = "update") -> ChangedRow:
    return ChangedRow(
        "A-1", "Order", "/admin/orders/1/", "/admin/orders/1/history/", kind, "changed", FIELDS, True, False
    )


def changeset_page() -> ChangesetPage:
    return ChangesetPage(
        occasion(), "Ana Ruiz changed 4 orders", (Counted("Orders", "/admin/orders/", "4 changed"),),
        (_row(), _row("insert"), _row("delete"), _row()), False, "a53f6076a3db", "10.0.0.7", "/admin/changes/",
        "/admin/changes/018b/", "/admin/changes/018b/?after=50",
    )  # fmt: skip


def bare_changeset_page() -> ChangesetPage:
    return ChangesetPage(
        bare_occasion(), "Jon created A-1", (), (_row("insert"),), True, "", "", "/admin/changes/", None, None
    )


def undo_page() -> UndoPage:
    moved = MovedField("note", "Note", Side(), Side((Piece("<now>"),)), Side((Piece("Before"),)), True)
    return UndoPage(
        occasion(), "Undo: Ana Ruiz changed 60 orders", "/admin/changes/018b/", "/admin/changes/",
        "/admin/changes/018b/undo/", "f1n6", 50, (UndoRow(1, "A-1", "Order", "/admin/orders/1/", "is set back", FIELDS),),
        (UndoRow(2, "A-2", "Order", None, "would be set back", (), (moved,), True),), 3,
        (LeftRow("A-3", None, "It has been deleted since."),), 2, True, ReasonField("why", True, "Say why."), "Undo 50 rows",
    )  # fmt: skip


def bare_undo_page() -> UndoPage:
    return UndoPage(
        bare_occasion(), "Undo: Jon created A-1", "/admin/changes/018b/", "/admin/changes/", "/admin/changes/018b/undo/",
        "f1n6", 0, (), (), 0, (), 0, False, None, "Undo the chosen rows",
    )  # fmt: skip
