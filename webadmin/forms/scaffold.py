"""From a view's options to a form class, made once for each view."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import wtforms

from webadmin.database.inspection import HEAVY, ColumnInfo, Kind, RelationInfo
from webadmin.dialects import Dialect
from webadmin.forms.codecs import codec_for
from webadmin.forms.codecs.choices import GivenCodec
from webadmin.forms.codecs.times import DateTimeCodec
from webadmin.forms.defaults import given_default, initial_value
from webadmin.forms.fields import CheckboxField, ColumnField, ReadOnlyField
from webadmin.forms.relations import ToManyField, ToOneField, can_be_empty
from webadmin.forms.sqladmin_fields import converted, prefers_sqladmin
from webadmin.forms.uploads import UploadField
from webadmin.listing.memo import per_view
from webadmin.options.attributes import attribute_name
from webadmin.options.view import View

logger = logging.getLogger("webadmin")

_COMMON = {"label", "validators", "filters", "description", "default", "widget", "render_kw"}
_READ_ELSEWHERE = {"unit", "choices", "coerce", "display_timezone", "name", "id"}
_LISTS = ("validators", "filters")


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A form class with what is known of its fields."""

    form_class: type[wtforms.Form]
    names: Mapping[str, str]
    """The model's attribute by the form's key: they differ where the attribute's name means something to WTForms."""
    readonly: frozenset[str]
    """Attributes that are shown and never read, whatever is posted."""


def blueprint_for(
    view: View, dialect: Dialect, *, creating: bool, columns: tuple[str, ...] | None = None
) -> Blueprint:
    """The blueprint of a view's form, made on its first use. What changes with time (defaults, choices of functions) is
    asked for by every form anew.

    :param columns: the attributes that it has fields for, in order; by default what the view says.
    """
    key = ("blueprint", creating, columns)
    return per_view(view, key, lambda: build_form(view, dialect, creating=creating, columns=columns))


def build_form(
    view: View, dialect: Dialect, *, creating: bool, columns: tuple[str, ...] | None = None
) -> Blueprint:
    """A form class for rows of ``view``; a column that cannot be edited is shown as text, and left out of a new row."""
    options = view.options
    readonly = _readonly(view)
    if options.form is not None and columns is None:
        own = _own_form(view, options.form, creating=creating)
        names = {key: key for key in vars(options.form) if hasattr(getattr(own, key), "_formfield")}
        return Blueprint(own, names, frozenset(readonly))
    base = options.form_base_class or wtforms.Form
    fields: dict[str, Any] = {}
    names = {}
    for name in columns or _ordered(view, creating=creating):
        # A table and a cell send no files.
        locked = name in readonly or (columns is not None and name in view.uploads)
        made = _Scaffold(view, dialect, name, creating=creating, readonly=locked).field()
        if made is None:
            continue
        if isinstance(made, _Locked):
            readonly.add(name)
            made = made.field
        key = _key(base, name)
        names[key], fields[key] = name, made
    return Blueprint(type(f"{view.model.__name__}Form", (base,), fields), names, frozenset(readonly))


def _own_form(view: View, given: type[wtforms.Form], *, creating: bool) -> type[wtforms.Form]:
    """A form class of the host's without fields that the person may not read; those that they may not write only shown."""
    changed: dict[str, Any] = {}
    for name in view.unwritable:
        if hasattr(getattr(given, name, None), "_formfield"):
            shown = not creating and name not in view.hidden
            changed[name] = ReadOnlyField(view.label_of(name)) if shown else None
    return type(given.__name__, (given,), changed) if changed else given


@dataclass(frozen=True, slots=True)
class _Locked:
    field: Any


