"""Example contexts: for every template one with everything in it and one with as little as possible."""

from __future__ import annotations

from typing import Any

from webadmin.rendering.cells import Cell
from webadmin.rendering.shell import Link, LinkGroup, Message, Shell
from webadmin.views.account import AccountPage
from webadmin.views.delete import DeletePage, PlanLine
from webadmin.views.detail import DetailField, DetailPage, RelatedRow, RelatedTable
from webadmin.views.error import ErrorPage
from webadmin.views.form import Choice, FormControl, FormPage, FormSummaryItem
from webadmin.views.home import HomeEntry, HomeGroup, HomePage
from webadmin.views.list import (
    BulkAction,
    Chip,
    FilterControl,
    FilterInput,
    Head,
    ListPage,
    Option,
    PageLink,
    Pager,
    Row,
    RowsPage,
)
from webadmin.views.login import LoginPage
from webadmin.views.lookup import LookupOption, LookupPage


def shell(**changes: Any) -> Shell:
    """The frame as a person of the demo's shop sees it."""
    given: dict[str, Any] = {
        "title": "Fernhill Shop",
        "home_url": "/admin/",
        "navigation": (
            LinkGroup(
                "Sales",
                (
                    Link("Orders", "/admin/orders/", True, "/admin/orders/add/"),
                    Link("Order lines", "/admin/order_lines/", False, "/admin/order_lines/add/"),
                ),
            ),
            LinkGroup(
                "Catalogue",
                (
                    Link("Products", "/admin/products/", False, "/admin/products/add/"),
                    Link("Categories", "/admin/categories/"),
                    Link("Tags", "/admin/tags/"),
                ),
            ),
            LinkGroup(
                "People", (Link("Customers", "/admin/customers/"), Link("Staff notes", "/admin/staff_notes/"))
            ),
        ),
        "messages": (
            Message("Order A-1048791 was deleted.", "ok", "/admin/orders/9/restore/", "Restore", True),
            Message("Saved.", "ok", "/admin/orders/8/", "Open"),
        ),
        "csrf_token": "c5rf-t0ken",
        "user_name": "Lena Ortiz",
        "logout_url": "/admin/logout/",
        "account_url": "/admin/account/",
        "static_url": "/admin/static",
    }
    return Shell(**(given | changes))


def bare_shell(**changes: Any) -> Shell:
    """The frame of somebody who is not logged in."""
    given: dict[str, Any] = {
        "navigation": (),
        "messages": (),
        "user_name": "",
        "logout_url": None,
        "account_url": None,
    }
    return shell(**(given | changes))


_CUSTOMERS = (
    "Marta Kowalczyk",
    "Omar Haddad",
    "María José Fernández",
    "Marcus Lindqvist",
    "Amara <b>Okafor</b>",
)
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
        Cell("note", "text", "–", empty=True)
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
        "search_note": "Common words were left out.",
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
        "add_url": "/admin/orders/add/",
        "export_links": (Link("Export as CSV", "/admin/orders/export/?format=csv"),),
        "import_url": "/admin/orders/import/",
        "explain_url": "/admin/orders/explain/?q=mar",
        "rows_url": "/admin/orders/rows?q=mar",
        "empty_title": "No orders match",
        "empty_hint": "Remove a filter to see more.",
        "read_only": False,
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
        "filters": (),
        "chips": (),
        "clear_url": None,
        "search_enabled": False,
        "q": "",
        "search_note": "",
        "soft_delete": False,
        "deleted_links": (),
        "hidden": (),
        "filter_hidden": (),
        "jump_hidden": (),
        "size_hidden": (),
        "actions": (),
        "add_url": None,
        "export_links": (),
        "import_url": None,
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
        "next_url": "/admin/orders/rows?after=abc",
        "first": True,
        "caption": "Orders",
    }
    return RowsPage(**(given | changes))


def bare_rows_page() -> RowsPage:
    """The last piece of an infinite scroll, without a row."""
    return rows_page(rows=(), next_url=None, first=False, caption="")


