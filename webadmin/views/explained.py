"""What the statements of a page are there for: options in the words of this page, and the addresses that it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from webadmin.errors import BadRequest
from webadmin.listing.groups.asked import groupable
from webadmin.listing.params import ListParams
from webadmin.listing.scope import restricted
from webadmin.options.view import View
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest
from webadmin.text import current_zone
from webadmin.text import gettext as _
from webadmin.views.form import FormPage
from webadmin.views.list import ListPage
from webadmin.views.saved.asked import alone


def asked_of(request: AdminRequest) -> Callable[[str], str]:
    """How an option that causes statements is called on the page of ``request``, with what the page asks of it: nothing for
    one that it does without. Options that no address can change stand as they are."""
    view = request.view
    try:
        params = ListParams.parse(alone(request), view, current_zone())
    except BadRequest:
        params = ListParams(view)
    told = {
        "column_filters": _told("column_filters", dict.fromkeys(value.name for value in params.filters)),
        "search": _search(view) if params.q else "",
        "sort": _sort(view, params),
        "soft_delete_column": "soft_delete_column" if view.soft_delete else "",
        "scope": "scope" if restricted(view) else "",
        "facet": f"column_filters: {request.params.get('field', '')}",
        "lookup": _lookup(view, request.params.get("field", "")),
        "action": _told(
            "actions", [request.params["name"]] if "name" in request.params else list(view.actions)
        ),
    }
    return lambda option: told.get(option, option)


def _told(option: str, names: Any) -> str:
    return f"{option}: {', '.join(names)}" if names else ""


def _lookup(view: View, name: str) -> str:
    for option, names in (
        ("form_ajax_refs", view.options.form_ajax_refs),
        ("column_filters", view.filters),
    ):
        if name in names:
            return f"{option}: {name}"
    return f"form_columns: {name}"


def _search(view: View) -> str:
    return "search_vector" if view.search_vector is not None else "column_searchable_list"


def _sort(view: View, params: ListParams) -> str:
    chosen = _told("column_sortable_list", [name for name, _descending in params.sort])
    return chosen or ("column_default_sort" if params.order else "")


def hidden_relations(request: AdminRequest) -> frozenset[str]:
    """The attributes that the person may not read as the panel would name them, ``order.customer``."""
    views = request.registry.views.values()
    return frozenset(f"{view.model.__name__}.{name}".lower() for view in views for name in view.hidden)


def beside(request: AdminRequest, content: Any) -> tuple[Link, ...]:
    """The panels of what a list or a form asks for while it is used."""
    view, urls = request.view, request.urls
    if isinstance(content, FormPage):
        found = list(_lookups(request, view.form_columns))
    elif isinstance(content, ListPage):
        found = [(_("Exact number"), urls.below(view, "count")), (_("Summary"), urls.below(view, "summary"))]
        found += [(_("Next rows"), urls.below(view, "rows"))]
        if request.may("export"):
            found.append((_("Export"), urls.below(view, "export", "format=csv")))
        names = [name for name in groupable(view) if name in view.filters]
        found += [(_("Numbers by %s") % view.filters[name].label, urls.facets(view, name)) for name in names]
        found += _lookups(request, view.filters)
    else:
        return ()
    query = request.connection.url.query if isinstance(content, ListPage) else ""
    return tuple(Link(label, _with(urls.explained(view, url), query)) for label, url in found)


def _with(url: str, query: str) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _lookups(request: AdminRequest, names: Any) -> Iterator[tuple[str, str]]:
    view = request.view
    for name in names:
        relation = view.info.relations.get(name)
        if relation is not None and request.context.view_of(relation.target) is not None:
            yield _("Look-up of %s") % view.label_of(name), request.urls.lookup(view, name)
