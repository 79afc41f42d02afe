"""The list and its infinite-scroll fragment."""

from __future__ import annotations

from typing import Any

from webadmin.listing.controls import Chip, FilterControl, FilterInput, Option
from webadmin.rendering.cells import Cell
from webadmin.rendering.shell import Link
from webadmin.views.list import BulkAction, ListPage
from webadmin.views.rows import RowsPage
from webadmin.views.searching import SearchWords
from webadmin.views.sorting import SortChoice
from webadmin.views.table import Head, PageLink, Pager, Row

_CUSTOMERS = (
    "Marta Kowalczyk", "Omar Haddad", "María José Fernández", "Marcus Lindqvist", "Amara <b>Okafor</b>",
)  # fmt: skip
_STATES = (
    ("Paid", "info"),
    ("Shipped", "ok"),
    ("Payment failed", "bad"),
    ("Pending", ""),
    ("On hold", "warn"),
)
_NOTE = (
    "Leave with the neighbour at number 14 if nobody answers; she has a key and is usually home until six."
)

HEADS = (
    Head("number", "Order", False, "title", "?sort=number:asc", "?sort=created_at:desc,number:asc"),
    Head("customer", "Customer", False, "main"),
    Head("status", "Status", False, "state", "?sort=status:asc", "?sort=created_at:desc,status:asc"),
    Head("total", "Total", True, "value", "?sort=total:asc", "?sort=created_at:desc,total:asc", "desc", 2),
    Head("lines", "Lines", True, "none"),
    Head(
        "created_at",
        "Placed",
        False,
        "meta",
        "?sort=created_at:asc",
        "?sort=created_at:asc,total:desc",
        "desc",
        1,
    ),
    Head("gift", "Gift", False, "none"),
    Head("note", "Note", False, "meta"),
)


def row(number: int, deleted: bool = False) -> Row:
    """An order: one cell of each kind that lists show most."""
    state, tone = _STATES[number % 5]
    label = f"A-{1048800 + number}"
    url = f"/admin/orders/{number}/"
    note = (
        Cell("note", "text", "", empty=True)
        if number % 3 == 1
        else Cell("note", "text", _NOTE[:60] + "…", title=_NOTE)
    )
    return Row(
        id=str(number),
        label=label,
        cells=(
            Cell("number", "text", label, href=url),
            Cell(
                "customer",
                "relation",
                _CUSTOMERS[number % 5],
                href=f"/admin/customers/{number % 5}/",
                deleted=number == 3,
            ),
            Cell("status", "status", state, tone=tone),
            Cell("total", "money", f"{number * 97 % 2000:,}.50", secondary="EUR"),
            Cell("lines", "number", str(number % 9)),
            Cell(
                "created_at",
                "datetime",
                f"{number + 3} min ago",
                title="Nov 21, 2026, 14:26 UTC",
                secondary="14:26",
                machine="2026-11-21T14:26:00+00:00",
            ),
            Cell("gift", "boolean", "Yes" if number % 2 else "No", machine="true" if number % 2 else "false"),
            note,
        ),
        url=url,
        edit_url=f"{url}change/",
        delete_url=None if deleted else f"{url}delete/",
        restore_url=f"{url}restore/" if deleted else None,
        deleted=deleted,
    )


FILTERS = (
    FilterControl(
        "status",
        "Status",
        True,
        "2",
        (
            FilterInput(
                "status",
                "Status",
                "checkbox",
                options=(
                    Option("paid", "Paid", True),
                    Option("sent", "Shipped", True),
                    Option("new", "Pending"),
                ),
            ),
        ),
    ),
    FilterControl(
        "created_at",
        "Placed",
        True,
        "since Oct 1",
        (
            FilterInput("created_at.gte", "From", "date", "2026-10-01"),
            FilterInput("created_at.lt", "Before", "date"),
        ),
        (
            Link("Today", "?created_at.range=today"),
            Link("Last 7 days", "?created_at.range=last-7-days", True),
        ),
    ),
    FilterControl(
        "total",
        "Total",
        False,
        "",
        (
            FilterInput("total.gte", "At least", "number", step="0.01"),
            FilterInput("total.lt", "Less than", "number", step="0.01"),
        ),
    ),
    FilterControl(
        "customer",
        "Customer",
        True,
        "Marta Kowalczyk",
        (
            FilterInput(
                "customer",
                "ID",
                "lookup",
                "42",
                "Marta Kowalczyk",
                lookup_url="/admin/orders/lookup/customer/",
            ),
        ),
    ),
    FilterControl(
        "gift",
        "Gift",
        False,
        "",
        (FilterInput("gift", "Gift", "select", options=(Option("", "any", True), Option("true", "Yes"))),),
    ),
    FilterControl("note", "Note", False, "", (FilterInput("note.contains", "Contains", "text"),)),
)


