"""Bringing one soft-deleted row back."""

from __future__ import annotations

from webadmin.changes.apply import restore as apply_restore
from webadmin.listing.scope import one
from webadmin.request import AdminRequest, Answer, Redirect
from webadmin.text import gettext as _
from webadmin.views.back import came_from


def restore(request: AdminRequest) -> Answer:
    """Restore the row; back to the list that it was restored from, else to the row."""
    view = request.view
    row = one(request.context, view, request.key, deleted="show", lock=True)
    url = request.urls.row(view, view.id_of(row))
    label = view.row_label(row)
    if not view.is_deleted(row):
        request.flash(_("{what} is not deleted.").format(what=label), "info", url=url, url_label=_("Open"))
    else:
        apply_restore(request.context, view, [row])
        request.flash(_("{what} was restored.").format(what=label), url=url, url_label=_("Open"))
    return Redirect(came_from(request, view) or url)
