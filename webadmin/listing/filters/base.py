"""What every filter can do: read its values from an address, make a condition of them, say them in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind, kind_of
from webadmin.errors import BadRequest
from webadmin.listing.controls import FilterInput, Option
from webadmin.listing.fits import sendable
from webadmin.listing.scope import through
from webadmin.options.context import Context
from webadmin.options.own_filters import as_text
from webadmin.options.view import FilterOption
from webadmin.text import gettext as _


class Refused(BadRequest):
    """A text that is no value of its filter; the message says what would be one."""


@dataclass(frozen=True, slots=True)
class FilterValue:
    """One parameter of the address that narrows the list."""

    name: str
    """The filter's name."""
    operator: str
    """``eq``, ``not``, ``gte``, ``gt``, ``lte``, ``lt``, ``range``, ``null``, ``empty``, ``contains`` or ``search``."""
    texts: tuple[str, ...]
    """As they stand in the address."""
    values: tuple[Any, ...] = field(default=(), compare=False)
    """The same, typed."""

    @property
    def parameter(self) -> str:
        """The query parameter's name: ``status``, ``total.gte``."""
        return (
            self.name
            if self.operator == "eq" and self.name not in RESERVED
            else f"{self.name}.{self.operator}"
        )


RESERVED = frozenset({"page", "per_page", "sort", "q", "deleted", "columns", "after", "before"})
"""Parameters that every list has: a column of such a name is filtered by as ``page.eq``."""


EMPTY = frozenset({"null", "empty"})
"""Operators that ask whether there is a value at all."""

Active = Mapping[str, FilterValue]
"""What one filter is set to, by operator."""


class Filter:
    """One entry of a view's filter safelist."""

    operators: Sequence[str] = ()
    """Those besides ``null``."""

    def __init__(self, option: FilterOption) -> None:
        self.name = option.attribute.name
        self.label = option.label
        self.attribute = option.attribute
        self.fields = option.fields
        if self.fields:
            self.operators = tuple(operator for operator in self.fields if operator != "null")

    @property
    def parameter(self) -> str:
        """The query parameter that means equal."""
        return FilterValue(self.name, "eq", ()).parameter

    @property
    def nullable(self) -> bool:
        """Whether ``.null`` makes sense."""
        column = self.attribute.column
        return bool(self.attribute.path) or column is None or column.nullable

    def takes(self, operator: str) -> bool:
        return operator in self.operators or operator in (self.fields or ("null",))

    def parse(self, operator: str, texts: Sequence[str], zone: tzinfo) -> tuple[Any, ...]:
        """The typed values of ``texts``. Raises Refused."""
        if self.fields:
            texts = self._by_form(operator, texts)
        if operator in EMPTY:
            return tuple(read_boolean(self.label, text) for text in texts[-1:])
        return tuple(self.read(operator, text, zone) for text in texts)

    def label_of(self, operator: str) -> str:
        """What one of its parameters is called where nothing else says which filter it is."""
        if operator in self.fields and self.fields[operator].label:
            return self.fields[operator].label
        return self.label if operator == "eq" else f"{self.label} · {phrase_label(operator).lower()}"

    def _by_form(self, operator: str, texts: Sequence[str]) -> Sequence[str]:
        """The values as the form's field makes them, in texts again."""
        field = self.fields[operator]
        if len(texts) > 1 and not field.several:
            raise Refused(_("%s takes one value.") % (field.label or self.label))
        try:
            value = field.value(texts)
        except ValueError as error:
            raise Refused(f"{field.label or self.label}: {str(error).rstrip('.')}.") from error
        made = value if field.several and value is not None else [value]
        found = [as_text(one) for one in made if one is not None]
        return found if len(found) == len(texts) else texts

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        """One typed value. Raises Refused."""
        raise NotImplementedError

    def condition(self, context: Context, active: FilterValue) -> sa.ColumnElement[bool]:
        """The rows that match. Raises Refused for a value that the column cannot be compared with."""
        raise NotImplementedError

    def describe(self, active: FilterValue, labels: Mapping[str, str]) -> str:
        """What it is set to, in words.

        :param labels: names of related rows by the text that stands for them in the address.
        """
        if active.operator in EMPTY:
            return _("empty") if active.values[0] else _("not empty")
        text = ", ".join(self.say(active, text, labels) for text in active.texts)
        return phrase(active.operator) % text

    def say(self, active: FilterValue, text: str, labels: Mapping[str, str]) -> str:
        """One value in words."""
        return text

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        """The form's controls, set to what is active."""
        raise NotImplementedError

    def null_input(self, active: Active) -> list[FilterInput]:
        return [self._empty_or_not("null", active)] if self.nullable or "null" in active else []

    def empty_input(self, active: Active) -> list[FilterInput]:
        """The control for filters that know ``empty``, which is more than ``null``."""
        found = [self._empty_or_not("empty", active)] if self.nullable or "empty" in active else []
        return [*found, *([self._empty_or_not("null", active)] if "null" in active else [])]

    def _empty_or_not(self, operator: str, active: Active) -> FilterInput:
        chosen = active[operator].texts[-1] if operator in active else ""
        choices = (("", _("Any")), ("true", _("Empty")), ("false", _("Not empty")))
        options = tuple(Option(value, label, value == chosen) for value, label in choices)
        return FilterInput(f"{self.name}.{operator}", _("Value"), "select", chosen, options=options)

    def other_inputs(self, active: Active, shown: Sequence[str], kind: str = "text") -> list[FilterInput]:
        """Controls for operators that came with the address and have none, so that sending the form keeps them."""
        return [
            FilterInput(value.parameter, phrase_label(operator), kind, value.texts[-1])
            if len(value.texts) == 1
            else self.kept(value.parameter, phrase_label(operator), value.texts)
            for operator, value in active.items()
            if operator not in shown and operator not in EMPTY
        ]

    @staticmethod
    def kept(parameter: str, label: str, texts: Sequence[str]) -> FilterInput:
        """Values to keep or to untick."""
        return FilterInput(
            parameter, label, "checkbox", options=tuple(Option(text, text, True) for text in texts)
        )


