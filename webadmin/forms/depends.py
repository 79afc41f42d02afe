"""Fields that others decide about: made what they are by the values that the form holds, however it came by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import wtforms
from starlette.datastructures import FormData
from wtforms.fields.core import Label
from wtforms.utils import unset_value

from webadmin.database import identity
from webadmin.database.inspection import inspect_model
from webadmin.forms import related
from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.choices import GivenCodec
from webadmin.forms.fields import CheckboxField, ColumnField, OwnField, ReadOnlyField
from webadmin.forms.relations import ToOneField
from webadmin.options.context import Context
from webadmin.options.depends import KEEP, FieldState
from webadmin.options.view import View


@dataclass(frozen=True, slots=True)
class Bound:
    """The fields of one form, as far as fields that depend on each other need it."""

    context: Context
    view: View
    row: Any
    fields: Mapping[str, wtforms.Field]
    start: Mapping[str, Any]
    """What each field was opened with, by attribute."""
    formdata: Any
    """What was posted; None for a form that is opened."""


def depend(bound: Bound, changed: str = "") -> None:
    """Make the fields of a form what their dependences say.

    :param changed: the attribute that the person has changed just now: what depends on it takes the value that it says.
    """
    for name, dependence in bound.view.depends.items():
        field = bound.fields.get(name)
        if not isinstance(field, OwnField) or isinstance(field, ReadOnlyField):
            continue  # another form of this view, or one that only shows it
        values = {on: _value(bound, on) for on in dependence.on}
        state = dependence.change(values, bound.context.hook_request)
        moved = any(getattr(bound.fields.get(on), "touched", False) for on in dependence.on)
        _Making(bound, name, field, state, moved=moved).make(suggest=changed in dependence.on)


def _value(bound: Bound, name: str) -> Any:
    """What the form holds of an attribute; of one that it has no field for, what the row holds."""
    field = bound.fields.get(name)
    relation = bound.view.info.relations.get(name)
    if relation is not None and not isinstance(field, ToOneField):
        if bound.row is None or len(relation.local) != 1:
            return None
        return getattr(bound.row, relation.local[0])
    if field is None or isinstance(field, ReadOnlyField):
        return getattr(bound.row, name, None)
    if not isinstance(field, ToOneField):
        return None if field.process_errors else field.data
    if field.process_errors or not field.data:
        return None
    if field.chosen and field.data not in _reachable(bound.context, field):
        return None  # nobody learns of a row by naming it
    target = inspect_model(field.relation.target)
    key = identity.values(unquote(field.data), target.key_types)
    return key[0] if len(key) == 1 else key


def _reachable(context: Context, field: ToOneField) -> Mapping[str, Any]:
    if not field.targets:
        field.targets = related.to_choose(context, {field.relation.target: field.chosen})[
            field.relation.target
        ]
    return field.targets


class _Making:
    """Makes one field what a state says.

    :param moved: the person has changed something that it depends on.
    """

    def __init__(self, bound: Bound, name: str, field: OwnField, state: FieldState, *, moved: bool) -> None:
        self.bound, self.name, self.field, self.state, self.moved = bound, name, field, state, moved

    def make(self, *, suggest: bool) -> None:
        field, state = self.field, self.state
        field.state = state
        if state.label:
            field.label = Label(field.label.field_id, state.label)
        if state.help:
            field.description = state.help
        if state.placeholder:
            field.render_kw = {**(field.render_kw or {}), "placeholder": state.placeholder}
        if state.choices is not None and isinstance(field, ColumnField):
            self._choose_from(field, state.choices)
        if state.required is not None:
            field.required = state.required
        if suggest and state.value is not KEEP:
            self._put(state.value)
        if state.hidden or state.readonly:
            field.process_errors, field.validators, field.required = [], (), False
            field.leave()
        elif self.moved:
            field.judged = True
            # What was chosen by another list, and stays as it is, is none of this one's values.
            field.misfit = isinstance(field, ColumnField) and not _fits(field)

    def _choose_from(self, field: ColumnField, choices: Sequence[Any]) -> None:
        inner: Codec = field.codec.inner if isinstance(field.codec, GivenCodec) else field.codec
        field.codec = GivenCodec(inner, choices)
        self._process(self.bound.formdata)

    def _put(self, value: Any) -> None:
        field = self.field
        if isinstance(field, ColumnField):
            text = "" if value is None else field.codec.format(value)
        elif isinstance(field, CheckboxField):
            text = "true" if value else ""
        else:
            return
        self._process(FormData([(field.name, text)]))

    def _process(self, formdata: Any) -> None:
        self.field.touched = False
        self.field.process(formdata, self.bound.start.get(self.name, unset_value))


def _fits(field: ColumnField) -> bool:
    if not isinstance(field.codec, GivenCodec):
        return True
    text = field._value()
    return not text or text in {value for value, _label in field.codec.choices}