def controls() -> tuple[FormControl, ...]:
    """A control of each kind, some with errors."""
    return (
        FormControl("number", "f-number", "Number", "readonly", "A-1048791", hint="set by the database"),
        FormControl(
            "title",
            "f-title",
            "Title",
            "text",
            'A "quoted" <title>',
            required=True,
            maxlength=80,
            help="Short.",
        ),
        FormControl(
            "status",
            "f-status",
            "Status",
            "select",
            "paid",
            (Choice("new", "Pending"), Choice("paid", "Paid", True)),
            required=True,
        ),
        FormControl(
            "due", "f-due", "Due date", "date", "2026-11-12", errors=("Must not be before the order.",)
        ),
        FormControl("placed", "f-placed", "Placed", "datetime", "2026-11-12T14:26", hint="UTC", step="1"),
        FormControl("opens", "f-opens", "Opens", "time", "14:26"),
        FormControl(
            "total", "f-total", "Total", "number", "1249.00", step="0.01", errors=("Too small.", "Odd.")
        ),
        FormControl("gift", "f-gift", "Gift", "checkbox", "y", help="Wrapped."),
        FormControl("express", "f-express", "Express", "checkbox", "", errors=("Not possible.",)),
        FormControl(
            "customer",
            "f-customer",
            "Customer",
            "relation",
            "42",
            (Choice("42", "Marta Kowalczyk", True, True),),
            required=True,
            lookup_url="/admin/orders/lookup/customer/",
            href="/admin/customers/42/",
        ),
        FormControl("parent", "f-parent", "Parent", "relation"),
        FormControl(
            "tags",
            "f-tags",
            "Tags",
            "relations",
            choices=(Choice("3", "vip", True), Choice("5", "b2b", True)),
            lookup_url="/admin/orders/lookup/tags/",
        ),
        FormControl("labels", "f-labels", "Labels", "array", "red\nblue", hint="one a line"),
        FormControl("note", "f-note", "Note", "textarea", "\nInvoice must show\nthe VAT number.", wide=True),
        FormControl(
            "meta",
            "f-meta",
            "Metadata",
            "json",
            '{\n  "gift": false\n}',
            errors=("Line 2: no comma.",),
            wide=True,
        ),
    )


def form_page(**changes: Any) -> FormPage:
    """A form that was sent with mistakes."""
    given: dict[str, Any] = {
        "key": "orders",
        "list_title": "Orders",
        "list_url": "/admin/orders/",
        "singular": "Order",
        "title": "Edit A-1048791",
        "creating": False,
        "id": "1048791",
        "row_url": "/admin/orders/1048791/",
        "action_url": "/admin/orders/1048791/change/",
        "controls": controls(),
        "summary": (
            FormSummaryItem("f-due", "Due date", "Must not be before the order."),
            FormSummaryItem(None, "", "The order is closed."),
        ),
        "delete_url": "/admin/orders/1048791/delete/",
        "cancel_url": "/admin/orders/1048791/",
        "hidden": (("_snapshot", "abc"),),
    }
    return FormPage(**(given | changes))


def bare_form_page() -> FormPage:
    """An empty form of a model without fields."""
    return form_page(
        title="New order",
        creating=True,
        id="",
        row_url=None,
        controls=(),
        summary=(),
        delete_url=None,
        cancel_url="/admin/orders/",
        hidden=(),
    )


def error_page(**changes: Any) -> ErrorPage:
    """The database is busy."""
    given: dict[str, Any] = {
        "status": 503,
        "title": "The database is busy",
        "message": "Stopped after 5 seconds. Your filters are kept in the address.",
        "link": "/admin/orders/",
        "link_label": "Orders without filters",
        "retry_after": 5,
        "request_id": "01JD",
    }
    return ErrorPage(**(given | changes))


def bare_error_page() -> ErrorPage:
    return error_page(
        status=404,
        title="Not found",
        message="There is no such page.",
        link=None,
        link_label=None,
        retry_after=None,
        request_id="",
    )