class ColumnFilter(Filter):
    """A filter on a column, of the model itself or of a row that to-one relations lead to."""

    @property
    def kind(self) -> Kind:
        column = self.attribute.column
        return column.kind if column is not None else kind_of(self.attribute.expression.type)

    def compare(self, context: Context, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        """The condition on ``column`` for every operator but ``not``, ``null`` and ``empty``."""
        if active.operator in {"eq", "not"}:
            values = [self.bound(context, column, value) for value in active.values]
            result = column == values[0] if len(values) == 1 else column.in_(values)
        else:
            value = self.bound(context, column, active.values[-1])
            result = COMPARISONS[active.operator](column, value)
        return result  # type: ignore[no-any-return]

    def bound(self, context: Context, column: Any, value: Any) -> Any:
        """``value`` as it is compared with ``column``. Raises Refused when that cannot be done."""
        return value

    def condition(self, context: Context, active: FilterValue) -> sa.ColumnElement[bool]:
        if active.operator in EMPTY:
            return self._empty(context, active)
        found = self.through(context, lambda column: self.compare(context, column, active))
        if active.operator != "not":
            return found
        if self.attribute.path or not self.nullable:
            return sa.not_(found)
        return sa.or_(sa.not_(found), self.through(context, lambda column: column.is_(None)))

    def vacant(self, context: Context, column: Any) -> sa.ColumnElement[bool]:
        """``column`` holds nothing: what ``empty`` asks for, of columns that have more to say of it than null."""
        return column.is_(None)  # type: ignore[no-any-return]

    def _empty(self, context: Context, active: FilterValue) -> sa.ColumnElement[bool]:
        def gone(column: Any) -> sa.ColumnElement[bool]:
            return self.vacant(context, column) if active.operator == "empty" else column.is_(None)

        if not self.attribute.path:
            found = self.through(context, gone)
            return found if active.values[0] else sa.not_(found)
        there = self.through(context, lambda column: sa.not_(gone(column)))
        return sa.not_(there) if active.values[0] else there

    def through(
        self, context: Context, build: Callable[[Any], sa.ColumnElement[bool]]
    ) -> sa.ColumnElement[bool]:
        """``build(column)`` for the column at the end of the path, as EXISTS for each relation on the way."""
        attribute = self.attribute
        if attribute.expression is not None and not attribute.path:
            return build(attribute.expression)
        return through(context, attribute.model, attribute.path, lambda entity: build(attribute.of(entity)))


COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "gte": lambda column, value: column >= value,
    "gt": lambda column, value: column > value,
    "lte": lambda column, value: column <= value,
    "lt": lambda column, value: column < value,
}


def phrase(operator: str) -> str:
    """How a chip says an operator, with a place for the value."""
    return {
        "not": _("not %s"),
        "gte": _("≥ %s"),
        "gt": _("> %s"),
        "lte": _("≤ %s"),
        "lt": _("< %s"),
        "contains": _("contains %s"),
        "search": _("has the words “%s”"),
    }.get(operator, "%s")


def phrase_label(operator: str) -> str:
    """The label of a control for an operator."""
    return {
        "eq": _("Equal to"),
        "not": _("Not"),
        "gte": _("From"),
        "gt": _("More than"),
        "lte": _("To"),
        "lt": _("Less than"),
        "range": _("Range"),
        "contains": _("Contains"),
        "search": _("Has the words"),
    }.get(operator, operator)


def read_boolean(label: str, text: str) -> bool:
    """``true`` or ``false``. Raises Refused."""
    if text not in {"true", "false"}:
        raise Refused(
            _("%(filter)s: write true or false, not “%(text)s”.") % {"filter": label, "text": short(text)}
        )
    return text == "true"


def read_text(label: str, text: str) -> str:
    """A text that a database can take. Raises Refused."""
    if not sendable(text):
        raise Refused(_("%(filter)s: the text has a character that cannot be stored.") % {"filter": label})
    return text


def short(text: str) -> str:
    """What somebody wrote, cut to the length of a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"
