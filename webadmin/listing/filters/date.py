"""A filter on days and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind
from webadmin.listing.controls import FilterInput, Option
from webadmin.listing.filters import periods
from webadmin.listing.filters.base import (
    COMPARISONS,
    Active,
    ColumnFilter,
    FilterValue,
    Refused,
    phrase_label,
    short,
)
from webadmin.listing.fits import in_utc
from webadmin.options.context import Context
from webadmin.text import format_date, format_datetime, format_month, humanize
from webadmin.text import gettext as _

OFFERED = ("today", "last-7-days", "last-30-days", "this-month", "last-month", "this-year")
"""The ranges that a form offers by one click; the others of ``periods.PRESETS`` work in an address."""

Span = tuple[Any, Any]
"""From, and up to but without; None for no end."""


class DateFilter(ColumnFilter):
    """A range of days, half-open, in the person's zone; or a moment to the second and finer."""

    operators = ("eq", "not", "gte", "gt", "lte", "lt", "range")

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        """A :data:`Span` of days or times, or one exact time."""
        if operator == "range":
            if not periods.known(text):
                raise Refused(
                    _("%(filter)s has no range “%(text)s”. There are: %(known)s.")
                    % {"filter": self.label, "text": short(text), "known": ", ".join(periods.PRESETS)}
                )
            return self._span(periods.relative(text, periods.today_in(zone)), zone, text)
        period = periods.written(text)
        if period is not None:
            return self._span(period, zone, text)
        if self.kind is Kind.DATETIME:
            return self._moment(text, zone)
        raise self._refused(text)

    def _span(self, period: periods.Period, zone: tzinfo, text: str) -> Span:
        start, end = period
        if self.kind is Kind.DATE:
            return start, end
        return self._midnight(start, zone, text), None if end is None else self._midnight(end, zone, text)

    def _midnight(self, day: date, zone: tzinfo, text: str) -> datetime:
        if not self._aware:
            return datetime.combine(day, time())
        moment = datetime.combine(day, time(), zone)
        if not in_utc(moment):
            raise self._refused(text)
        return moment

    def _moment(self, text: str, zone: tzinfo) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._refused(text) from None
        if moment.tzinfo is not None and not in_utc(moment):
            raise self._refused(text)
        if self._aware:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
            if not in_utc(moment):
                raise self._refused(text)
            return moment
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment

    @property
    def _aware(self) -> bool:
        column = self.attribute.column
        if column is not None:
            return column.timezone
        return bool(getattr(self.attribute.expression.type, "timezone", False))

    def _refused(self, text: str) -> Refused:
        example = "2026-01-31" if self.kind is Kind.DATE else "2026-01-31 14:30"
        return Refused(
            _("%(filter)s takes a day such as %(example)s, not “%(text)s”.")
            % {"filter": self.label, "example": example, "text": short(text)}
        )

    def compare(self, context: Context, column: Any, active: FilterValue) -> sa.ColumnElement[bool]:
        if active.operator in {"eq", "not", "range"}:
            return sa.or_(*(_within(column, value) for value in active.values))
        value = active.values[-1]
        if not isinstance(value, tuple):
            return COMPARISONS[active.operator](column, value)  # type: ignore[no-any-return]
        start, end = value
        if active.operator in {"gte", "lt"}:
            return column >= start if active.operator == "gte" else column < start  # type: ignore[no-any-return]
        if end is None:
            return sa.false() if active.operator == "gt" else column.is_not(None)
        return column >= end if active.operator == "gt" else column < end  # type: ignore[no-any-return]

    def describe(self, active: FilterValue, labels: Mapping[str, str]) -> str:
        words = {"gte": _("from %s"), "gt": _("after %s"), "lte": _("until %s"), "lt": _("before %s")}
        if active.operator not in words:
            return super().describe(active, labels)
        return words[active.operator] % self.say(active, active.texts[-1], labels)

    def say(self, active: FilterValue, text: str, labels: Mapping[str, str]) -> str:
        if active.operator == "range":
            days = _days(active.values[active.texts.index(text)])
            return f"{humanize(text)} ({days})" if days else humanize(text)
        period = periods.written(text)
        if period is None:
            value = active.values[active.texts.index(text)]
            return format_datetime(value) if isinstance(value, datetime) else text
        return (
            text if len(text) == 4 else format_month(period[0]) if len(text) == 7 else format_date(period[0])
        )

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        found = [
            FilterInput(
                f"{self.name}.{operator}",
                label,
                "date" if len(text) in {0, 10} else "text",
                text,
            )
            for operator, label in (("gte", _("From")), ("lte", _("Until")))
            for text in [active[operator].texts[-1] if operator in active else ""]
        ]
        if "range" in active:  # chosen by a link: the form has to carry it along
            chosen = active["range"].texts[-1]
            parameter, label = f"{self.name}.range", phrase_label("range")
            if len(active["range"].texts) == 1 and chosen in OFFERED:  # the link itself shows it
                found.append(FilterInput(parameter, label, "hidden", chosen))
            else:
                names = dict.fromkeys((chosen, *periods.PRESETS))
                options = tuple(Option(name, humanize(name), name == chosen) for name in names)
                found.append(
                    FilterInput(parameter, label, "select", chosen, options=(Option("", _("Any")), *options))
                )
        return [*found, *self.other_inputs(active, ("gte", "lte", "range")), *self.null_input(active)]


def _days(span: Span) -> str:
    """The days that a span has, in words."""
    start, end = (date(edge.year, edge.month, edge.day) if edge else None for edge in span)
    return periods.in_words(start, end - timedelta(days=1)) if start and end else ""


def _within(column: Any, value: Any) -> sa.ColumnElement[bool]:
    if not isinstance(value, tuple):
        return column == value  # type: ignore[no-any-return]
    start, end = value
    return column >= start if end is None else sa.and_(column >= start, column < end)
