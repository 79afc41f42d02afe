"""What ``column_filters`` names, resolved: attributes, paths into JSON, sqladmin's filter objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from webadmin.database.inspection import ModelInfo
from webadmin.options.attributes import Attribute, looked_at
from webadmin.options.json_paths import json_attribute
from webadmin.options.view import FilterOption

OPTION = "column_filters"


class FilterOptions:
    """Resolves the entries of one view's option.

    :param resolve: the attribute that a value of an option names; None with a fault told for one that names nothing.
    :param label: an attribute in words.
    :param fault: takes the option, the value and the remedy.
    """

    def __init__(
        self,
        info: ModelInfo,
        resolve: Callable[[str, Any], Attribute | None],
        label: Callable[[Attribute], str],
        fault: Callable[[str, str, str], None],
    ) -> None:
        self.info, self.resolve, self.label, self.fault = info, resolve, label, fault

    def build(self, given: Iterable[Any]) -> dict[str, FilterOption]:
        """The safelist by name, in the order given."""
        found: dict[str, FilterOption] = {}
        for value in given:
            option = self._column(value)
            if option is not None:
                found[option.attribute.name] = option
        return found

    def _column(self, value: Any) -> FilterOption | None:
        named = looked_at(self.info, value)
        attribute = json_attribute(self.info, named) or self.resolve(OPTION, named)
        if attribute is None:
            return None
        if attribute.plain:
            self.fault(OPTION, attribute.name, "it is a Python property; filter by a column or relation")
            return None
        label = getattr(value, "title", None) if named is not value else None
        return FilterOption(attribute, label or self.label(attribute))
