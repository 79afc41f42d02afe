"""Tables of related rows on a form."""

from __future__ import annotations

from webadmin.forms.compared import Compared
from webadmin.forms.controls import Choice, FormControl, FormSummaryItem
from webadmin.views.dialog import Created, DialogPage
from webadmin.views.inlines import InlineCell, InlineHead, InlineLine, InlinePage


def _cells(number: int, *, errors: tuple[str, ...] = ()) -> tuple[InlineCell, ...]:
    start = f"lines-{number}-"
    product = FormControl(
        f"{start}product",
        f"f-{start}product",
        f"Product, row {number}",
        "relation",
        "7",
        (Choice("7", "Oak shelf", True),),
        lookup_url="/admin/order_lines/lookup/product/",
    )
    gift = FormControl(f"{start}gift", f"f-{start}gift", f"Gift, row {number}", "checkbox", "y")
    quantity = FormControl(
        f"{start}quantity", f"f-{start}quantity", f"Quantity, row {number}", "number", "2", errors=errors
    )
    return (
        InlineCell("product", False, product),
        InlineCell("gift", False, gift),
        InlineCell("quantity", True, quantity),
    )


def _line(number: int, **changes: object) -> InlineLine:
    given: dict[str, object] = {
        "place": number,
        "cells": _cells(number),
        "hidden": ((f"lines-{number}-_id", str(number)),),
        "delete_name": f"lines-{number}-_delete",
        "deleting": False,
        "new": False,
        "pending": False,
        "url": f"/admin/order_lines/{number}/",
        "errors": (),
        "merge": (),
    }
    return InlineLine(**(given | changes))  # type: ignore[arg-type]


def tables() -> tuple[InlinePage, ...]:
    """A table with rows of each kind, and one without rows."""
    asked = Compared("quantity", "Quantity", "f-x", "1", "2", "3", True, "", "lines-2-_keep-quantity")
    plain = tuple(
        InlineCell(name, False, None, text)
        for name, text in (("product", "Gone"), ("gift", ""), ("quantity", ""))
    )
    heads = tuple(
        InlineHead(name, name.title(), name == "quantity", name == "product")
        for name in ("product", "gift", "quantity")
    )
    lines = (
        _line(1, deleting=True, pending=True),
        _line(2, merge=(asked,), pending=True, cells=_cells(2, errors=("Too many.",))),
        _line(3, hidden=(), delete_name=None, url=None, cells=plain, errors=("It is gone.",)),
        _line(4, new=True, url=None),
    )
    return (
        InlinePage(
            "lines",
            "Lines",
            heads,
            lines,
            (("lines-_page", "2"),),
            "45",
            "21–40 of 45",
            "lines:page:1",
            None,
            "lines:add",
            True,
        ),
        InlinePage("notes", "Notes", heads, (), (("notes-_page", "1"),), "0", "", None, None, None, False),
    )


def dialog_page() -> DialogPage:
    """A new row with a mistake."""
    control = FormControl("new-name", "f-new-name", "Name", "text", "", required=True, errors=("Write one.",))
    wrong = (FormSummaryItem("f-new-name", "Name", "Write one."),)
    return DialogPage("New tag", "/admin/tags/add/", (control,), wrong, (("_dialog", "1"),))


def made_in_dialog() -> DialogPage:
    """The row that was made."""
    return DialogPage("", "", (), (), (), Created("7", "A <tag>", "/admin/tags/7/"))
