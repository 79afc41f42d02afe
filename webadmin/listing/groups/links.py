"""The list that shows exactly the rows of one group."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from webadmin.database import identity
from webadmin.errors import BadRequest
from webadmin.listing.filters import Filter, FilterValue, filters_of
from webadmin.listing.filters.choices import token
from webadmin.listing.fits import sendable
from webadmin.listing.groups.asked import Asked
from webadmin.listing.groups.spans import bound, next_start, start_of
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import MAX_LENGTH

_WRITTEN = {"year": 4, "month": 7, "day": 10}
"""How much of a day's ISO form is the span."""
_BOUNDS = frozenset({"gte", "gt", "lte", "lt", "range"})


def rows_of_group(
    params: ListParams, asked: Asked, key: tuple[Any, ...], *, hides: bool
) -> ListParams | None:
    """The list of the rows in the group with this key; None where no filter selects exactly these.

    :param hides: rows that point to what the person may not see are among those that point nowhere.
    """
    filter_ = filters_of(params.view).get(asked.attribute.name)
    if filter_ is None or (params.per and params.per != asked.attribute.name):
        return None  # a filter would also change which rows are the first of their group
    nothing = any(value is None for value in key)
    if nothing and hides and asked.attribute.relation is not None:
        return None
    try:
        if nothing and not filter_.takes("null"):
            return None
        found = _null(filter_) if nothing else _values(params, filter_, asked, key)
    except BadRequest:
        return None
    return None if found is None else _narrowed(params, found)


def _null(filter_: Filter) -> list[FilterValue]:
    return [FilterValue(filter_.name, "null", ("true",), (True,))]


def _values(
    params: ListParams, filter_: Filter, asked: Asked, key: tuple[Any, ...]
) -> list[FilterValue] | None:
    if asked.unit:
        start = start_of(key[0])
        if start is None or not 1 < start.year < 9998:
            return None
        whole = _written(params, asked, start)
        if whole is not None and filter_.takes("eq"):
            return [_read(params, filter_, "eq", whole)]
        end = next_start(start, asked.unit)
        made = [_read(params, filter_, "gte", bound(start, asked.unit))]
        made += [] if end is None else [_read(params, filter_, "lt", bound(end, asked.unit))]
        return [_tighter(params, value) for value in made]
    if asked.attribute.relation is not None:
        text = unquote(identity.segment(key))
    elif isinstance(key[0], bool):
        text = "true" if key[0] else "false"
    else:
        text = token(key[0])
    # An address does not carry every text as it is.
    if not text or text != text.strip() or len(text) > MAX_LENGTH or not sendable(text):
        return None
    value = _read(params, filter_, "eq", text)
    same = key if asked.attribute.relation is not None else key[0]
    return [value] if value.values == (same,) or str(value.values[0]) == str(same) else None


def _written(params: ListParams, asked: Asked, start: datetime) -> str | None:
    """A year, month or day as an address has it, where it takes the place of all that its filter is set to."""
    length = _WRITTEN.get(asked.unit)
    active = params.active(asked.attribute.name)
    present = active["eq"].texts if "eq" in active else ()
    if length is None or _BOUNDS & active.keys() or len(present) > 1:
        return None
    text = start.date().isoformat()[:length]
    return text if all(text.startswith(wider) for wider in present) else None


def _read(params: ListParams, filter_: Filter, operator: str, text: str) -> FilterValue:
    if not filter_.takes(operator):
        raise BadRequest(text)
    return FilterValue(filter_.name, operator, (text,), filter_.parse(operator, (text,), params.zone))


def _tighter(params: ListParams, value: FilterValue) -> FilterValue:
    """The bound of a span, or the one that is set already where that leaves fewer rows."""
    present = params.active(value.name).get(value.operator)
    if present is None:
        return value
    edges = [_edge(found.values[-1]) for found in (value, present)]
    return present if (edges[1] > edges[0]) is (value.operator == "gte") and edges[0] != edges[1] else value


def _edge(value: Any) -> datetime:
    """From when on, or until when, a bound of dates counts."""
    edge = value[0] if isinstance(value, tuple) else value
    if not isinstance(edge, datetime):
        edge = datetime(edge.year, edge.month, edge.day)
    return edge if edge.tzinfo else edge.replace(tzinfo=UTC)


def _narrowed(params: ListParams, found: list[FilterValue]) -> ListParams:
    """The same list with these filters in the place of others of their name and operator."""
    new = {(value.name, value.operator) for value in found}
    kept = [value for value in params.filters if (value.name, value.operator) not in new]
    places = list(filters_of(params.view))
    filters = sorted([*kept, *found], key=lambda value: (places.index(value.name), value.operator))
    return replace(params.changed(), filters=tuple(filters))
