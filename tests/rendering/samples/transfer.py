"""Pages about files."""

from __future__ import annotations

from webadmin.forms.controls import Choice
from webadmin.views.export import Choosing, ExportPage


def export_page() -> ExportPage:
    choices = (Choice("csv", "CSV", selected=True), Choice("json", "JSON", selected=False))
    return ExportPage(
        title="Export orders",
        list_title="Orders",
        list_url="/admin/orders/?q=mar",
        action_url="/admin/orders/export/",
        method="post",
        hidden=(("id", "1"), ("query", "q=mar")),
        questions=(Choosing("format", "File", "Which kind.", choices),),
        columns_text="Number, Total",
        every=True,
        count=1,
        rows_text="1 row",
        size_text="About 1.2 MB as CSV.",
    )


def bare_export_page() -> ExportPage:
    return ExportPage(
        "Export orders",
        "Orders",
        "/admin/orders/",
        "/admin/orders/export/",
        "get",
        (),
        (),
        "",
        False,
        None,
        "All",
        "",
    )
