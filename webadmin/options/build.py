"""From a ``ModelView`` class to a ``View``: every option resolved, every fault collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from webadmin.database.inspection import HEAVY, Kind, ModelInfo, inspect_model
from webadmin.errors import Fault
from webadmin.options import defaults
from webadmin.options.actions import actions_of
from webadmin.options.attributes import Attribute, UnknownAttribute, attribute_name, resolve
from webadmin.options.depends import Dependences
from webadmin.options.editable import OPTION as EDITABLE
from webadmin.options.editable import editable_of
from webadmin.options.fieldsets import groups_of, named_in
from webadmin.options.filter_options import FilterOptions
from webadmin.options.labels import RowLabel, model_label, model_name
from webadmin.options.loads import loads_of, several_rows
from webadmin.options.marking import OPTION as MARKED
from webadmin.options.model_view import ModelView
from webadmin.options.secrets import is_secret
from webadmin.options.sorting import Sorting
from webadmin.options.uploads import uploads_of
from webadmin.options.view import FilterOption, ShownColumn, View
from webadmin.text import humanize

_ALL = "__all__"
_ORDERS = {"column_sortable_list", "column_default_sort"}


class Builder:
    """Builds one view; ``faults`` holds what cannot be used when it is done."""

    def __init__(self, options: ModelView, key: str) -> None:
        self.options = options
        self.info: ModelInfo = inspect_model(options.model)
        self.key = key
        self.title = type(options).__name__
        self.faults: list[Fault] = []
        self.names = {attribute_name(name): label for name, label in options.column_labels.items()}

    def build(self) -> View:
        options, info = self.options, self.info
        label = self._row_label()
        shown = self._shown(
            "column_list",
            "column_exclude_list",
            lambda: defaults.list_columns(info),
            self._formatters("column_formatters"),
        )
        every = {column.name: column for column in [*shown, *self._every_column(shown)]}
        details = self._shown(
            "column_details_list",
            "column_details_exclude_list",
            lambda: defaults.details_columns(info),
            self._formatters("column_formatters_detail"),
        )
        export = self._shown(
            "column_export_list",
            "column_export_exclude_list",
            lambda: tuple(c.attribute.option for c in shown),
            {},
        )
        names = tuple(column.name for column in shown)
        sorting = Sorting(options, info, names, self._attribute, self._fault)
        sortable, default_sort = sorting.safelist(), sorting.default()
        soft_delete = self._soft_delete()
        name = options.name or model_name(info)
        form_columns = self._form_columns()
        return View(
            key=self.key,
            options=options,
            info=info,
            name=name,
            name_plural=options.name_plural or defaults.many(info, name),
            category=options.category,
            row_label=label,
            list_columns=shown,
            all_columns=every,
            details_columns=details,
            export_columns=export,
            form_columns=form_columns,
            editable=editable_of(
                options,
                info,
                self._listed(EDITABLE),
                form_columns,
                self._attribute,
                self._fault,
            ),
            uploads=uploads_of(info, options.form_uploads, self._fault),
            depends=Dependences(
                info,
                form_columns,
                options.form_overrides if options.form is None else form_columns,
                self._fault,
            ).resolve(options.form_depends),
            fieldsets=groups_of(self._listed("form_fieldsets"), form_columns, self._fault),
            sortable=sortable,
            default_sort=tuple((attribute.name, descending) for attribute, descending in default_sort),
            default_sort_attributes={attribute.name: attribute for attribute, _ in default_sort},
            filters=self._filters(),
            searchable=self._searchable(),
            search_vector=self._search_vector(),
            soft_delete=soft_delete,
            soft_delete_cascade=tuple(
                attribute.name
                for value in self._listed(MARKED)
                if (attribute := self._attribute(MARKED, value)) is not None
            ),
            page_size=options.page_size,
            page_sizes=tuple(sorted({*options.page_size_options, options.page_size})),
            labels={name: column.label for name, column in every.items()} | self.names,
            read_only=info.read_only or info.keyless,
            actions=actions_of(options, self._fault),
            notes=(info.comment,) if info.comment else (),
            loads=tuple(loads_of(self._listed("list_load"), self._attribute, self._fault)),
        )

    # -- columns -------------------------------------------------------------------------------------------

    def _shown(
        self, option: str, excluding: str, guess: Callable[[], Iterable[str]], formatters: Mapping[str, Any]
    ) -> tuple[ShownColumn, ...]:
        chosen: Any = getattr(self.options, option)
        left_out = {attribute_name(value) for value in self._listed(excluding)}
        for value in self._listed(excluding):
            self._attribute(excluding, value)
        if chosen == _ALL or (not chosen and left_out):
            values: Sequence[Any] = [
                name for name in defaults.details_columns(self.info) if name not in left_out
            ]
        else:
            values = self._listed(option) or list(guess())
        attributes = [a for a in (self._attribute(option, value) for value in values) if a is not None]
        for attribute in filter(several_rows, attributes):
            self._fault(option, attribute.name, "a column shows one value; show the relation or a property")
        unique = {attribute.name: attribute for attribute in attributes}
        return tuple(
            ShownColumn(attribute, self._label(attribute), formatters.get(name), self._description(name))
            for name, attribute in unique.items()
        )

    def _every_column(self, shown: Sequence[ShownColumn]) -> Iterable[ShownColumn]:
        # What only a row's page shows, it may show in part: a list that is asked for the column shows no more.
        listed = {column.name for column in shown}
        detail = self._formatters("column_formatters_detail")
        formatters = {name: function for name, function in detail.items() if name not in listed}
        formatters |= self._formatters("column_formatters")
        names = [*self.info.columns, *self.info.relations]
        for name in names:
            column = self.info.columns.get(name)
            if column is not None and (column.kind in HEAVY or is_secret(name)):
                continue
            attribute = resolve(self.info, name)
            yield ShownColumn(
                attribute, self._label(attribute), formatters.get(name), self._description(name)
            )

    def _formatters(self, option: str) -> dict[str, Any]:
        return {attribute_name(key): function for key, function in getattr(self.options, option).items()}

    def _label(self, attribute: Attribute) -> str:
        if attribute.name in self.names:
            return self.names[attribute.name]
        return " ".join(
            humanize(part) if place == 0 else humanize(part).lower()
            for place, part in enumerate(attribute.name.split("."))
        )

    def _description(self, name: str) -> str:
        for key, text in self.options.column_descriptions.items():
            if attribute_name(key) == name:
                return text
        return ""

    # -- order, filters, search ----------------------------------------------------------------------------

    def _filters(self) -> dict[str, FilterOption]:
        given = self.options.column_filters
        values = defaults.filters(self.info) if given is None else given
        return FilterOptions(self.info, self._attribute, self._label, self._fault).build(values)

    def _searchable(self) -> tuple[Attribute, ...]:
        given = self._listed("column_searchable_list")
        values = given or (() if self._search_vector() else defaults.searchable(self.info))
        found = [self._attribute("column_searchable_list", value) for value in values]
        for attribute in found:
            if attribute is not None and (attribute.plain or attribute.relation is not None):
                self._fault("column_searchable_list", attribute.name, "only columns can be searched")
        return tuple(a for a in found if a is not None and not a.plain and a.relation is None)

    def _search_vector(self) -> Attribute | None:
        # From the class: read from an object, a mapped attribute would look for a row.
        given = type(self.options).search_vector
        if given is None:
            name = self.info.search_vector
            return resolve(self.info, name) if name and not self.options.column_searchable_list else None
        attribute = self._attribute("search_vector", given)
        if attribute is None:
            return None
        if attribute.column is None or attribute.column.kind is not Kind.SEARCH_VECTOR:
            self._fault("search_vector", attribute.name, "it must be a column of type TSVECTOR")
            return None
        return attribute

    # -- the rest ------------------------------------------------------------------------------------------

    def _row_label(self) -> RowLabel:
        own: Any = type(self.options).__dict__.get("row_label") or type(self.options).row_label
        if own is None:
            return model_label(self.info.model)
        if callable(own) and not hasattr(own, "property"):
            return RowLabel(self.info, None, own, self.title)
        attribute = self._attribute("row_label", own)
        if attribute is None or attribute.column is None or attribute.path:
            return model_label(self.info.model)
        name = attribute.name
        return RowLabel(self.info, (name,), lambda row: getattr(row, name))

    def _soft_delete(self) -> str | None:
        given = type(self.options).soft_delete_column
        if given is None:
            return None if self.info.keyless else self.info.soft_delete
        if given == "":
            return None
        attribute = self._attribute("soft_delete_column", given)
        if attribute is None:
            return None
        column = attribute.column
        if (
            column is None
            or attribute.path
            or not column.nullable
            or column.kind not in {Kind.DATETIME, Kind.DATE}
        ):
            self._fault(
                "soft_delete_column",
                attribute.name,
                "it must be a nullable date or timestamp of the model itself",
            )
            return None
        return column.name

    def _form_columns(self) -> tuple[str, ...]:
        options = self.options
        excluded = {attribute_name(value) for value in self._listed("form_excluded_columns")}
        for value in self._listed("form_excluded_columns"):
            self._attribute("form_excluded_columns", value)
        given = self._listed("form_columns") or named_in(self._listed("form_fieldsets"))
        if not given:
            guess = defaults.form_columns(self.info, include_key=options.form_include_pk)
            files = [name for name in map(attribute_name, options.form_uploads) if name in self.info.columns]
            return tuple(name for name in dict.fromkeys([*guess, *files]) if name not in excluded)
        found = [self._attribute("form_columns", value) for value in given]
        names: list[str] = []
        for attribute in found:
            if attribute is None:
                continue
            if attribute.path or (attribute.column is None and attribute.relation is None):
                self._fault(
                    "form_columns", attribute.name, "a form edits columns and relations of the model itself"
                )
            else:
                names.append(attribute.name)
        return tuple(dict.fromkeys(names))

    def _listed(self, option: str) -> Sequence[Any]:
        value = getattr(self.options, option)
        if value is None or value == _ALL:
            return ()
        return [value] if isinstance(value, str) else list(value)

    def _attribute(self, option: str, value: Any) -> Attribute | None:
        try:
            found = resolve(self.info, value)
        except UnknownAttribute as error:
            self._fault(option, repr(attribute_name(value)), str(error))
            return None
        if found.written and found.path and option not in _ORDERS:
            self._fault(option, found.name, "an expression of another model's columns can only be sorted by")
            return None
        return found

    def _fault(self, option: str, value: str, remedy: str) -> None:
        fault = Fault(self.title, option, value, remedy)
        if fault not in self.faults:
            self.faults.append(fault)
