"""Forms as filters: a Pydantic model or a WTForms form in ``column_filters``, whose set fields apply.

A field stands for the column of its name, ``total__gte`` for a column and an operator, ``customer__country`` for a path; or
for what a method ``where_NAME(self, value)`` of the form makes of it. Pydantic is looked for only where a program has
imported it: it is not needed for anything else.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import sqlalchemy as sa
import wtforms
from wtforms.form import BaseForm

from webadmin.options.own_filters import FormValues, pairs_of

_SENTENCE = "Value error, "
"""What Pydantic writes before the words of a validator."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form that filters."""

    form: FilterForm = field(repr=False)
    name: str
    parameter: str
    """As it stands in addresses: ``total.gte``."""
    label: str
    """Empty for the column's own."""
    several: bool = False
    pairs: tuple[tuple[str, str], ...] = ()
    """Its choices with their labels; none for any value."""
    kind: type = str

    @property
    def own(self) -> bool:
        """Whether the form itself makes the condition."""
        return callable(getattr(self.form.given, f"where_{self.name}", None))

    def value(self, texts: Sequence[str]) -> Any:
        """The typed value. Raises ValueError with what the form says of it."""
        values, errors, _form = self.form.read({self.name: texts})
        if self.name in errors:
            raise ValueError(errors[self.name])
        return values.get(self.name)

    def condition(self, texts: Sequence[str]) -> sa.ColumnElement[bool]:
        """What the form's own method makes of the value. Raises ValueError."""
        values, errors, form = self.form.read({self.name: texts})
        if self.name in errors:
            raise ValueError(errors[self.name])
        found: sa.ColumnElement[bool] = getattr(form, f"where_{self.name}")(values.get(self.name))
        return found


Read = tuple[Mapping[str, Any], Mapping[str, str], Any]
"""Values and errors by field, those of the form as a whole under an empty name; and the form with these values."""


class FilterForm:
    """A form class whose fields are filters."""

    def __init__(self, given: type) -> None:
        self.given: Any = given
        self.fields: Mapping[str, FormField] = {one.name: one for one in self._fields()}

    @property
    def title(self) -> str:
        return str(self.given.__name__)

    def required(self) -> Sequence[str]:
        """Fields that must be set: no list could be opened without a filter."""
        return ()

    def read(self, texts: Mapping[str, Sequence[str]]) -> Read:
        """The values of the fields that are set."""
        raise NotImplementedError

    def _fields(self) -> Iterator[FormField]:
        raise NotImplementedError


def form_of(value: Any) -> FilterForm | None:
    """``value`` as a form of filters; None for anything else."""
    if not isinstance(value, type):
        return None
    if issubclass(value, BaseForm):
        return WTForm(value)
    pydantic = sys.modules.get("pydantic")
    return PydanticForm(value) if pydantic and issubclass(value, pydantic.BaseModel) else None


class PydanticForm(FilterForm):
    def _fields(self) -> Iterator[FormField]:
        for name, info in self.given.model_fields.items():
            kind, several = _plain(info.annotation)
            alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
            literals = typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()
            of_type = kind if isinstance(kind, type) and issubclass(kind, Enum) else ()
            yield FormField(
                self, name, alias or name.replace("__", "."), info.title or "", several, pairs_of(literals or of_type),
                kind if isinstance(kind, type) else str,
            )  # fmt: skip

    def required(self) -> Sequence[str]:
        return [name for name, info in self.given.model_fields.items() if info.is_required()]

    def read(self, texts: Mapping[str, Sequence[str]]) -> Read:
        keys = {
            name: info.validation_alias if isinstance(info.validation_alias, str) else info.alias or name
            for name, info in self.given.model_fields.items()
        }
        data = {
            keys[name]: list(given) if self.fields[name].several else given[-1]
            for name, given in texts.items()
        }
        try:
            form = self.given.model_validate(data)
        except sys.modules["pydantic"].ValidationError as error:
            names = {key: name for name, key in keys.items()}
            errors: dict[str, str] = {}
            for one in error.errors(include_url=False, include_context=False, include_input=False):
                name = names.get(one["loc"][0], str(one["loc"][0])) if one["loc"] else ""
                errors.setdefault(name, one["msg"].removeprefix(_SENTENCE))
            return {}, errors, None
        return {name: getattr(form, name) for name in texts}, {}, form


class WTForm(FilterForm):
    def _fields(self) -> Iterator[FormField]:
        for one in self.given():
            if isinstance(one, wtforms.SubmitField) or type(one).__name__ == "CSRFTokenField":
                continue
            several = isinstance(one, wtforms.SelectMultipleField)
            pairs = pairs_of(getattr(one, "choices", None) or ())
            kind = bool if isinstance(one, wtforms.BooleanField) else str
            yield FormField(
                self, one.name, one.name.replace("__", "."), str(one.label.text), several, pairs, kind
            )

    def read(self, texts: Mapping[str, Sequence[str]]) -> Read:
        form: Any = self.given(FormValues({name: list(given) for name, given in texts.items()}))
        form.validate()
        errors = {
            name or "": " ".join(map(str, said))
            for name, said in form.errors.items()
            if said and (name is None or name in texts)  # what is not set need not be
        }
        return {name: form[name].data for name in texts}, errors, form


def _plain(annotation: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there are several; ``None`` beside it counts for nothing."""
    while True:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            annotation = arguments[0]
        elif origin in {typing.Union, types.UnionType}:
            others = [one for one in arguments if one is not type(None)]
            if len(others) != 1:
                return str, False
            annotation = others[0]
        elif isinstance(origin, type) and issubclass(origin, Sequence | AbstractSet):
            return _plain(arguments[0])[0] if arguments else str, True
        else:
            return annotation, False
