"""Options that exist and have the right shape; what they name is checked while a view is built."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from webadmin.errors import Fault
from webadmin.options.actions import ActionInfo
from webadmin.options.attributes import attribute_name
from webadmin.options.expressions import is_expression
from webadmin.options.field_rights import READ, WRITE, wrong_signature
from webadmin.options.model_view import ModelView

_KNOWN = {name for name in dir(ModelView) if not name.startswith("_")} | {"model"}
_PREFIXES = ("column_", "form_", "can_", "page_", "export_", "search_", "soft_", "list_")
_HOOKS = sorted(name for name in _KNOWN if callable(getattr(ModelView, name, None)))
_LISTS_OR_ALL = ("column_list", "column_details_list", "column_export_list")
_LISTS_OR_NONE = ("column_sortable_list", "column_filters", "column_summary_list")
_LISTS = (
    "column_exclude_list", "column_searchable_list", "column_details_exclude_list", "column_export_exclude_list",
    "soft_delete_cascade", "form_columns", "form_excluded_columns", "form_readonly_columns", "page_size_options", "list_load",
    "form_rules", "form_create_rules", "form_edit_rules", "export_types", "inlines",
    "form_fieldsets", "column_editable_list",
)  # fmt: skip
_MAPPINGS = (
    "column_labels", "column_formatters", "column_formatters_detail", "form_args", "form_widget_args", "form_overrides",
    "form_ajax_refs", "form_depends", "form_uploads", "column_type_formatters", "column_type_formatters_detail", "column_descriptions",
)  # fmt: skip
_FORM_MAPPINGS = ("form_args", "form_widget_args", "form_overrides", "form_ajax_refs")
_COLUMN_MAPPINGS = ("column_labels", "column_descriptions", "column_formatters", "column_formatters_detail")
_FIELDS = (READ, WRITE)
_NUMBERS = {
    "slow_sort_rows": "write a number of rows; 0 asks nobody",
    "import_max_bytes": "write a number of bytes; 0 for what the admin allows",
    "import_max_rows": "write a number of rows; 0 for what the admin allows",
}
_FLAGS = (
    *(name for name in _KNOWN if name.startswith("can_") and name not in _FIELDS),
    "save_as",
    "save_as_continue",
)


def check_options(options: ModelView) -> tuple[ModelView, list[Fault]]:
    """Faults in the options of one view that do not need the model: unknown names, wrong shapes. With them the options
    without those of a wrong shape, which nobody could look into: the rest can, and faults are told all at once."""
    title = type(options).__name__
    faults = [
        Fault(title, name, "set", _unknown_remedy(name))
        for name in sorted(_own_names(options))
        if not options._sqladmin and _looks_like_an_option(options, name)
    ]
    wrong = dict(_wrong_shapes(options))
    faults += [Fault(title, name, _written(getattr(options, name)), remedy) for name, remedy in wrong.items()]
    if wrong:
        options = type(title, (type(options),), {name: getattr(ModelView, name) for name in wrong})()
    if not options._sqladmin:
        faults.extend(_both(options, title))
    faults.extend(_unknown_keys(options, title))
    return options, faults


def _written(value: Any) -> str:
    """An option's value as it stands in the program, as far as that can be told."""
    return f"def {value.__name__}{inspect.signature(value)}" if inspect.isroutine(value) else repr(value)


def _wrong_shapes(options: ModelView) -> Iterator[tuple[str, str]]:
    for name in _LISTS:
        if not _is_list(getattr(options, name)):
            yield name, "write a list"
    for name in _LISTS_OR_ALL:
        if not _is_list(value := getattr(options, name)) and value != "__all__":
            yield name, 'write a list, or "__all__"'
    for name in _LISTS_OR_NONE:
        if not _is_list(value := getattr(options, name)) and value is not None:
            yield name, "write a list; an empty one for none"
    for name in _MAPPINGS:
        if not isinstance(getattr(options, name), Mapping):
            yield name, "write a dict"
    for name in _FLAGS:
        if not isinstance(getattr(options, name), bool):
            yield name, "write True or False"
    for name in _FIELDS:
        if remedy := wrong_signature(options, name):
            yield name, remedy
    if not isinstance(options.search_index, str):
        yield "search_index", "write the name of a table"
    for name, remedy in _NUMBERS.items():
        number: Any = getattr(options, name)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            yield name, remedy
    if options.change_reason not in ("", "optional", "required"):
        yield "change_reason", 'write "optional", "required" or ""'
    if not _is_size(options.page_size):
        yield "page_size", "a page has 1 to 1000 rows"
    sizes = options.page_size_options
    if _is_list(sizes) and not all(_is_size(size) for size in sizes):
        yield "page_size_options", "a page has 1 to 1000 rows"


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | Mapping)


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000


def _looks_like_an_option(options: ModelView, name: str) -> bool:
    """Whether a name that is no option was most likely meant to be one."""
    if name in _KNOWN:
        return False
    value = getattr(options, name)
    if isinstance(getattr(value, "_webadmin_action", None), ActionInfo):
        return False
    alike = difflib.get_close_matches(name, _HOOKS if callable(value) else sorted(_KNOWN), n=1, cutoff=0.85)
    return bool(alike) or (not callable(value) and name.startswith(_PREFIXES))


def _unknown_keys(options: ModelView, title: str) -> list[Fault]:
    faults: list[Fault] = []
    expressions = set(_expressions(options))
    for option in (*_FORM_MAPPINGS, *_COLUMN_MAPPINGS):
        for key in getattr(options, option) if isinstance(getattr(options, option), Mapping) else ():
            name = attribute_name(key)
            if name in expressions and option in _COLUMN_MAPPINGS:
                continue
            if "." not in name and not hasattr(options.model, name) and options.form is None:
                remedy = f"{options.model.__name__} has no such attribute"
                close = difflib.get_close_matches(name, _attributes(options.model), n=1, cutoff=0.6)
                faults.append(
                    Fault(
                        title,
                        option,
                        repr(name),
                        f"{remedy}; did you mean {close[0]!r}?" if close else remedy,
                    )
                )
    return faults


def _expressions(options: ModelView) -> Iterator[str]:
    """The names of expressions that lists are made of or sorted by."""
    for name in ("column_list", "column_sortable_list", "column_details_list", "column_filters"):
        values = getattr(options, name)
        yield from (attribute_name(value) for value in (values or ()) if is_expression(value))


def _attributes(model: type) -> list[str]:
    return list(sa.inspect(model).attrs.keys())


def _both(options: ModelView, title: str) -> list[Fault]:
    pairs = (
        ("column_list", "column_exclude_list"),
        ("column_details_list", "column_details_exclude_list"),
        ("column_export_list", "column_export_exclude_list"),
        ("form_columns", "form_excluded_columns"),
    )
    return [
        Fault(title, one, "set", f"set either {one} or {other}, not both")
        for one, other in pairs
        if getattr(options, one) and getattr(options, other)
    ]


def _own_names(options: ModelView) -> set[str]:
    names: set[str] = set()
    for cls in type(options).__mro__:
        if cls in (ModelView, object):
            continue
        names.update(name for name in vars(cls) if not name.startswith("_"))
    return names


def _unknown_remedy(name: str) -> str:
    close: list[Any] = difflib.get_close_matches(name, sorted(_KNOWN), n=1, cutoff=0.6)
    return f"there is no such option; did you mean {close[0]}?" if close else "there is no such option"
