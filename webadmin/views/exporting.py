"""The ways in which a list can be had as a file, and take rows from one."""

from __future__ import annotations

from webadmin.listing.params import ListParams
from webadmin.options.view import View
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest
from webadmin.text import gettext as _
from webadmin.transfer.workbook import is_available


def export_links(request: AdminRequest, view: View, params: ListParams) -> tuple[Link, ...]:
    """The files that are most wanted, in words that people read; nothing for who may not export."""
    if not request.may("export"):
        return ()
    spoken = [("headings", "labels"), ("relations", "label")]
    kinds = [("csv", _("CSV")), *([("xlsx", _("Excel"))] if is_available() else []), ("json", _("JSON"))]
    return tuple(
        Link(label, request.urls.below(view, "export", params.query(add=[("format", kind), *spoken])))
        for kind, label in kinds
    )


def import_url(request: AdminRequest, view: View) -> str | None:
    """The page that takes rows from a file; None for who may have none of them added or changed."""
    writes = request.may("add", view) or request.may("change", view)
    return request.urls.below(view, "import") if writes and request.may("import", view) else None
