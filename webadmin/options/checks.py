"""Options that exist and have the right shape; what they name is checked while a view is built."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from webadmin.errors import Fault
from webadmin.options.attributes import attribute_name
from webadmin.options.model_view import ModelView

_KNOWN = {name for name in dir(ModelView) if not name.startswith("_")} | {"model"}
_PREFIXES = ("column_", "form_", "can_", "page_", "export_", "search_", "soft_")
_LISTS = (
    "column_exclude_list", "column_searchable_list", "column_details_exclude_list", "column_export_list",
    "column_export_exclude_list", "form_columns", "form_excluded_columns", "form_readonly_columns", "page_size_options",
    "form_rules", "form_create_rules", "form_edit_rules", "export_types",
)  # fmt: skip
_MAPPINGS = (
    "column_labels", "column_formatters", "column_formatters_detail", "form_args", "form_widget_args", "form_overrides",
    "form_ajax_refs", "column_type_formatters", "column_type_formatters_detail", "column_descriptions",
)  # fmt: skip
_FORM_MAPPINGS = ("form_args", "form_widget_args", "form_overrides", "form_ajax_refs")
_FLAGS = tuple(name for name in _KNOWN if name.startswith("can_"))


def check_options(options: ModelView) -> list[Fault]:
    """Faults in the options of one view that do not need the model: unknown names, wrong shapes."""
    title = type(options).__name__
    faults = [
        Fault(title, name, "set", _unknown_remedy(name))
        for name in _own_names(options)
        if name not in _KNOWN and name.startswith(_PREFIXES) and not callable(getattr(options, name))
    ]
    for name in _LISTS:
        value: Any = getattr(options, name)
        if isinstance(value, str) or not hasattr(value, "__iter__") or isinstance(value, Mapping):
            faults.append(Fault(title, name, repr(value), "write a list"))
    for name in _MAPPINGS:
        value = getattr(options, name)
        if not isinstance(value, Mapping):
            faults.append(Fault(title, name, repr(value), "write a dict"))
    for name in _FLAGS:
        value = getattr(options, name)
        if not isinstance(value, bool):
            faults.append(Fault(title, name, repr(value), "write True or False"))
    sizes = options.page_size_options
    for name, values in (("page_size", [options.page_size]), ("page_size_options", sizes)):
        wrong = [v for v in values if not isinstance(v, int) or isinstance(v, bool) or not 1 <= v <= 1000]
        if wrong:
            faults.append(Fault(title, name, repr(wrong[0]), "a page has 1 to 1000 rows"))
    if not options._sqladmin:
        faults.extend(_both(options, title))
    faults.extend(_unknown_keys(options, title))
    return faults


def _unknown_keys(options: ModelView, title: str) -> list[Fault]:
    faults: list[Fault] = []
    for option in (*_FORM_MAPPINGS, "column_labels", "column_formatters", "column_formatters_detail"):
        for key in getattr(options, option) if isinstance(getattr(options, option), Mapping) else ():
            name = attribute_name(key)
            if "." not in name and not hasattr(options.model, name) and options.form is None:
                faults.append(
                    Fault(title, option, repr(name), f"{options.model.__name__} has no such attribute")
                )
    return faults


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
