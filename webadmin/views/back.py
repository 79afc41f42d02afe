"""Where a person came from: the list with its filters and page, to go back to after acting on its rows."""

from __future__ import annotations

from urllib.parse import unquote, urlencode, urlsplit

from webadmin.options.view import View
from webadmin.request import AdminRequest

FIELD = "_next"
"""The form field and query parameter that carries the list's address along."""


def came_from(request: AdminRequest, view: View) -> str | None:
    """The address of the view's list, query string included, that this page was opened from; None when it was opened
    from elsewhere. Only the query string is taken from the browser: the path is our own."""
    plain = request.urls.list(view)
    given = (request.posted(FIELD), request.value(FIELD), request.headers.get("referer", ""))
    for address in filter(None, given):
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if unquote(parts.path) == unquote(plain) and all(char.isprintable() for char in parts.query):
            return request.urls.list(view, parts.query)
    return None


def list_url(request: AdminRequest, view: View) -> str:
    """The list that the person came from, else the list from its beginning."""
    return came_from(request, view) or request.urls.list(view)


def carried(request: AdminRequest, view: View, url: str) -> str:
    """``url`` with the list that the person came from, where that was a part of the list."""
    back = list_url(request, view)
    return url if back == request.urls.list(view) else f"{url}?{urlencode({FIELD: back})}"