class _Scaffold:
    """Makes the field of one attribute."""

    def __init__(self, view: View, dialect: Dialect, name: str, *, creating: bool, readonly: bool) -> None:
        self.view, self.dialect, self.name, self.creating, self.readonly = (
            view,
            dialect,
            name,
            creating,
            readonly,
        )
        options = view.options
        self.given = dict(_named(options.form_args).get(name, {}))
        self.widget_args = dict(_named(options.form_widget_args).get(name, {}))
        self.override = _named(options.form_overrides).get(name)
        self.args = self._args()

    def field(self) -> Any:
        """An unbound field; None for an attribute that this form leaves out."""
        relation = self.view.info.relations.get(self.name)
        if relation is not None:
            return self._relation(relation)
        column = self.view.info.columns[self.name]
        mapper = self.view.info.mapper
        if column.column is mapper.polymorphic_on and mapper.polymorphic_identity is not None:
            return None  # the mapper writes it
        if self.readonly:
            return self._locked()
        if self.name in self.view.uploads and self.override is None:
            return UploadField(**self.args, column=column, upload=self.view.uploads[self.name])
        return self._column(column)

    def _args(self) -> dict[str, Any]:
        args = {name: value for name, value in self.given.items() if name in _COMMON}
        for name in _LISTS:
            if name in args:
                args[name] = list(args[name])
        unknown = set(self.given) - _COMMON - _READ_ELSEWHERE
        if unknown and self.override is None and self.view.options.form_converter is None:
            words = ", ".join(sorted(unknown))
            logger.warning("%s: form_args of %r have no effect here: %s", self.view.key, self.name, words)
        args.setdefault("label", self.view.label_of(self.name))
        args.setdefault("description", self._description())
        args["render_kw"] = {**self.widget_args, **(args.get("render_kw") or {})}
        args |= {"name": self.name, "id": f"f-{self.name}"}
        return args

    def _description(self) -> str:
        for key, text in self.view.options.column_descriptions.items():
            if attribute_name(key) == self.name:
                return text
        column = self.view.info.columns.get(self.name)
        if column is not None:
            return str(column.column.comment or column.column.doc or "")
        return str(self.view.info.relations[self.name].property.doc or "")

    def _column(self, column: ColumnInfo) -> Any:
        given = self.given.get("default")
        default = initial_value(column) if given is None else given_default(given)
        args = {**self.args, "default": default}
        if self.override is not None or prefers_sqladmin(self.view, self.name, self.dialect):
            extra = {key: value for key, value in self.given.items() if key not in args}
            made = converted(self.view, self.name, {**args, **extra}, self.widget_args, self.override)
            if made is not None:
                return made
        codec = codec_for(column, self.dialect)
        if codec is None:
            return self._locked()
        if "choices" in self.given:
            codec = GivenCodec(codec, self.given["choices"], self.given.get("coerce"))
        elif isinstance(codec, DateTimeCodec):
            codec.fixed_zone = self.given.get("display_timezone")
        elif column.kind is Kind.BOOLEAN and not column.nullable:
            return CheckboxField(**args, column=column)
        return ColumnField(**args, column=column, codec=codec, unit=self.given.get("unit"))

    def _relation(self, relation: RelationInfo) -> Any:
        if self.readonly or not _can_be_set(self.view, relation):
            return self._locked()
        if self.override is not None:
            return self.override(**{**self.args, **self.given})
        args = {key: value for key, value in self.args.items() if key != "default"}
        if relation.uselist:
            return ToManyField(**args, relation=relation)
        info = self.view.info
        left_out = (
            self.creating
            and relation.many_to_one
            and all(info.columns[n].has_default for n in relation.local)
        )
        required = not can_be_empty(info, relation) and not left_out
        return ToOneField(**args, relation=relation, required=required)

    def _locked(self) -> _Locked | None:
        args = {key: value for key, value in self.args.items() if key != "validators"}
        return None if self.creating else _Locked(ReadOnlyField(**args))


def _can_be_set(view: View, relation: RelationInfo) -> bool:
    if relation.many_to_many and not isinstance(relation.property.secondary, sa.Table):
        return False
    return not relation.view_only and all(name in view.info.columns for name in relation.local)


def _readonly(view: View) -> set[str]:
    options = view.options
    names = {attribute_name(value) for value in options.form_readonly_columns}
    names |= {
        name
        for name, args in _named(options.form_widget_args).items()
        if args.get("readonly") or args.get("disabled")
    }
    return (
        names
        | view.unwritable
        | {
            name
            for name, column in view.info.columns.items()
            if column.generated
            or (column.kind in HEAVY and not column.primary_key and name not in view.uploads)
        }
    )


def _ordered(view: View, *, creating: bool) -> Sequence[str]:
    options = view.options
    rules = options.form_rules or (options.form_create_rules if creating else options.form_edit_rules)
    if not rules:
        return view.form_columns
    wanted = [attribute_name(rule) for rule in rules]
    return [name for name in wanted if name in view.form_columns]


def _named(option: Mapping[Any, Any]) -> dict[str, Any]:
    return {attribute_name(key): value for key, value in option.items()}


def _key(base: type, name: str) -> str:
    """A name that WTForms takes for a field: no method of forms, no underscore in front."""
    own = hasattr(getattr(base, name, None), "_formfield")  # the base class declares this very field
    taken = not own and (name in {"meta", "form_errors"} or hasattr(base, name))
    return f"field_{name}" if taken or name.startswith("_") else name
