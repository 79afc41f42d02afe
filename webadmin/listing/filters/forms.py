"""Filters that a form's fields stand for: what the form shows of them, and what it says of all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from webadmin.listing.controls import FilterInput, Option
from webadmin.listing.filters.base import Active, Filter, FilterValue, phrase_label
from webadmin.listing.filters.own import OwnFilter
from webadmin.options.filter_forms import FilterForm, FormField
from webadmin.options.form_filters import FormCondition
from webadmin.text import gettext as _


def inputs_of(filter_: Filter, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
    """The controls of a filter; where a form says what may be asked, one for each of its fields."""
    made = filter_.inputs(active, labels)
    if not filter_.fields:
        return made
    found: list[FilterInput] = []
    for operator, field in filter_.fields.items():
        parameter = FilterValue(filter_.name, operator, ()).parameter
        given = active[operator].texts if operator in active else ()
        own = [control for control in made if control.name == parameter] or [
            FilterInput(parameter, phrase_label(operator), "text", given[-1] if given else "")
        ]
        if field.pairs and own[0].type == "text":
            own = [_choices(field, own[0], given)]
        found += [replace(control, label=field.label or control.label) for control in own]
    return found


def _choices(field: FormField, control: FilterInput, given: Sequence[str]) -> FilterInput:
    pairs = field.pairs if field.several else (("", _("Any")), *field.pairs)
    options = tuple(Option(value, label, value in given) for value, label in pairs)
    return replace(control, type="checkbox" if field.several else "select", options=options)


def form_faults(
    known: Mapping[str, Filter], values: Sequence[FilterValue]
) -> Iterator[tuple[str, list[FilterValue]]]:
    """What forms say of the values of all their fields together: sentences, with the filters that they are about."""
    by_form: dict[int, tuple[FilterForm, dict[str, FilterValue]]] = {}
    for value in values:
        field = _field(known[value.name], value)
        if field is not None:
            by_form.setdefault(id(field.form), (field.form, {}))[1][field.name] = value
    for form, given in by_form.values():
        _values, errors, _form = form.read({name: value.texts for name, value in given.items()})
        for name, sentence in errors.items():
            about = [given[name]] if name in given else list(given.values())
            one = given.get(name)
            label = f"{known[one.name].label_of(one.operator)}: " if one is not None else ""
            yield f"{label}{sentence.rstrip('.')}.", about


def _field(filter_: Filter, value: FilterValue) -> FormField | None:
    if isinstance(filter_, OwnFilter):
        return filter_.given.checks if isinstance(filter_.given, FormCondition) else None
    return filter_.fields.get(value.operator)
