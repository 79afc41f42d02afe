"""The summary of a list."""

from __future__ import annotations

from webadmin.listing.controls import Chip, Option
from webadmin.rendering.charts import Point, bars
from webadmin.rendering.shell import Link
from webadmin.views.grouped import GroupedPage, GroupRow, GroupValue
from webadmin.views.summary import GroupForm, OptionGroup, SummaryLine, SummaryPage, SummaryValue


def summary_page() -> SummaryPage:
    value = SummaryValue("sum.total", "1,284.50", "1284.50")
    form = GroupForm(
        action="/admin/orders/summary/",
        hidden=(("status", "paid"),),
        group_name="group",
        groups=(OptionGroup("", (Option("status", "Status", True),)), OptionGroup("Placed", (Option("at:day", "Day"),))),
        measure_name="measure",
        measures=(OptionGroup("", (Option("count", "Rows"),)),),
        order_name="order",
        orders=(Option("", "Usual", True),),
        having_name="having",
        at_least="10",
        below="",
    )  # fmt: skip
    points = [Point("Paid", 3.0, "3", "/admin/orders/?status=paid"), Point("None", -1.0, "-1")]
    rows = (
        GroupRow(
            "Paid <b>", "/admin/orders/?status=paid", 3, "3", (GroupValue("sum.total", "7", "7"),), False
        ),
        GroupRow("None", None, 1, "1", (GroupValue("sum.total", "–", ""),), True),
    )
    return SummaryPage(
        key="orders",
        title="Orders",
        list_url="/admin/orders/?status=paid",
        url="/admin/orders/summary/?status=paid",
        rows=4,
        rows_text="4",
        lines=(SummaryLine("total", "Total", "4", (value, value, None, value, value)),),
        notes=("The medians are left out.",),
        chips=(Chip("Status", "Paid", "/admin/orders/summary/"),),
        form=form,
        suggestions=(Link("Status", "/admin/orders/summary/?group=status"),),
        grouped=GroupedPage(
            "Rows by status",
            "Status",
            ("Sum of total",),
            rows,
            bars("Rows", "Two bars.", points),
            ("Not all.",),
        ),
        late=False,
    )


def bare_summary_page() -> SummaryPage:
    return SummaryPage(
        key="orders", title="Orders", list_url="/admin/orders/", url="/admin/orders/summary/", rows=None, rows_text="",
        lines=(), notes=(), chips=(), form=None, suggestions=(), grouped=None, late=True,
    )  # fmt: skip
