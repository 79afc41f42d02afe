"""What ``column_filters`` names, resolved: attributes, paths into JSON, sqladmin's filter objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from webadmin.database.inspection import ModelInfo
from webadmin.options import sqladmin_filters
from webadmin.options.attributes import Attribute, UnknownAttribute, looked_at, resolve
from webadmin.options.filter_forms import form_of
from webadmin.options.form_filters import form_options
from webadmin.options.json_paths import json_attribute
from webadmin.options.own_filters import Filter
from webadmin.options.view import FilterOption

OPTION = "column_filters"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


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
            for option in self._options(value):
                name = option.attribute.name
                if option.custom is not None and name in found:
                    self.fault(OPTION, name, "there is another filter of this name; give one of them a name")
                found[name] = option
        return found

    def _options(self, value: Any) -> Iterator[FilterOption]:
        form = form_of(value)
        if form is not None:
            yield from form_options(
                form, self.info.model, self._found, self.label,
                lambda name, remedy: self.fault(OPTION, f"{form.title}.{name}", remedy),
            )  # fmt: skip
            return
        if isinstance(value, type) and issubclass(value, Filter):
            value = value()
        if sqladmin_filters.is_filter(value) and sqladmin_filters.kept(value):
            obstacle = sqladmin_filters.obstacle(value)
            if obstacle:
                self.fault(OPTION, type(value).__name__, obstacle)
                return
            value = sqladmin_filters.Adapted(value, self.info.model)
        if isinstance(value, Filter):
            yield from self._own(value)
        elif (option := self._column(value)) is not None:
            yield option

    def _own(self, given: Filter) -> Iterator[FilterOption]:
        title = type(given).__name__
        if type(given).condition is Filter.condition:
            self.fault(OPTION, title, "it has no condition; write condition(self, value, user)")
        elif not _NAME.fullmatch(given.name):
            self.fault(OPTION, title, f"{given.name!r} cannot stand in an address; use letters, digits and _")
        else:
            yield FilterOption(Attribute(given.name, self.info.model), given.label, given)

    def _found(self, name: str) -> Attribute | None:
        try:
            attribute = json_attribute(self.info, name) or resolve(self.info, name)
        except UnknownAttribute:
            return None
        return None if attribute.plain else attribute

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
