"""The filter form and the chips."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from tests.listing.conftest import params_of
from webadmin.listing.controls import FilterControl
from webadmin.listing.filters import periods
from webadmin.listing.labels import filter_labels, wanted_labels
from webadmin.listing.panel import chips, filter_controls
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.view import View

QUERIES = [
    "",
    "status=paid&status=sent&channel.not=web",
    "total.gte=10&total.lt=20.5&id=1&id=2",
    "placed_at.range=last-7-days&due_on.lt=2030-01&created_at=2026",
    "placed_at.gte=2026-01-01&placed_at.lte=2026-01-01%2014:30",
    "note.contains=a&note.contains=b&note.null=false&number=A-1",
    "tags.contains=gift&tags.contains=new",
    "customer.null=true&handled_by=1&handled_by=2&approved_by=3&approved_by.not=4",
    "lines=any",
    "lines=1,1&lines=1,2",
    "delivery_window.gte=1:30&delivery_window.lt=2+h",
]


def controls(params: ListParams, labels: Any = None) -> tuple[FilterControl, ...]:
    return filter_controls(
        params, labels or {}, url=lambda query: f"?{query}", lookup_url=lambda name: f"/{name}/"
    )


def sent(found: tuple[FilterControl, ...]) -> list[tuple[str, str]]:
    """What a browser sends of the form."""
    pairs: list[tuple[str, str]] = []
    for control in found:
        for item in control.inputs:
            if item.type == "checkbox" or item.type == "select":
                pairs += [(item.name, option.value) for option in item.options if option.selected]
            else:
                pairs.append((item.name, item.value))
    return pairs


@pytest.mark.parametrize("query", [*QUERIES, "latest_per=customer", "status=paid&latest_per=channel"])
def test_sending_the_form_changes_nothing(orders: View, query: str) -> None:
    """The form carries every filter that is set, whatever its operator."""
    params = params_of(orders, query)
    again = ListParams.parse(sent(controls(params)), orders, params.zone)
    assert again.query() == params.query()


@pytest.mark.parametrize("query", QUERIES)
def test_every_filter_has_a_chip_that_removes_it(orders: View, query: str) -> None:
    """There is one chip for each parameter, in words, and its address is the list without it."""
    params = params_of(orders, query)
    found = chips(params, {}, url=lambda query: f"?{query}")
    assert len(found) == len(params.filters)
    for chip, value in zip(found, params.filters, strict=True):
        assert chip.label
        assert chip.value
        rest = ListParams.parse(parse_qsl(chip.remove_url[1:]), orders, params.zone)
        assert rest.filters == tuple(other for other in params.filters if other is not value)


def test_presets_are_one_click(orders: View) -> None:
    """A range is set by a link, and by the same link taken back."""
    control = next(
        c for c in controls(params_of(orders, "placed_at.gte=2026&page=3")) if c.name == "placed_at"
    )
    assert control.presets[0].url == "?placed_at.range=today"
    chosen = next(c for c in controls(params_of(orders, "placed_at.range=today")) if c.name == "placed_at")
    assert chosen.presets[0].current
    assert chosen.presets[0].url == "?"


def test_related_rows_have_their_names(context: Context) -> None:
    """Chips and look-ups say the name of a related row, not its key; a row that is not there keeps its key."""
    view = context.registry.views["orders"]
    params = params_of(view, "handled_by=1&approved_by=99999")
    labels = filter_labels(context, wanted_labels(params))
    found = {chip.label: chip.value for chip in chips(params, labels, url=lambda query: query)}
    staff = context.registry.views["staff"]
    row = context.session.get(staff.model, 1)
    assert found == {"Handled by": row.name, "Approved by": "99999"}
    lookup = next(c for c in controls(params, labels) if c.name == "handled_by").inputs[0]
    assert (lookup.type, lookup.value, lookup.value_label, lookup.lookup_url) == (
        "lookup",
        "1",
        row.name,
        "/handled_by/",
    )


def test_words_of_chips(orders: View) -> None:
    """Chips are plain words."""
    params = params_of(
        orders,
        "status=paid&total.gte=10&placed_at.lt=2030-01&placed_at.range=last-7-days&note.null=true&lines=none",
    )
    found = [chip.value for chip in chips(params, {}, url=lambda query: query)]
    today = datetime.now(UTC).date()
    days = periods.in_words(today - timedelta(days=6), today)
    assert found == ["Paid", "before January 2030", f"Last 7 days ({days})", "≥ 10", "empty", "none"]


def test_chips_of_ranges_say_their_days(orders: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range counted from today names its days, as they are in the person's zone: the last included."""
    monkeypatch.setattr(periods, "datetime", _Late)
    for zone, words in (("UTC", "Oct 1 – 31, 2026"), ("Pacific/Kiritimati", "Nov 1 – 30, 2026")):
        params = params_of(orders, "placed_at.range=last-month&due_on.range=today", ZoneInfo(zone))
        (placed, due) = chips(params, {}, url=lambda query: query)
        assert placed.value == f"Last month ({words})"
        assert due.value == ("Today (Nov 30, 2026)" if zone == "UTC" else "Today (Dec 1, 2026)")


class _Late(datetime):
    """The last evening of November, in UTC."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2026, 11, 30, 23, tzinfo=UTC).astimezone(tz)
