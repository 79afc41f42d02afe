"""Options of a combobox, searched on the server."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.database.inspection import RelationInfo
from webadmin.errors import Forbidden, NotFound
from webadmin.forms.related import canonical_id
from webadmin.listing.lookup import search_rows
from webadmin.options.attributes import attribute_name
from webadmin.options.causes import caused_by
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import gettext as _

LIMIT = 20
"""Options shown at most."""


@dataclass(frozen=True, slots=True)
class LookupOption:
    value: str
    """The row's id."""
    label: str
    hint: str = ""
    deleted: bool = False
    url: str | None = None
    """The row's page."""


@dataclass(frozen=True, slots=True)
class LookupPage:
    """Rendered as the inside of a listbox: ``<li role="option" data-value="…">``."""

    options: tuple[LookupOption, ...]
    q: str
    more: bool
    """There are more matches than shown."""


@caused_by("lookup")
def lookup(request: AdminRequest) -> Answer:
    """Rows that a relation field of a form or a filter may point to, by what was typed."""
    view = request.view
    name = request.params["field"]
    relation = _relation(request, name)
    target = request.registry.for_model(relation.target)
    if target is not None and not request.context.may_look(target):
        raise Forbidden(_("You may not see these rows."))
    q = request.value("q")
    found, more = search_rows(request.context, relation.target, q, limit=LIMIT, fields=_fields(view, name))
    paged = target is not None and target.options.can_view_details
    options = tuple(
        LookupOption(
            item.id,
            item.label,
            item.hint,
            item.deleted,
            request.urls.row(target, canonical_id(target.model, item.id))
            if target is not None and paged
            else None,
        )
        for item in found
    )
    return Page("lookup.html", LookupPage(options, q=q, more=more))


def _relation(request: AdminRequest, name: str) -> RelationInfo:
    """The relation that a form or filter of the view offers under ``name``; no other can be looked into."""
    view = request.view
    option = view.filters.get(name)
    if option is not None and option.attribute.relation is not None:
        return option.attribute.relation
    on_form = name in view.form_columns and (request.may("add") or request.may("change"))
    relation = view.info.relations.get(name)
    if relation is None or not on_form:
        raise NotFound(_("There is nothing to look up under this name."), link="./")
    return relation


def _fields(view: View, name: str) -> tuple[str, ...]:
    """What ``form_ajax_refs`` names for the relation, or nothing: then the target's own search columns."""
    options = view.options.form_ajax_refs.get(name, {})
    return tuple(attribute_name(field) for field in options.get("fields", ()))