def list_page(**changes: Any) -> ListPage:
    """A list with all that a list can have."""
    given: dict[str, Any] = {
        "key": "orders",
        "title": "Orders",
        "singular": "order",
        "url": "/admin/orders/",
        "action_url": "/admin/orders/",
        "summary_url": "/admin/orders/summary/",
        "heads": HEADS,
        "rows": tuple(row(number, deleted=number in (6, 13)) for number in range(25)),
        "count": 4_800_673,
        "exact": False,
        "count_text": "about 4.80M",
        "pager": Pager(
            26,
            50,
            2,
            (
                PageLink("1", "?page=1"),
                PageLink("2", "?page=2", True),
                PageLink("3", "?page=3"),
                PageLink("…", None),
                PageLink("192,027", "?page=192027"),
            ),
            "?page=1",
            "?page=1",
            "?page=3",
            "?page=192027",
            (Option("25", "25", True), Option("50", "50"), Option("100", "100")),
        ),
        "filters": FILTERS,
        "chips": (
            Chip("Status", "is Paid or Shipped", "?remove=status"),
            Chip("Placed", "since Oct 1, 2026", "?remove=created_at"),
            Chip("Customer", "is Marta Kowalczyk", "?remove=customer"),
        ),
        "clear_url": "/admin/orders/?sort=created_at:desc",
        "search_enabled": True,
        "search_label": "Search number and note",
        "q": "mar",
        "search": SearchWords(
            "Best matches first.",
            Link("By Placed", "/admin/orders/?q=a&sort=placed_at:desc"),
            Link("delivery", "?q=delivery"),
        ),
        "soft_delete": True,
        "deleted": "show",
        "deleted_links": (
            Link("hide", "?"),
            Link("show", "?deleted=show", True),
            Link("only", "?deleted=only"),
        ),
        "hidden": (("sort", "created_at:desc,total:desc"), ("status", "paid")),
        "filter_hidden": (("q", "mar"), ("deleted", "show")),
        "jump_hidden": (("q", "mar"),),
        "size_hidden": (("q", "mar"),),
        "actions": (
            BulkAction("restore", "Restore", "/admin/orders/actions/restore/", icon="restore"),
            BulkAction("delete", "Delete…", "/admin/orders/actions/delete/", "danger", "trash"),
        ),
        "sort_menu": (
            SortChoice("number", "Number", "?sort=number", "desc", False),
            SortChoice("due", "Due", "?sort=due", "", True),
        ),
        "add_url": "/admin/orders/add/",
        "export_links": (Link("Export as CSV", "/admin/orders/export/?format=csv"),),
        "export_url": "/admin/orders/export/?q=mar",
        "import_url": "/admin/orders/import/",
        "explain_url": "/admin/orders/explain/?q=mar",
        "rows_url": "/admin/orders/rows?q=mar",
        "empty_title": "No orders match",
        "empty_hint": "Remove a filter to see more.",
        "read_only": False,
        "count_url": "/admin/orders/count/?q=mar",
        "notes": ("Times are in UTC.",),
    }
    return ListPage(**(given | changes))


def bare_list_page(**changes: Any) -> ListPage:
    """A read-only list without a row and without anything optional."""
    given: dict[str, Any] = {
        "rows": (),
        "count": 0,
        "exact": True,
        "count_text": "0",
        "pager": Pager(0, 0, 1, (PageLink("1", "?page=1", True),), None, None, None, None, ()),
        "sort_menu": (),
        "filters": (),
        "chips": (),
        "clear_url": None,
        "search_enabled": False,
        "q": "",
        "search": SearchWords(),
        "soft_delete": False,
        "deleted_links": (),
        "hidden": (),
        "filter_hidden": (),
        "jump_hidden": (),
        "size_hidden": (),
        "actions": (),
        "add_url": None,
        "export_links": (),
        "export_url": None,
        "import_url": None,
        "count_url": None,
        "explain_url": None,
        "empty_title": "No orders yet",
        "empty_hint": "",
        "read_only": True,
        "notes": (),
    }
    return list_page(**(given | changes))


def rows_page(**changes: Any) -> RowsPage:
    """The first piece of an infinite scroll."""
    given: dict[str, Any] = {
        "key": "orders",
        "heads": HEADS,
        "rows": tuple(row(number) for number in range(3)),
        "more_url": "/admin/orders/rows?after=abc",
        "pages_url": "/admin/orders/",
        "first": True,
        "caption": "Orders",
    }
    return RowsPage(**(given | changes))


def bare_rows_page() -> RowsPage:
    """The last piece of an infinite scroll, without a row."""
    return rows_page(rows=(), more_url=None, first=False, caption="")
