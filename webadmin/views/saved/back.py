"""The list that a form of its settings was sent from."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from webadmin.errors import BadRequest
from webadmin.request import AdminRequest
from webadmin.views.back import came_from
from webadmin.views.saved.asked import Asked, pairs_of, resolve


def asked_before(request: AdminRequest) -> Asked:
    """What the list was asked for that the form was sent from; the plain list where that cannot be told."""
    view, store = request.view, request.store
    kept = store.read()
    query = urlsplit(came_from(request, view) or "").query
    try:
        asked = resolve(view, pairs_of(query), kept)
    except BadRequest:
        asked = resolve(view, [("page", "1")], kept)
    return replace(asked, lasting=store.lasting)
