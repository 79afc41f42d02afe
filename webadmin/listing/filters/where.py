"""Conditions put together with "and" and "or" in one parameter: ``where=(status:paid|status:sent);total.gte:500``.

A condition is a filter's parameter and a value with a colon between them. ``;`` is and, ``|`` is or and binds less, and
parentheses group. A value with one of these signs stands in double quotes, in which ``\\"`` is a quote. Every condition
goes through the list's own filters: what a list cannot be filtered by cannot be asked here either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from webadmin.listing.controls import FilterInput
from webadmin.listing.filters.base import EMPTY, Active, Filter, FilterValue, Refused, short
from webadmin.listing.filters.choices import ChoicesFilter
from webadmin.listing.filters.own import OwnFilter
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.view import FilterOption, View
from webadmin.text import choice_label
from webadmin.text import gettext as _

NAME = "where"
MOST = 40
"""Conditions."""
DEPTH = 6
"""Parentheses in one another."""

_TOKEN = re.compile(
    r'\s*(?:(?P<sign>[;|()])|(?P<name>[^\s;|():"]+)\s*:\s*(?P<value>"(?:[^"\\]|\\.)*"|[^;|()"]*))'
)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter set to one value."""

    filter: Filter
    value: FilterValue

    def leaves(self) -> Iterator[Condition]:
        yield self

    def clause(self, context: Context) -> sa.ColumnElement[bool]:
        return self.filter.condition(context, self.value)

    def say(self, labels: Mapping[str, str], *, inside: bool = False) -> str:
        names = {
            text: labels[f"{self.value.name}:{text}"]
            for text in self.value.texts
            if f"{self.value.name}:{text}" in labels
        }
        return f"{self.filter.label} {self.filter.describe(self.value, names)}"


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all hold, or any."""

    parts: tuple[Condition | Group, ...]
    any: bool

    def leaves(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.leaves()

    def clause(self, context: Context) -> sa.ColumnElement[bool]:
        found = [part.clause(context) for part in self.parts]
        return sa.or_(*found) if self.any else sa.and_(*found)

    def say(self, labels: Mapping[str, str], *, inside: bool = False) -> str:
        between = _(" or ") if self.any else _(" and ")
        text = between.join(part.say(labels, inside=True) for part in self.parts)
        return f"({text})" if inside else text


class WhereFilter(Filter):
    """The filter that puts the others together.

    :param known: the list's other filters by name.
    """

    operators = ("eq",)

    def __init__(self, view: View, known: Mapping[str, Filter]) -> None:
        super().__init__(FilterOption(Attribute(NAME, view.model), _("Conditions")))
        self.known = known

    @property
    def nullable(self) -> bool:
        return False

    def takes(self, operator: str) -> bool:
        return operator == "eq"

    def parse(self, operator: str, texts: Sequence[str], zone: tzinfo) -> tuple[Any, ...]:
        return tuple(_Parser(self.known, text, zone).parse() for text in texts)

    def condition(self, context: Context, active: FilterValue) -> sa.ColumnElement[bool]:
        return sa.and_(*(tree.clause(context) for tree in active.values))

    def describe(self, active: FilterValue, labels: Mapping[str, str]) -> str:
        return _(" and ").join(tree.say(labels, inside=len(active.values) > 1) for tree in active.values)

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        text = ";".join(f"({text})" for text in active["eq"].texts) if "eq" in active else ""
        if "eq" in active and len(active["eq"].texts) == 1:
            text = active["eq"].texts[0]
        return [FilterInput(NAME, _("Conditions with and, or"), "where", text, data=self._fields())]

    def _fields(self) -> str:
        """What a condition can be about, for the script that builds them."""
        found = []
        for name, filter_ in self.known.items():
            choices = _choices(filter_)
            null = (
                ("null",)
                if "empty" not in filter_.operators and filter_.nullable and filter_.takes("null")
                else ()
            )
            for operator in (*filter_.operators, *null):
                if operator == "range":
                    continue
                parameter = FilterValue(name, operator, ()).parameter
                if operator in EMPTY:
                    empty = [["true", _("Empty")], ["false", _("Not empty")]]
                    label = f"{filter_.label} · {_('empty or not')}"
                    found.append({"name": parameter, "label": label, "choices": empty})
                    continue
                found.append({"name": parameter, "label": filter_.label_of(operator), "choices": choices})
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _choices(filter_: Filter) -> list[list[str]]:
    if isinstance(filter_, OwnFilter):
        return [list(pair) for pair in filter_.pairs]
    members = filter_.choices if isinstance(filter_, ChoicesFilter) else {}
    return [[value, choice_label(member)] for value, member in members.items()]


def split(known: Mapping[str, Filter], name: str) -> tuple[str, str] | None:
    """The filter and the operator that a parameter's name stands for; None for one that is unknown."""
    if name in known and known[name].takes("eq"):
        return name, "eq"
    head, _dot, operator = name.rpartition(".")
    if head in known and known[head].takes(operator):
        return head, operator
    return None


class _Parser:
    """Reads an expression from left to right, once."""

    def __init__(self, known: Mapping[str, Filter], text: str, zone: tzinfo) -> None:
        self.known, self.text, self.zone = known, text, zone
        self.place = 0
        self.count = 0

    def parse(self) -> Condition | Group:
        found = self._any(0)
        if self.text[self.place :].strip():
            raise self._wrong(_("there is a sign too many"))
        return found

    def _any(self, depth: int) -> Condition | Group:
        return self._joined("|", lambda: self._all(depth))

    def _all(self, depth: int) -> Condition | Group:
        return self._joined(";", lambda: self._one(depth))

    def _joined(self, sign: str, part: Any) -> Condition | Group:
        parts = [part()]
        while self._next(sign):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Group(tuple(parts), sign == "|")

    def _next(self, sign: str) -> bool:
        found = _TOKEN.match(self.text, self.place)
        if found is None or found["sign"] != sign:
            return False
        self.place = found.end()
        return True

    def _one(self, depth: int) -> Condition | Group:
        if depth > DEPTH:
            raise self._wrong(_("the parentheses are too deep"))
        if self._next("("):
            inner = self._any(depth + 1)
            if not self._next(")"):
                raise self._wrong(_("a closing parenthesis is missing"))
            return inner
        found = _TOKEN.match(self.text, self.place)
        if found is None or found["name"] is None:
            raise self._wrong(_("a condition is missing, such as status:paid"))
        self.count += 1
        if self.count > MOST:
            raise self._wrong(_("there are too many conditions, more than %d") % MOST)
        named = split(self.known, found["name"])
        if named is None:
            allowed = ", ".join(FilterValue(name, "eq", ()).parameter for name in self.known)
            raise self._wrong(
                _("“%(name)s” is not known; there are: %(known)s")
                % {"name": short(found["name"]), "known": allowed}
            )
        value = found["value"].strip()
        if value.startswith('"'):
            value = _ESCAPED.sub(r"\1", value[1:-1])
        self.place = found.end()
        name, operator = named
        filter_ = self.known[name]
        texts = (value,)
        return Condition(
            filter_, FilterValue(name, operator, texts, filter_.parse(operator, texts, self.zone))
        )

    def _wrong(self, message: str) -> Refused:
        return Refused(
            _("Conditions, at sign %(place)d: %(message)s.") % {"place": self.place + 1, "message": message}
        )
