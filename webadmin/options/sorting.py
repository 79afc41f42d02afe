"""What a list can be sorted by: the safelist and the default order, from the options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webadmin.database.inspection import UNSORTABLE, ModelInfo, kind_of
from webadmin.options import defaults
from webadmin.options.attributes import Attribute, resolve
from webadmin.options.expressions import as_key, is_expression
from webadmin.options.model_view import ModelView

_SEPARATORS = ",:"
"""What stands between names and directions in an address."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """Reads the options about order.

    :param shown: the names of the list's columns.
    :param attribute: resolves what an option names; None for a fault, which it keeps.
    :param fault: keeps a fault: the option, the value in it, what to do.
    """

    options: ModelView
    info: ModelInfo
    shown: tuple[str, ...]
    attribute: Callable[[str, Any], Attribute | None]
    fault: Callable[[str, str, str], None]

    def safelist(self) -> dict[str, Attribute]:
        """``column_sortable_list`` by name; what is guessed where it is not set."""
        given = self.options.column_sortable_list
        if given is None:
            return {name: resolve(self.info, name) for name in defaults.sortable(self.info, self.shown)}
        found: dict[str, Attribute] = {}
        for value in given:
            attribute = self._usable("column_sortable_list", value)
            if attribute is not None and self._new(found, attribute):
                found[attribute.name] = attribute
        return found

    def default(self) -> list[tuple[Attribute, bool]]:
        """``column_default_sort`` with its directions, True for descending."""
        given: Any = type(self.options).column_default_sort
        if not _is_set(given):
            guess = defaults.default_sort(self.info, self.shown)
            return [(resolve(self.info, name), descending) for name, descending in guess]
        items = given if isinstance(given, list) else [given]
        if isinstance(given, tuple) and not (len(given) == 2 and isinstance(given[1], bool)):
            items = list(given)
        found: list[tuple[Attribute, bool]] = []
        for item in items:
            value, descending = item if isinstance(item, tuple) else (item, False)
            attribute = self._usable("column_default_sort", value)
            if attribute is not None:
                found.append((attribute, bool(descending)))
        return found

    def _usable(self, option: str, value: Any) -> Attribute | None:
        attribute = self.attribute(option, value)
        return attribute if attribute is not None and self._can_sort(option, attribute) else None

    def _can_sort(self, option: str, attribute: Attribute) -> bool:
        if attribute.plain or (attribute.relation is not None and not attribute.relation.many_to_one):
            remedy = "it is not a column or expression of the database; sort by a column"
        elif attribute.column is not None and attribute.column.kind in UNSORTABLE:
            remedy = f"a column of kind {attribute.column.kind} has no order; leave it out"
        elif attribute.written and kind_of(as_key(attribute.expression).type) in UNSORTABLE:
            remedy = "values of this type have no order; sort by a text or number made of them"
        elif not attribute.last or any(separator in attribute.name for separator in _SEPARATORS):
            remedy = "its label stands in addresses, where “,” and “:” mean something; choose another"
        else:
            return True
        self.fault(option, attribute.name, remedy)
        return False

    def _new(self, found: dict[str, Attribute], attribute: Attribute) -> bool:
        """Whether the name is not taken yet, or by the same."""
        before = found.get(attribute.name)
        one, other = (before.expression if before else None), attribute.expression
        if before is None or not (is_expression(one) or is_expression(other)) or one is other:
            return True
        self.fault(
            "column_sortable_list",
            attribute.name,
            "two expressions have this name; tell them apart by a label, .label(…)",
        )
        return False


def _is_set(value: Any) -> bool:
    return not (isinstance(value, list | tuple | str) and len(value) == 0) and value is not None
