"""What a summary is asked for: ``group=created_at:month&measure=sum.total&having=count.gte:10&order=value:desc``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from webadmin.database.inspection import Kind
from webadmin.dialects.groups import UNITS
from webadmin.errors import BadRequest
from webadmin.listing.filters.base import short
from webadmin.listing.group_names import groups_of, kind_by
from webadmin.listing.groups.measures import COUNT, Measure, measures_of
from webadmin.listing.memo import per_view
from webadmin.listing.parsing import MAX_LENGTH
from webadmin.options.attributes import Attribute
from webadmin.options.view import View
from webadmin.text import gettext as _

Pairs = Sequence[tuple[str, str]]

WORDS = ("group", "measure", "having", "order")
USUAL_UNIT = "month"
ORDERS = ("value:desc", "value:asc", "group:asc", "group:desc")
_KINDS = frozenset({Kind.ENUM, Kind.BOOLEAN, Kind.TEXT, Kind.INTEGER, Kind.UUID, Kind.DATE, Kind.DATETIME})
_TIMES = frozenset({Kind.DATE, Kind.DATETIME})
_OPERATORS = ("gte", "gt", "lte", "lt", "eq")
_MOST_MEASURES = 5
_MOST_HAVING = 5
_LARGEST = Decimal(10) ** 30


@dataclass(frozen=True, slots=True)
class Having:
    """Only groups of which a measure compares so."""

    measure: Measure
    operator: str
    value: Decimal

    @property
    def text(self) -> str:
        return f"{self.measure.name}.{self.operator}:{self.value:f}"


@dataclass(frozen=True, slots=True)
class Asked:
    """How the rows are grouped, and what is measured of each group."""

    attribute: Attribute
    unit: str = ""
    """Of :data:`~webadmin.dialects.groups.UNITS` for dates; else empty."""
    measures: tuple[Measure, ...] = (COUNT,)
    """The first is drawn."""
    having: tuple[Having, ...] = ()
    order: str = ""
    """One of :data:`ORDERS`; empty for the usual: times by time, others from the largest value."""

    @property
    def by(self) -> tuple[str, bool]:
        """``value`` or ``group``, and whether from the end."""
        what, _colon, way = (self.order or ("group:asc" if self.unit else "value:desc")).partition(":")
        return what, way == "desc"

    @property
    def group(self) -> str:
        """As it stands in addresses."""
        return f"{self.attribute.name}:{self.unit}" if self.unit else self.attribute.name


def word(view: View, name: str) -> str:
    """The parameter of that meaning: with a line before it, where the list is filtered by a column of the name."""
    return f"_{name}" if name in view.filters else name


def own_words(view: View) -> Mapping[str, str]:
    """The parameters of a summary, as they stand in addresses, with their meaning."""
    having = word(view, "having")
    return {word(view, name): name for name in WORDS} | {
        f"{having}.{operator}": f"having.{operator}" for operator in _OPERATORS
    }


def groupable(view: View) -> Mapping[str, Attribute]:
    """What rows can be counted by: relations, choices, booleans, short texts, whole numbers and dates; no texts that a
    formatter may show in part, since a list of all values would show the rest."""
    return per_view(
        view,
        "groupable",
        lambda: {
            name: attribute
            for name, attribute in groups_of(view).items()
            if attribute.relation is not None
            or (
                kind_by(attribute) in _KINDS
                and not (kind_by(attribute) is Kind.TEXT and _formatted(view, name))
            )
        },
    )


def _formatted(view: View, name: str) -> bool:
    shown = [*view.list_columns, *view.details_columns, *view.all_columns.values()]
    return any(column.name == name and column.formatter is not None for column in shown)


def units_of(attribute: Attribute) -> Sequence[str]:
    """The spans of time that rows can be grouped into."""
    kind = kind_by(attribute)
    return () if kind not in _TIMES else UNITS if kind is Kind.DATETIME else UNITS[:-1]


def read(view: View, pairs: Pairs, *, spans: bool) -> Asked | None:
    """What the parameters of a summary ask for; None when it is about all rows together.

    :param pairs: a query string's; those that are not about groups count for nothing.
    :param spans: whether the database knows spans of time.
    :raises BadRequest: for what cannot be grouped or measured.
    """
    known = own_words(view)
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in known and value.strip():
            given.setdefault(known[name], []).append(value.strip()[:MAX_LENGTH])
    measures = _measures(view, given.get("measure", []))
    having = _having(view, given, measures[0])
    order = _order(given.get("order", []))
    if "group" not in given:
        return None
    attribute, unit = _group(view, given["group"][-1], spans)
    return Asked(attribute, unit, measures, having, order)


def written(view: View, asked: Asked) -> list[tuple[str, str]]:
    """The parameters that :func:`read` reads so."""
    found = [(word(view, "group"), asked.group)]
    if asked.measures != (COUNT,):
        found += [(word(view, "measure"), measure.name) for measure in asked.measures]
    found += [(word(view, "having"), having.text) for having in asked.having]
    return [*found, (word(view, "order"), asked.order)] if asked.order else found


def _group(view: View, text: str, spans: bool) -> tuple[Attribute, str]:
    known = {n: a for n, a in groupable(view).items() if spans or kind_by(a) not in _TIMES}
    name, _colon, unit = text.partition(":")
    if name not in known:
        raise BadRequest(
            _("These rows cannot be grouped by “%(name)s”. They can by: %(allowed)s.")
            % {"name": short(name), "allowed": ", ".join(known) or _("nothing")}
        )
    units = units_of(known[name])
    if unit not in units and (unit or units):
        if unit:
            allowed = ", ".join(units) or _("nothing")
            raise BadRequest(
                _("“%(name)s” has no groups by “%(unit)s”. It has by: %(allowed)s.")
                % {"name": name, "unit": short(unit), "allowed": allowed}
            )
        unit = USUAL_UNIT
    return known[name], unit


def _measures(view: View, texts: Sequence[str]) -> tuple[Measure, ...]:
    names = list(dict.fromkeys(part.strip() for text in texts for part in text.split(",") if part.strip()))
    return tuple(_measure(view, name) for name in names[:_MOST_MEASURES]) or (COUNT,)


def _measure(view: View, name: str) -> Measure:
    known = measures_of(view)
    if name not in known:
        raise BadRequest(
            _("These rows cannot be measured by “%(name)s”. They can by: %(allowed)s.")
            % {"name": short(name), "allowed": ", ".join(known)}
        )
    return known[name]


def _having(view: View, given: Mapping[str, Sequence[str]], first: Measure) -> tuple[Having, ...]:
    found = [_one_having(view, text) for text in given.get("having", [])]
    for operator in _OPERATORS:  # as a form sends it: about the measure that is chosen there
        if texts := given.get(f"having.{operator}"):
            _must_compare(first)
            found.append(Having(first, operator, _decimal(texts[-1])))
    return tuple(dict.fromkeys(found))[:_MOST_HAVING]


def _one_having(view: View, text: str) -> Having:
    left, colon, value = text.partition(":")
    name, _dot, operator = left.rpartition(".")
    if not colon or operator not in _OPERATORS:
        raise BadRequest(
            _("A condition on groups is written as count.gte:10 or sum.price.lt:100, not “%s”.") % short(text)
        )
    measure = _measure(view, name)
    _must_compare(measure)
    return Having(measure, operator, _decimal(value))


def _must_compare(measure: Measure) -> None:
    if not measure.number:
        raise BadRequest(_("“%s” is no number that groups could be compared by.") % measure.name)


def _decimal(text: str) -> Decimal:
    try:
        value: Any = Decimal(text) if len(text) <= 40 and text.isascii() else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or abs(value) > _LARGEST or value.as_tuple().exponent < -30:
        raise BadRequest(_("A group is compared with a number, not with “%s”.") % short(text))
    return Decimal(value)


def _order(texts: Sequence[str]) -> str:
    if texts and texts[-1] not in ORDERS:
        raise BadRequest(
            _("Groups cannot be in the order “%(text)s”. They can in: %(allowed)s.")
            % {"text": short(texts[-1]), "allowed": ", ".join(ORDERS)}
        )
    return texts[-1] if texts else ""
