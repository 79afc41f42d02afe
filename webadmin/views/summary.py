"""What the rows of a list come to, all together and in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.errors import BadRequest
from webadmin.listing.controls import Chip, Option
from webadmin.listing.groups.asked import (
    Asked,
    Having,
    groupable,
    own_words,
    read,
    units_of,
    word,
    written,
)
from webadmin.listing.groups.labels import say_value
from webadmin.listing.groups.measures import COUNT, functions_for, measures_of
from webadmin.listing.groups.summary import summarize
from webadmin.listing.labels import filter_labels, wanted_labels
from webadmin.listing.panel import chips
from webadmin.listing.params import ListParams
from webadmin.options.view import View
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import current_zone, format_number
from webadmin.text import gettext as _
from webadmin.views.grouped import GroupedPage, grouped_page, unit_label
from webadmin.views.saved.asked import alone

_SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class SummaryValue:
    name: str
    """The measure's name, ``sum.total``."""
    text: str
    value: str
    """For machines; empty for none."""


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One column."""

    name: str
    label: str
    filled: str
    """How many rows have a value, in words."""
    values: tuple[SummaryValue | None, ...]
    """Sum, average, median, least and greatest; None for what makes no sense of it."""


@dataclass(frozen=True, slots=True)
class OptionGroup:
    label: str
    """Empty for options that stand by themselves."""
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class GroupForm:
    """Asks for groups, by GET."""

    action: str
    hidden: tuple[tuple[str, str], ...]
    group_name: str
    groups: tuple[OptionGroup, ...]
    measure_name: str
    measures: tuple[OptionGroup, ...]
    order_name: str
    orders: tuple[Option, ...]
    having_name: str
    at_least: str
    below: str


@dataclass(frozen=True, slots=True)
class SummaryPage:
    key: str
    title: str
    """The plural label of the model."""
    list_url: str
    url: str
    """This page without groups."""
    rows: int | None
    """None when nobody could count them in time."""
    rows_text: str
    lines: tuple[SummaryLine, ...]
    notes: tuple[str, ...]
    chips: tuple[Chip, ...]
    """Filters, and conditions on groups."""
    form: GroupForm | None
    """None where there is nothing to group by."""
    suggestions: tuple[Link, ...]
    """Groups to begin with, while none are chosen."""
    grouped: GroupedPage | None
    late: bool
    """The groups were asked for, and took too long."""


def summary(request: AdminRequest) -> Answer:
    """The summary of the list with this query string; htmx gets the bar that stands below the list."""
    view = request.view
    known = own_words(view)
    pairs = [(name, value) for name, value in alone(request) if name not in known]
    params = ListParams.parse(pairs, view, current_zone()).changed().plain
    asked = _asked(request, params)
    bar = request.htmx and asked is None
    found = summarize(request.context, view, params)
    grouped = None if asked is None else grouped_page(request, params, asked, _lists(request))
    content = SummaryPage(
        key=view.key,
        title=view.name_plural,
        list_url=request.urls.list(view, params.query()),
        url=_url(request, params, None),
        rows=None if found is None else found.rows,
        rows_text="" if found is None else format_number(found.rows),
        lines=() if found is None or not found.rows else tuple(_line(view, column, found) for column in view.summary),
        notes=_notes(found),
        chips=() if bar else _chips(request, params, asked),
        form=None if bar else _form(request, params, asked),
        suggestions=() if bar or asked is not None else _suggestions(request, params),
        grouped=grouped,
        late=asked is not None and grouped is None,
    )  # fmt: skip
    return Page("summary.html", content, block="bar" if request.htmx else None)


def _asked(request: AdminRequest, params: ListParams) -> Asked | None:
    try:
        return read(request.view, request.query, spans=request.dialect.supports_spans)
    except BadRequest as wrong:
        link = f"?{query}" if (query := params.query()) else request.urls.below(request.view, "summary")
        label = _("Show the summary without it")
        raise BadRequest(wrong.message, link=link, link_label=label) from wrong


def _lists(request: AdminRequest) -> Any:
    return lambda query: request.urls.list(request.view, query)


def _url(request: AdminRequest, params: ListParams, asked: Asked | None) -> str:
    more = written(request.view, asked) if asked is not None else ()
    return request.urls.below(request.view, "summary", params.query(add=more))


def _line(view: View, column: Any, found: Any) -> SummaryLine:
    known = measures_of(view)
    fitting = functions_for(column)
    values: list[SummaryValue | None] = []
    for function in ("sum", "avg", "median", "min", "max"):
        name = f"{function}.{column.name}"
        if function not in fitting or name not in found.values:
            values.append(None)
            continue
        value = found.values[name]
        machine = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
        values.append(SummaryValue(name, say_value(known[name], value), machine))
    return SummaryLine(column.name, column.label, format_number(found.filled[column.name]), tuple(values))


def _notes(found: Any) -> tuple[str, ...]:
    if found is None:
        return (
            _("These are too many rows to be summed up within the time limit. Narrow the list by a filter."),
        )
    if not found.complete:
        return (_("The medians are left out: to find them takes longer than the time limit."),)
    return ()


def _chips(request: AdminRequest, params: ListParams, asked: Asked | None) -> tuple[Chip, ...]:
    more = written(request.view, asked) if asked is not None else ()
    below = request.urls.below

    def url(query: str) -> str:
        own = params.query(add=more)[len(params.query()) :].lstrip("&")
        return below(request.view, "summary", "&".join(part for part in (query, own) if part))

    found = chips(params, filter_labels(request.context, wanted_labels(params)), url=url)
    if asked is None:
        return found
    words = {"gte": "≥", "gt": ">", "lte": "≤", "lt": "<", "eq": "="}
    return (
        *found,
        *(
            Chip(one.measure.label, f"{words[one.operator]} {one.value:f}", _url(request, params, _without(asked, one)))
            for one in asked.having
        ),
    )  # fmt: skip


def _without(asked: Asked, having: Having) -> Asked:
    rest = tuple(one for one in asked.having if one is not having)
    return Asked(asked.attribute, asked.unit, asked.measures, rest, asked.order)


def _form(request: AdminRequest, params: ListParams, asked: Asked | None) -> GroupForm | None:
    view = request.view
    groups = _group_options(request, "" if asked is None else asked.group)
    if not groups:
        return None
    first = COUNT if asked is None else asked.measures[0]
    having = () if asked is None else asked.having
    own = {one.operator: one for one in having if one.measure == first and one.operator in {"gte", "lt"}}
    name = word(view, "having")
    kept = [(name, one.text) for one in having if own.get(one.operator) != one]
    order = asked.order if asked is not None else ""
    return GroupForm(
        action=request.urls.below(view, "summary"),
        hidden=(*params.pairs(), *kept),
        group_name=word(view, "group"),
        groups=groups,
        measure_name=word(view, "measure"),
        measures=_measure_options(view, first.name),
        order_name=word(view, "order"),
        orders=tuple(
            Option(value, label, value == order)
            for value, label in (
                ("", _("Usual")),
                ("value:desc", _("Largest first")),
                ("value:asc", _("Smallest first")),
                ("group:asc", _("By group, from the first")),
                ("group:desc", _("By group, from the last")),
            )
        ),
        having_name=name,
        at_least=f"{own['gte'].value:f}" if "gte" in own else "",
        below=f"{own['lt'].value:f}" if "lt" in own else "",
    )


def _group_options(request: AdminRequest, chosen: str) -> tuple[OptionGroup, ...]:
    view = request.view
    plain: list[Option] = []
    times: list[OptionGroup] = []
    for name, attribute in groupable(view).items():
        label = view.label_of(name)
        units = units_of(attribute)
        if not units:
            plain.append(Option(name, label, name == chosen))
        elif request.dialect.supports_spans:
            options = tuple(
                Option(f"{name}:{unit}", f"{label}: {unit_label(unit)}", f"{name}:{unit}" == chosen)
                for unit in units
            )
            times.append(OptionGroup(label, options))
    return (*([OptionGroup("", tuple(plain))] if plain else []), *times)


def _measure_options(view: View, chosen: str) -> tuple[OptionGroup, ...]:
    known = measures_of(view)
    found = [OptionGroup("", (Option("count", COUNT.label, chosen == "count"),))]
    for column in view.summary:
        names: Sequence[str] = [f"{function}.{column.name}" for function in functions_for(column)]
        options = tuple(Option(name, known[name].label, name == chosen) for name in names)
        found.append(OptionGroup(column.label, options))
    return tuple(found)


def _suggestions(request: AdminRequest, params: ListParams) -> tuple[Link, ...]:
    view = request.view
    found: list[Link] = []
    for name, attribute in groupable(view).items():
        units = units_of(attribute)
        if units and not request.dialect.supports_spans:
            continue
        asked = Asked(attribute, "month" if units else "")
        label = view.label_of(name)
        label = _("{column} by month").format(column=label) if units else label
        found.append(Link(label, _url(request, params, asked)))
    return tuple(found[:_SUGGESTED])
