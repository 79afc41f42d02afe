"""The groups of a summary: a table, and the same as a drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from webadmin.listing.group_names import in_sentence
from webadmin.listing.groups.asked import Asked
from webadmin.listing.groups.grouped import Group, Groups, group_rows
from webadmin.listing.groups.labels import names_of, say_group, say_value
from webadmin.listing.groups.links import rows_of_group
from webadmin.listing.groups.measures import COUNT
from webadmin.listing.groups.spans import next_start, start_of
from webadmin.listing.params import ListParams
from webadmin.rendering.charts import Chart, Point, bars, drawable, line, scale_of
from webadmin.request import AdminRequest
from webadmin.text import format_number, ngettext
from webadmin.text import gettext as _

_MOST_BARS = 30
_MOST_EMPTY = 400
"""Spans without any row that are added between those with some."""


@dataclass(frozen=True, slots=True)
class GroupValue:
    name: str
    """The measure's name."""
    text: str
    value: str
    """For machines; empty for none."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    label: str
    url: str | None
    """The list of its rows; None where no filter says it."""
    rows: int
    rows_text: str
    values: tuple[GroupValue, ...]
    """Of the measures besides the number of rows."""
    nothing: bool
    """The rows that have no such value."""


@dataclass(frozen=True, slots=True)
class GroupedPage:
    title: str
    """What is measured of what groups, in words."""
    head: str
    """What the groups are by."""
    heads: tuple[str, ...]
    """The measures besides the number of rows."""
    rows: tuple[GroupRow, ...]
    chart: Chart | None
    notes: tuple[str, ...]
    """What the table does not show."""


def grouped_page(
    request: AdminRequest, params: ListParams, asked: Asked, list_url: Callable[[str], str]
) -> GroupedPage | None:
    """The groups in words; None when it takes too long to find them.

    :param list_url: the list's address with a query string.
    """
    view = params.view
    found = group_rows(request.context, view, params, asked)
    if found is None:
        return None
    groups = _without_gaps(asked, found)
    relation = asked.attribute.relation
    keys = [group.key for group in groups if None not in group.key]
    names = names_of(request.context, relation.target, keys) if relation is not None else {}
    more = [measure for measure in asked.measures if measure != COUNT]
    rows: list[GroupRow] = []
    for group in groups:
        link = rows_of_group(params, asked, group.key, hides=found.hides) if group.rows else None
        rows.append(
            GroupRow(
                say_group(asked, group.key, names, hides=found.hides),
                list_url(link.plain.query()) if link is not None else None,
                group.rows,
                format_number(group.rows),
                tuple(
                    GroupValue(m.name, say_value(m, group.values[m.name]), _machine(group.values[m.name]))
                    for m in more
                ),
                nothing=None in group.key,
            )
        )
    head = view.label_of(asked.attribute.name)
    title = _("{measure} by {group}").format(measure=asked.measures[0].label, group=_grouped_by(asked, head))
    return GroupedPage(
        title, head, tuple(measure.label for measure in more), tuple(rows), _chart(asked, title, groups, rows),
        tuple(_notes(params, asked, found, rows)),
    )  # fmt: skip


def unit_label(unit: str) -> str:
    """A span of time in words."""
    return {
        "year": _("year"),
        "quarter": _("quarter"),
        "month": _("month"),
        "week": _("week"),
        "day": _("day"),
        "hour": _("hour"),
    }[unit]


def _grouped_by(asked: Asked, head: str) -> str:
    name = in_sentence(head)
    if not asked.unit:
        return name
    return _("{unit} ({column})").format(unit=unit_label(asked.unit), column=name)


def _without_gaps(asked: Asked, found: Groups) -> list[Group]:
    """Spans in the order of time with the empty ones between them, which no row tells of."""
    groups = list(found.groups)
    if not asked.unit or asked.by[0] != "group" or asked.having:
        return groups
    known = {start: group for group in groups if (start := start_of(group.key[0])) is not None}
    rest = [group for group in groups if start_of(group.key[0]) is None]
    if len(known) < 2:
        return groups
    here: datetime | None = min(known)
    made: list[Group] = []
    while here is not None and here <= max(known):
        made.append(known.get(here) or Group((here.isoformat(" "),), 0, _nothing(asked)))
        if len(made) > _MOST_EMPTY:
            return groups
        here = next_start(here, asked.unit)
    return [*(reversed(made) if asked.by[1] else made), *rest]


def _nothing(asked: Asked) -> dict[str, Any]:
    """What no rows at all come to."""
    return {m.name: 0 if m.function in {"count", "sum"} else None for m in asked.measures}


def _chart(asked: Asked, title: str, groups: list[Group], rows: list[GroupRow]) -> Chart | None:
    first = asked.measures[0]
    if not first.number:
        return None
    points = [_point(asked, group, row) for group, row in zip(groups, rows, strict=True)]
    timed = [point for group, point in zip(groups, points, strict=True) if start_of(group.key[0]) is not None]
    if asked.unit and asked.by[0] == "group" and len(timed) > 2:
        timed.sort(key=lambda point: point.at)
        starts = sorted(start for group in groups if (start := start_of(group.key[0])) is not None)
        joined = [next_start(before, asked.unit) == after for before, after in pairwise(starts)]
        timed = [_joined(point, near) for point, near in zip(timed, [True, *joined], strict=True)]
        ends = ["" if end is None else end.text for end in scale_of(timed)]
        described = _("A line of {number} points, of which the table has the numbers.")
        return line(title, described.format(number=len(timed)), timed, rules=ends)
    points = [point for point in points if point.value is not None][:_MOST_BARS]
    described = _("A bar for each of {number} groups, of which the table has the numbers.")
    return bars(title, described.format(number=len(points)), points) if points else None


def _point(asked: Asked, group: Group, row: GroupRow) -> Point:
    measure = asked.measures[0]
    value = group.rows if measure == COUNT else group.values[measure.name]
    start = start_of(group.key[0]) if asked.unit else None
    at = 0.0 if start is None else (start - datetime(1, 1, 1)).total_seconds()
    return Point(row.label, drawable(value), say_value(measure, value), row.url, at)


def _joined(point: Point, joined: bool) -> Point:
    return Point(point.label, point.value, point.text, point.url, point.at, joined)


def _notes(params: ListParams, asked: Asked, found: Groups, rows: list[GroupRow]) -> list[str]:
    notes: list[str] = []
    if found.others > 0:
        others = ngettext("%(n)s other group", "%(n)s other groups", found.others) % {
            "n": format_number(found.others)
        }
        there = ngettext("%(n)s row", "%(n)s rows", found.other_rows) % {"n": format_number(found.other_rows)}
        text = (
            _("Earlier than these there are {groups} with {rows}.")
            if asked.unit
            else _("Not shown: {groups} with {rows}.")
        )
        notes.append(text.format(groups=others, rows=there))
    if params.per:
        notes.append(_("These are the rows that the list shows: the first of each of its own groups."))
    elif any(row.url is None and row.rows for row in rows):
        notes.append(_("A group without a link cannot be had by a filter of the list."))
    return notes


def _machine(value: Any) -> str:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
