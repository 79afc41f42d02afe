"""What a summary is asked for, in addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests.listing.groups import rows as made
from tests.listing.groups.rows import PlaceView, Reading, ReadingView, asked_for
from webadmin.errors import BadRequest
from webadmin.listing.groups.asked import read, written


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("group=nothing", "They can by: "),
        ("group=deleted_at", "They can by: "),
        ("group=amount", "They can by: "),
        ("group=colour:month", "no groups by “month”"),
        ("group=at:minute", "year, quarter, month"),
        ("group=day:hour", "no groups by “hour”"),
        ("group=colour&measure=sum.note", "sum.amount"),
        ("group=colour&measure=avg", "sum.amount"),
        ("group=colour&having=count", "count.gte:10"),
        ("group=colour&having=count.gte:many", "not with “many”"),
        ("group=colour&having=count.gte:NaN", "not with “NaN”"),
        ("group=colour&having=count.gte:1e999999", "not with “1e999999”"),
        ("group=colour&having=count.near:1", "count.gte:10"),
        ("group=colour&having=max.at.gte:1", "no number"),
        ("group=colour&measure=max.at&having.gte=1", "no number"),
        ("group=colour&order=up", "value:desc"),
        ("measure=sum.deleted_at", "count"),
    ],
)
def test_refused(session: Session, query: str, words: str) -> None:
    """Whatever cannot be grouped or measured is refused in words that say what can."""
    context = made.context_of(session)
    with pytest.raises(BadRequest) as refused:
        asked_for(context, query)
    assert words in refused.value.message


def test_it_stays_in_addresses(session: Session) -> None:
    """What was read is written so that it reads the same."""
    view = made.context_of(session).registry.views["readings"]
    for query in (
        "group=at", "group=colour&measure=count&measure=sum.amount", "group=at:week&order=value:asc",
        "group=place&measure=avg.amount&having=count.gte:10&having=avg.amount.lt:12.50",
    ):  # fmt: skip
        asked = read(view, made.pairs(query), spans=True)
        assert asked is not None
        assert read(view, written(view, asked), spans=True) == asked
    plain = read(view, made.pairs("group=at&having.gte=3"), spans=True)
    assert plain is not None
    assert written(view, plain) == [("group", "at:month"), ("having", "count.gte:3")]
    assert read(view, made.pairs("measure=count"), spans=True) is None


def test_a_filter_named_like_a_parameter(session: Session) -> None:
    """It stays a filter, and the parameter has a line before it."""

    class Readings(ReadingView, model=Reading):
        column_filters = ["colour"]

    view = made.context_of(session, Readings, PlaceView).registry.views["readings"]
    named = replace(view, filters={**view.filters, "group": view.filters["colour"]}, extra={})
    assert read(named, made.pairs("group=colour"), spans=True) is None
    found = read(named, made.pairs("_group=colour"), spans=True)
    assert found is not None
    assert written(named, found) == [("_group", "colour")]
