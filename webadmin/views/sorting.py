"""What a list can be sorted by, as people see it: which head sorts by what, and names for what has no head."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.sql.functions import FunctionElement

from webadmin.listing.memo import per_view
from webadmin.listing.params import ListParams
from webadmin.options.attributes import Attribute
from webadmin.options.expressions import columns_of, plain
from webadmin.options.view import ShownColumn, View
from webadmin.text import gettext as _
from webadmin.text import humanize


@dataclass(frozen=True, slots=True)
class SortChoice:
    """A sort that no head offers."""

    name: str
    label: str
    url: str
    direction: str
    """asc, desc, or empty where the list is not sorted by it."""
    slow: bool
    """No index serves it, and there are many rows."""


def sorts_of_heads(view: View, columns: Sequence[ShownColumn]) -> Mapping[str, str]:
    """What the heads of ``columns`` sort by, by the name of the column: the column itself, else the first sort that is made
    of it, such as its text in lower case, or that is read from the row it shows. No sort stands at two heads."""
    names = tuple(column.name for column in columns)
    return per_view(view, ("sorts of heads", names), lambda: _sorts(view, columns))


def sort_menu(
    view: View,
    columns: Sequence[ShownColumn],
    params: ListParams,
    list_url: Callable[[str], str],
    slow: frozenset[str],
) -> tuple[SortChoice, ...]:
    """The sorts that ``column_sortable_list`` names and no head of ``columns`` offers."""
    if view.options.column_sortable_list is None:
        return ()
    taken = set(sorts_of_heads(view, columns).values())
    left = [name for name in view.sortable if name not in taken]
    chosen = dict(params.order) if left else {}
    return tuple(
        SortChoice(
            name,
            sort_label(view, name),
            list_url(params.query(sort=((name, not chosen.get(name, True)),))),
            ("desc" if chosen[name] else "asc") if name in chosen else "",
            name in slow,
        )
        for name in left
    )


def sort_label(view: View, name: str) -> str:
    """A sort in words: ``Name, ignoring case``."""
    attribute = view.sortable.get(name) or view.default_sort_attributes.get(name)
    if name in view.labels or attribute is None:
        return view.label_of(name)
    words = [relation.name for relation in attribute.path]
    if not attribute.written:
        return _label(view, [*words, attribute.last])
    element = plain(attribute.expression)
    columns = columns_of(element)
    called = str(getattr(element, "name", "")).lower() if isinstance(element, FunctionElement) else ""
    if attribute.name.rpartition(".")[2].startswith(f"{called}_") and called and len(columns) == 1:
        of = _label(view, [*words, columns[0].key])
        if called in {"lower", "upper"}:
            return _("{column}, ignoring case").format(column=of)
        if called in {"length", "char_length"}:
            return _("Length of {column}").format(column=of[:1].lower() + of[1:])
    return _label(view, [*words, attribute.last])


def _label(view: View, names: Sequence[str]) -> str:
    own = view.labels.get(".".join(names))
    if own:
        return own
    first, *rest = names
    return " ".join([view.label_of(first), *(humanize(part).lower() for part in rest)])


def _sorts(view: View, columns: Sequence[ShownColumn]) -> dict[str, str]:
    found = {column.name: column.name for column in columns if column.name in view.sortable}
    for name, attribute in view.sortable.items():
        if name in found.values() or not (attribute.written or attribute.path):
            continue
        fitting = next(
            (c.name for c in columns if c.name not in found and _made_of(attribute, c.attribute)), None
        )
        if fitting is not None:
            found[fitting] = name
    return found


def _made_of(sort: Attribute, shown: Attribute) -> bool:
    """Whether a sort is made of what a column shows."""
    path = [relation.name for relation in sort.path]
    if shown.relation is not None:
        return path == [*(relation.name for relation in shown.path), shown.relation.name]
    if not sort.written or shown.column is None or path != [relation.name for relation in shown.path]:
        return False
    own = shown.column.column
    return any(column.table is own.table and column.key == own.key for column in columns_of(sort.expression))
