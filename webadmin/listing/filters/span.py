"""Filters on times of day and on lengths of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time, timedelta, tzinfo
from typing import Any

from webadmin.database.inspection import Kind
from webadmin.listing.controls import FilterInput
from webadmin.listing.filters.base import Active, ColumnFilter, Refused, phrase_label, short
from webadmin.text import gettext as _

_CLOCK = re.compile(
    r"(?:([0-9]{1,6}) ?d(?:ays?)?,? ?)?([0-9]{1,6}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,6})?))?", re.ASCII
)
_PARTS = re.compile(
    r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?(weeks?|w|days?|d|hours?|h|minutes?|min|m|seconds?|s)\b,? ?", re.ASCII
)
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}


def read_length(text: str) -> timedelta | None:
    """A length of time written as ``1:30``, ``2 d 1:30:00``, ``90 min`` or ``2 h 30 m``; None for any other text."""
    if found := _CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    total, position = 0.0, 0
    while position < len(text):
        part = _PARTS.match(text, position)
        if part is None:
            return None
        total += float(part[1]) * _SECONDS[part[2][0]]
        position = part.end()
    return timedelta(seconds=total) if position else None


class SpanFilter(ColumnFilter):
    """Equal to, or within a range."""

    operators = ("eq", "not", "gte", "gt", "lte", "lt")

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        if self.kind is Kind.INTERVAL:
            length = read_length(text.lower())
            if length is None:
                raise self._refused(
                    _("%(filter)s takes a length of time such as 1:30 or 2 days, not “%(text)s”."), text
                )
            return length
        try:
            moment = time.fromisoformat(text)
        except ValueError:
            raise self._refused(_("%(filter)s takes a time such as 14:30, not “%(text)s”."), text) from None
        column = self.attribute.column
        aware = column is not None and column.timezone
        if aware:
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment.replace(tzinfo=None)

    def _refused(self, message: str, text: str) -> Refused:
        return Refused(message % {"filter": self.label, "text": short(text)})

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        found = [
            FilterInput(
                f"{self.name}.{operator}",
                phrase_label(operator),
                "text",
                active[operator].texts[-1] if operator in active else "",
            )
            for operator in ("gte", "lte")
        ]
        return [*found, *self.other_inputs(active, ("gte", "lte")), *self.null_input(active)]
