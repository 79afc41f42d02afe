"""The smaller pages."""

from __future__ import annotations

from typing import Any

from tests.rendering.samples.lists import row
from webadmin.forms.controls import Choice
from webadmin.rendering.cells import Cell
from webadmin.rendering.shell import Link
from webadmin.views.account import AccountLink, AccountPage
from webadmin.views.count import CountPage
from webadmin.views.delete import DeletePage, PlanLine, PlanStat
from webadmin.views.detail import DetailField, DetailPage, RelatedRow, RelatedTable
from webadmin.views.error import ErrorPage
from webadmin.views.facets import FacetsPage
from webadmin.views.grouped import GroupRow
from webadmin.views.home import HomeEntry, HomeGroup, HomePage
from webadmin.views.lookup import LookupOption, LookupPage


def facets_page(**changes: Any) -> FacetsPage:
    """Values with their numbers of rows."""
    rows = (
        GroupRow("Paid", "/admin/orders/?status=paid", 1200, "1,200", (), nothing=False),
        GroupRow("No status", None, 3, "3", (), nothing=True),
    )
    given: dict[str, Any] = {
        "title": "Numbers of rows by Status",
        "label": "Status",
        "rows": rows,
        "notes": ("The 40 smallest groups are left out.",),
        "list_title": "Orders",
        "list_url": "/admin/orders/",
    }
    return FacetsPage(**(given | changes))


def bare_facets_page() -> FacetsPage:
    return facets_page(rows=(), notes=())


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


def count_page(**changes: Any) -> CountPage:
    """A number that was counted."""
    given: dict[str, Any] = {
        "title": "Number of rows",
        "list_title": "Orders",
        "list_url": "/admin/orders/?status=paid",
        "count": 4_800_673,
        "count_text": "4,800,673",
        "again_url": "/admin/orders/count/?status=paid",
    }
    return CountPage(**(given | changes))


def bare_count_page() -> CountPage:
    return count_page(count=None, count_text="not counted within 10 seconds")


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


def home_page() -> HomePage:
    """Three groups of models."""
    return HomePage(
        title="Fernhill Shop",
        groups=(
            HomeGroup(
                "Sales",
                (
                    HomeEntry(
                        "Orders",
                        "/admin/orders/",
                        4_800_673,
                        False,
                        "about 4.80M",
                        "/admin/orders/add/",
                        False,
                        (Link("Deleted", "/admin/orders/?deleted=only"),),
                    ),
                    HomeEntry("Order totals", "/admin/order_totals/", 312, True, "312", None, True),
                ),
            ),
            HomeGroup("People", (HomeEntry("Customers", "/admin/customers/", None, False, "", None, False),)),
        ),
        database="PostgreSQL 18.4",
        notes=("History is off: webadmin's tables are not there yet.",),
    )


def bare_home_page() -> HomePage:
    return HomePage("Fernhill Shop", (), "SQLite 3.40.1")


def account_page() -> AccountPage:
    return AccountPage(
        "Lena Ortiz",
        "/admin/account/",
        (Choice("system", "Like the system", True), Choice("light", "Light"), Choice("dark", "Dark")),
        (Choice("comfortable", "Comfortable", True), Choice("compact", "Compact")),
        (Choice("UTC", "UTC"), Choice("Europe/Berlin", "Europe/Berlin", True)),
        True,
        "/admin/orders/",
        (AccountLink("Password", "/admin/account/password/", "Changed 3 days ago."),),
        "/admin/account/rights/",
    )


def bare_account_page() -> AccountPage:
    return AccountPage("", "/admin/account/", (), (), (), False, "")


def lookup_page() -> LookupPage:
    options = (
        LookupOption("42", "Marta <Kowalczyk>", "marta.k@posteo.example"),
        LookupOption("43", "Omar Haddad", deleted=True),
    )
    return LookupPage(options, "ma", True)


def bare_lookup_page() -> LookupPage:
    return LookupPage((), "zz", False)


