"""What no page of a view shows cannot be had by asking for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from webadmin.options.attributes import Attribute
from webadmin.options.view import View


def only_visible(view: View) -> View:
    """``view`` without the columns that neither its list nor its rows' pages show: they cannot be chosen, and nothing that is
    guessed sorts by them, filters by them or searches in them. What an option names stays."""
    seen = frozenset(_seen(view))

    def shown(attribute: Attribute) -> bool:
        return attribute.name in seen or (bool(attribute.path) and attribute.path[0].name in seen)

    given: Any = type(view.options)
    return replace(
        view,
        all_columns={name: column for name, column in view.all_columns.items() if shown(column.attribute)},
        sortable=view.sortable
        if given.column_sortable_list is not None
        else {name: attribute for name, attribute in view.sortable.items() if shown(attribute)},
        filters=view.filters
        if given.column_filters is not None
        else {name: option for name, option in view.filters.items() if shown(option.attribute)},
        searchable=view.searchable
        if given.column_searchable_list
        else tuple(attribute for attribute in view.searchable if shown(attribute)),
    )


def columns_shown(view: View, *, form: bool) -> frozenset[str]:
    """The model's columns, by attribute, that a page of ``view`` shows, also in the words of a row that they lead to.

    :param form: whether the person gets to see the form.
    """
    names = set(_seen(view)) | (set(view.form_columns) if form else set())
    relations = [view.info.relations[name] for name in names & view.info.relations.keys()]
    names.update(local for relation in relations if relation.many_to_one for local in relation.local)
    return frozenset(names & view.info.columns.keys() - view.hidden)


def _seen(view: View) -> Iterator[str]:
    """Attributes that a page shows: of the list, of a row's page, the key in its address, and numbers of related rows."""
    columns = [*view.list_columns, *(view.details_columns if view.options.can_view_details else ())]
    names = {column.name for column in columns}
    yield from names
    yield from (column.name for column in view.info.key)
    if view.soft_delete is not None:
        yield view.soft_delete
    for relation in view.info.relations.values():
        local = set(relation.local)
        if relation.uselist:
            yield relation.name
        elif relation.name in names:
            yield from local
        elif local & names:
            yield relation.name
