"""Create and change."""

from __future__ import annotations

from typing import Any

from tests.rendering.samples import conflicts, inlines
from webadmin.forms.controls import Choice, FormControl, FormSummaryItem
from webadmin.forms.file_shown import FileShown
from webadmin.forms.sections import FormSection, FormTab
from webadmin.views.dependents import DependentsPage
from webadmin.views.form import FormPage


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
    extra = FormControl("weight", "f-weight", "Weight", "number", span=4)
    given: dict[str, Any] = {
        "key": "orders",
        "list_title": "Orders",
        "list_url": "/admin/orders/",
        "title": "Edit A-1048791",
        "creating": False,
        "id": "1048791",
        "row_url": "/admin/orders/1048791/",
        "row_label": "A-1048791",
        "action_url": "/admin/orders/1048791/change/",
        "tabs": (
            FormTab("tab-1", "Order", (FormSection("fields-1", "Order", controls()),)),
            FormTab(
                "tab-2",
                "More",
                (FormSection("fields-2", "More", (extra,), "Help.", folded=True, folds=True),),
            ),
        ),
        "summary": (
            FormSummaryItem("f-due", "Due date", "Must not be before the order."),
            FormSummaryItem(None, "", "The order is closed."),
        ),
        "delete_url": "/admin/orders/1048791/delete/",
        "multipart": True,
        "copies": True,
        "cancel_url": "/admin/orders/1048791/",
        "hidden": (("_snapshot", "abc"),),
        "inlines": inlines.tables(),
        "merge": conflicts.merge(),
    }
    return FormPage(**(given | changes))


def bare_form_page() -> FormPage:
    """An empty form of a model without fields."""
    return form_page(
        title="New order",
        creating=True,
        id="",
        row_url=None,
        row_label="",
        tabs=(FormTab("tab-1", "", (FormSection("fields", "Order", ()),)),),
        summary=(),
        delete_url=None,
        cancel_url="/admin/orders/",
        hidden=(),
        inlines=(),
        merge=None,
    )


def dependents_page() -> DependentsPage:
    """Fields made anew: one that others depend on in turn, one with a file, and one that is hidden now."""
    return DependentsPage(
        (
            FormControl(
                "state",
                "f-state",
                "State",
                "text",
                dependent=True,
                refresh="/admin/orders/add/fields/?changed=state",
            ),
            FormControl(
                "scan",
                "f-scan",
                "Scan",
                "file",
                accept=".pdf",
                file=FileShown("a.pdf", "2 kB", "/a/", True, True),
                dependent=True,
            ),
            FormControl("company", "f-company", "Company", "hidden", dependent=True),
        )
    )


def bare_dependents_page() -> DependentsPage:
    """No field at all."""
    return DependentsPage(())