def delete_page(**changes: Any) -> DeletePage:
    """A deletion that reaches far and is blocked."""
    given: dict[str, Any] = {
        "key": "customers",
        "list_title": "Customers",
        "list_url": "/admin/customers/",
        "title": "Delete 2 customers?",
        "soft": False,
        "purge": False,
        "rows": (Link("Marta Kowalczyk", "/admin/customers/1/"), Link("Omar Haddad", "/admin/customers/2/")),
        "row_count": 3,
        "blocked": (
            PlanLine(
                "Invoices", "restrict", 2, "2", None, (Link("Invoice 2025-88120", "/admin/invoices/1/"),)
            ),
        ),
        "deleted": (
            PlanLine("Addresses", "cascade", 3, "3", "/admin/addresses/?customer=1", ()),
            PlanLine("Wish lists", "cascade", 10_000, "10,000+", None, (), 1),
        ),
        "unlinked": (PlanLine("Orders", "set null", 48, "48", "/admin/orders/?customer=1", ()),),
        "marked": (PlanLine("Notes", "soft", 2, "2", None, ()),),
        "stats": (PlanStat("2", "rows stand in the way", "warn"), PlanStat("1", "row loses its link")),
        "changed": True,
        "problem": "Not on Sundays.",
        "total_text": "10,006 rows in 3 tables go.",
        "action_url": "/admin/customers/actions/delete/",
        "hidden": (("id", "1"), ("id", "2"), ("plan", "f1ngerpr1nt")),
        "cancel_url": "/admin/customers/",
        "button": "Delete 10,006 rows",
    }
    return DeletePage(**(given | changes))


def bare_delete_page() -> DeletePage:
    """One row that is marked as deleted, and nothing else."""
    return delete_page(
        title="Delete Marta Kowalczyk?",
        soft=True,
        rows=(Link("Marta Kowalczyk", "/admin/customers/1/"),),
        row_count=1,
        blocked=(),
        deleted=(),
        unlinked=(),
        marked=(),
        stats=(),
        unfinished=False,
        changed=False,
        problem="",
        total_text="",
        hidden=(),
        button="Mark as deleted",
    )


def detail_page(**changes: Any) -> DetailPage:
    """A deleted row with each kind of value and two relations."""
    json = '{\n  "theme": "paper",\n  "sizes": ["M", "L"]\n}'
    fields = (
        *(DetailField(cell.name.capitalize(), cell, False) for cell in row(1).cells),
        DetailField("Tags", Cell("tags", "array", "vip, b2b", items=("vip", "b2b")), False),
        DetailField("Reference", Cell("reference", "uuid", "0193f5b2-7c4e-7a10-9d35-0242ac120002"), False),
        DetailField("Photo", Cell("photo", "binary", "12 kB"), False),
        DetailField("Born", Cell("born", "date", "", empty=True), False),
        DetailField("Hold", Cell("hold", "status", "On hold", tone="warn"), False),
        DetailField("Took", Cell("took", "interval", "2 days 03:00:00"), False),
        DetailField("Biography", Cell("biography", "text", "First line.\nSecond line. " * 8), True),
        DetailField("Preferences", Cell("preferences", "json", json), True),
    )
    rows = tuple(RelatedRow(f"A-{n}", f"/admin/orders/{n}/", row(n).cells[:6], n == 2) for n in range(4))
    given: dict[str, Any] = {
        "key": "customers",
        "list_title": "Customers",
        "list_url": "/admin/customers/",
        "singular": "Customer",
        "id": "204118",
        "label": "Marta Kowalczyk",
        "fields": fields,
        "related": (
            RelatedTable(
                "orders",
                "Orders",
                "48",
                ("Order", "Customer", "Status", "Total", "Lines", "Placed"),
                (False, False, False, True, True, False),
                rows,
                "/admin/orders/?customer=204118",
                "/admin/orders/add/?customer=204118",
            ),
            RelatedTable("reviews", "Reviews", "0", ("Text",), (False,), (), None, None),
        ),
        "deleted": True,
        "deleted_text": "Deleted 3 h ago, Nov 21, 2026, 11:30",
        "edit_url": "/admin/customers/204118/change/",
        "delete_url": "/admin/customers/204118/delete/",
        "restore_url": "/admin/customers/204118/restore/",
        "purge_url": "/admin/customers/204118/purge/",
        "links": (Link("History", "/admin/customers/204118/history/"),),
    }
    return DetailPage(**(given | changes))


def bare_detail_page() -> DetailPage:
    return detail_page(
        fields=(),
        related=(),
        deleted=False,
        deleted_text="",
        edit_url=None,
        delete_url=None,
        restore_url=None,
        purge_url=None,
        links=(),
    )
