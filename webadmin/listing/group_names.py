"""What the rows of a list can be grouped by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from webadmin.database.inspection import UNSORTABLE, Kind, kind_of
from webadmin.listing.memo import per_view
from webadmin.options.attributes import Attribute
from webadmin.options.view import View

_NEVER = UNSORTABLE | {Kind.OTHER}


def groups_of(view: View) -> Mapping[str, Attribute]:
    """The to-one relations that the list may show, and the columns that it may be filtered or sorted by, by name; without
    the key, of which every row is a group of its own."""
    return per_view(view, "groups", lambda: {attribute.name: attribute for attribute in _found(view)})


def kind_by(attribute: Attribute) -> Kind | None:
    """What the values of a group are; None for related rows."""
    if attribute.relation is not None:
        return None
    return attribute.column.kind if attribute.column is not None else kind_of(attribute.expression.type)


def in_sentence(label: str) -> str:
    """A column's label as it stands in the middle of a sentence; an abbreviation keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _found(view: View) -> Iterator[Attribute]:
    for column in view.all_columns.values():
        if column.attribute.relation is not None and _groups(view, column.attribute):
            yield column.attribute
    named = [option.attribute for option in view.filters.values()]
    yield from (attribute for attribute in [*named, *view.sortable.values()] if _groups(view, attribute))


def _groups(view: View, attribute: Attribute) -> bool:
    if attribute.plain:
        return False
    if attribute.relation is not None:
        return attribute.relation.many_to_one and bool(attribute.relation.local)
    if attribute.column is not None and attribute.column.primary_key and not attribute.path:
        return len(view.info.key) > 1
    return kind_by(attribute) not in _NEVER
