"""What lists load for the host's own functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from webadmin.options.attributes import Attribute

_OPTION = "list_load"
_NO_ROWS = {"dynamic", "write_only"}


def loads_of(
    given: Iterable[Any],
    attribute: Callable[[str, Any], Attribute | None],
    fault: Callable[[str, str, str], None],
) -> Iterator[Attribute]:
    """The attributes that ``list_load`` names: relations, relations of related rows, deferred columns.

    :param attribute: ``(option, value)`` to the attribute; tells by itself what does not exist.
    :param fault: ``(option, value, remedy)``, told what cannot be loaded.
    """
    for value in given:
        found = attribute(_OPTION, value)
        if found is None:
            continue
        if found.relation is None and found.column is None:
            fault(_OPTION, found.name, "name a relation, or a column that is deferred")
        elif several_rows(found):
            fault(_OPTION, found.name, "only the last part of a path may lead to several rows")
        elif found.relation is not None and found.relation.property.lazy in _NO_ROWS:
            lazy = found.relation.property.lazy
            fault(_OPTION, found.name, f"a relation with lazy={lazy!r} is never loaded; map it another way")
        else:
            yield found


def several_rows(attribute: Attribute) -> bool:
    """Whether the attribute stands beyond a relation to several rows, so that it is not one value."""
    return any(relation.uselist for relation in attribute.path)
