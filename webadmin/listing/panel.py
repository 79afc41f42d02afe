"""The filter form and the chips of a list, from what its parameters say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from webadmin.listing.controls import Chip, FilterControl, FilterInput
from webadmin.listing.filters import filters_of
from webadmin.listing.filters.base import Active, Filter
from webadmin.listing.filters.date import OFFERED, DateFilter
from webadmin.listing.filters.forms import inputs_of
from webadmin.listing.groups.asked import groupable
from webadmin.listing.groups.control import per_chip, per_control
from webadmin.listing.labels import Labels
from webadmin.listing.memo import per_view
from webadmin.listing.params import ListParams
from webadmin.options.view import View
from webadmin.rendering.shell import Link
from webadmin.text import current_language, humanize

Url = Callable[[str], str]
"""The list's address with a query string."""


def filter_controls(
    params: ListParams,
    labels: Labels,
    *,
    url: Url,
    lookup_url: Callable[[str], str],
    facets_url: Callable[[str], str] | None = None,
) -> tuple[FilterControl, ...]:
    """The controls of the view's filters, in their order, and that of the latest row of each group.

    :param labels: ``Listing.labels``.
    :param lookup_url: where a combobox of that filter asks for rows.
    :param facets_url: where the values of that filter are counted.
    """
    found: list[FilterControl] = []
    countable = groupable(params.view) if facets_url is not None else {}
    for name, filter_ in filters_of(params.view).items():
        active, names = params.active(name), labels.get(name, {})
        inputs = tuple(
            replace(control, lookup_url=lookup_url(name)) if control.type == "lookup" else control
            for control in (
                inputs_of(filter_, active, names) if active else _empty_inputs(params.view, filter_)
            )
        )
        summary = ", ".join(filter_.describe(value, names) for value in active.values())
        presets = _presets(params, filter_, active, url)
        counted = facets_url(name) if facets_url is not None and name in countable else None
        found.append(FilterControl(name, filter_.label, bool(active), summary, inputs, presets, counted))
    if found and (latest := per_control(params)) is not None:
        found.append(latest)
    return tuple(found)


def _empty_inputs(view: View, filter_: Filter) -> tuple[FilterInput, ...]:
    """The controls of a filter that is not set: always the same in one language."""
    key = ("inputs", filter_.name, current_language())
    return per_view(view, key, lambda: tuple(inputs_of(filter_, {}, {})))


def _presets(params: ListParams, filter_: Filter, active: Active, url: Url) -> tuple[Link, ...]:
    if not isinstance(filter_, DateFilter) or not filter_.takes("range"):
        return ()
    chosen = active.get("range")
    others = params.query(without=(filter_.name,))
    # The same for every preset but for the word at its end, which has nothing to encode.
    start = url(params.query(without=(filter_.name,), add=[(f"{filter_.name}.range", "")]))
    return tuple(
        Link(humanize(preset), url(others), current=True)
        if chosen is not None and chosen.texts == (preset,)
        else Link(humanize(preset), start + preset)
        for preset in OFFERED
    )


def chips(params: ListParams, labels: Labels, *, url: Url) -> tuple[Chip, ...]:
    """The active filters in words, each with the address without it."""
    known = filters_of(params.view)
    found = tuple(
        Chip(
            known[value.name].label,
            known[value.name].describe(value, labels.get(value.name, {})),
            url(params.without_filter(value).query()),
        )
        for value in params.filters
    )
    return (*found, per_chip(params, url)) if params.per else found
