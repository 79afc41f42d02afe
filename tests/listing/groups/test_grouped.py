"""Summaries and groups against what Python makes of the same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.listing.groups import rows as made
from tests.listing.groups.rows import PlaceView, Reading, ReadingView, asked_for
from webadmin.listing.groups.grouped import Groups, group_rows
from webadmin.listing.groups.links import rows_of_group
from webadmin.listing.groups.measures import measures_of
from webadmin.listing.groups.summary import summarize
from webadmin.listing.listing import Listing
from webadmin.listing.params import ListParams
from webadmin.listing.statement import matching
from webadmin.options.context import Context

BERLIN = ZoneInfo("Europe/Berlin")


def params_of(context: Context, query: str, zone: str = "UTC") -> ListParams:
    return ListParams.parse(made.pairs(query), context.registry.views["readings"], ZoneInfo(zone))


def groups(context: Context, query: str, of: str = "", zone: str = "UTC") -> Groups:
    view = context.registry.views["readings"]
    found = group_rows(context, view, params_of(context, of, zone), asked_for(context, query))
    assert found is not None
    return found


def exact(session: Session) -> bool:
    return session.get_bind().dialect.supports_native_decimal


@pytest.mark.parametrize(
    ("seed", "size"), [(1, 0), (2, 1), *[(seed, seed * 7) for seed in range(1, 16)], (5, 200)]
)
def test_summary(session: Session, seed: int, size: int) -> None:
    """Every measure of all rows is what Python finds, with missing values, of an even and an odd number."""
    rows = made.fill(session, seed, size)
    context = made.context_of(session)
    view = context.registry.views["readings"]
    found = summarize(context, view, params_of(context, ""))
    assert found is not None
    assert found.complete
    assert found.rows == len(rows)
    for name in measures_of(view):
        if name == "count":
            continue
        assert made.same(found.values[name], made.measure(name, rows), exact=exact(session)), name
    for column, number in found.filled.items():
        assert number == sum(getattr(row, column) is not None for row in rows)


KEYS: dict[str, Callable[[Reading], Any]] = {
    "colour": lambda row: row.colour,
    "good": lambda row: row.good,
    "note": lambda row: row.note,
    "number": lambda row: row.number,
    "place": lambda row: row.place_id,
    "place.name": lambda row: f"Place {row.place_id}" if row.place_id else None,
}
MEASURES = "measure=count,sum.amount,median.heat,avg.number,max.at"


def by_key(rows: list[Reading], key: Callable[[Reading], Any]) -> dict[Any, list[Reading]]:
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


@pytest.mark.parametrize("seed", [11, 12])
@pytest.mark.parametrize("group", list(KEYS))
def test_groups(session: Session, group: str, seed: int) -> None:
    """The groups are those of Python, the one without a value among them, with its measures; the largest come first."""
    rows = made.fill(session, seed, 150)
    context = made.context_of(session)
    found = groups(context, f"group={group}&{MEASURES}")
    expected = by_key(rows, KEYS[group])
    assert {found_group.key[0] for found_group in found.groups} == set(expected)
    assert (found.count, found.rows, found.others) == (len(expected), len(rows), 0)
    for found_group in found.groups:
        members = expected[found_group.key[0]]
        assert found_group.rows == len(members)
        for name, value in found_group.values.items():
            assert made.same(value, made.measure(name, members), exact=exact(session)), name
    sizes = [found_group.rows for found_group in found.groups]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo"])
@pytest.mark.parametrize("unit", ["year", "quarter", "month", "week", "day", "hour"])
def test_spans(session: Session, unit: str, zone: str) -> None:
    """Times are grouped on the calendar of the person, also on the days on which clocks are changed."""
    rows = made.fill(session, 21, 100)
    context = made.context_of(session)
    for column in ("at", "local", *(["day"] if unit != "hour" else [])):
        found = groups(context, f"group={column}:{unit}", zone=zone)
        own = {id(row): made.start(getattr(row, column), unit, zone) for row in rows}
        expected = by_key(rows, lambda row, own=own: own[id(row)])  # type: ignore[misc]
        assert {group.key[0]: group.rows for group in found.groups} == {
            key: len(members) for key, members in expected.items()
        }
        times = [group.key[0] for group in found.groups if group.key[0] is not None]
        assert times == sorted(times)


@pytest.mark.parametrize(
    ("group", "of"),
    [
        *[(group, "") for group in KEYS],
        *[(group, "good=true&number.gte=-2&colour=red&colour=green&place=1&place=3") for group in KEYS],
        *[(f"at:{unit}", "") for unit in ("year", "quarter", "month", "week", "day", "hour")],
        ("at:month", "at.gte=2025-11-15&at.lt=2026-06-10"),
        ("at:year", "at.gte=2025-11-15&at.lte=2026-06-10&at.gt=2025-12-01"),
        ("at:week", "at.range=this-year"),
        ("local:day", "colour=red"),
        ("day:quarter", "day.gte=2025-11"),
    ],
)
def test_every_group_leads_to_its_rows(session: Session, group: str, of: str) -> None:
    """The list that a group links to has exactly its rows, on top of the filters that were set."""
    made.fill(session, 31, 120)
    context = made.context_of(session)
    view = context.registry.views["readings"]
    params, asked = params_of(context, of, "Europe/Berlin"), asked_for(context, f"group={group}")
    found = group_rows(context, view, params, asked)
    assert found is not None
    total = 0
    for one in found.groups:
        link = rows_of_group(params, asked, one.key, hides=found.hides)
        if one.key[0] in {"", " padded"}:
            assert link is None  # an address cannot say it
            total += one.rows
            continue
        assert link is not None
        again = params_of(context, link.query(), "Europe/Berlin")
        assert again == link
        number = context.session.scalar(matching(context, view, again, [sa.func.count()]))
        assert number == one.rows
        total += one.rows
    if found.others == 0:
        assert total == context.session.scalar(matching(context, view, params, [sa.func.count()]))


def test_a_repeated_hour(session: Session) -> None:
    """The hour that clocks show twice is one group, and its link has the rows of both."""
    made.fill(session, 1, 0)
    moments = [
        "2025-10-26 00:30",
        "2025-10-26 01:30",
        "2025-10-26 02:30",
        "2026-03-29 00:30",
        "2026-03-29 01:30",
    ]
    for number, moment in enumerate(moments, 1):
        session.add(Reading(id=number, at=made.datetime.fromisoformat(moment).replace(tzinfo=made.UTC)))
    session.flush()
    context = made.context_of(session)
    found = groups(context, "group=at:hour", zone="Europe/Berlin")
    assert [(group.key[0], group.rows) for group in found.groups] == [
        ("2025-10-26 02:00:00", 2), ("2025-10-26 03:00:00", 1), ("2026-03-29 01:00:00", 1), ("2026-03-29 03:00:00", 1),
    ]  # fmt: skip
    asked, params = asked_for(context, "group=at:hour"), params_of(context, "", "Europe/Berlin")
    for group in found.groups:
        link = rows_of_group(params, asked, group.key, hides=False)
        assert link is not None
        assert Listing.load(context, context.registry.views["readings"], link).total == group.rows


def test_having_order_and_others(session: Session) -> None:
    """Conditions on groups, every order, and what is said of the groups that are not shown."""
    rows = made.fill(session, 41, 300)
    context = made.context_of(session)
    sums = {
        key: made.measure("sum.amount", members) for key, members in by_key(rows, lambda r: r.number).items()
    }
    middle = sorted(value for value in sums.values() if value is not None)[len(sums) // 2]
    limit = f"{float(middle):.2f}"
    found = groups(context, f"group=number&measure=sum.amount&having=sum.amount.gte:{limit}&order=value:asc")
    kept = {key for key, value in sums.items() if value is not None and float(value) >= float(limit)}
    assert {group.key[0] for group in found.groups} == kept
    values = [group.values["sum.amount"] for group in found.groups]
    assert values == sorted(values)
    same = groups(context, f"group=number&measure=sum.amount&having.gte={limit}&order=value:asc")
    assert same == found
    keys = [g.key[0] for g in groups(context, "group=number&order=group:asc", "number.null=false").groups]
    assert keys == sorted(keys)
    keys = [g.key[0] for g in groups(context, "group=number&order=group:desc", "number.null=false").groups]
    assert keys == sorted(keys, reverse=True)
    many = groups(context, "group=at:hour")
    assert len(many.groups) == 120
    assert many.count == len({made.start(row.at, "hour", "UTC") for row in rows})
    assert many.other_rows == len(rows) - sum(group.rows for group in many.groups)
    shown = [group.key[0] for group in many.groups if group.key[0]]
    everything = sorted(s for row in rows if (s := made.start(row.at, "hour", "UTC")))
    assert shown[0] > everything[0], "the latest are shown"
    assert shown[-1] == everything[-1]


def test_the_first_of_each_group_can_be_summed_up(session: Session) -> None:
    """A summary is about the rows that its list shows."""
    rows = made.fill(session, 51, 80)
    context = made.context_of(session)
    newest = {
        place: max(members, key=lambda r: r.id)
        for place, members in by_key(rows, lambda r: r.place_id).items()
    }
    params = params_of(context, "latest_per=place&sort=id:desc")
    found = summarize(context, context.registry.views["readings"], params)
    assert found is not None
    assert found.rows == len(newest)
    assert made.same(found.values["sum.heat"], made.measure("sum.heat", newest.values()), exact=False)
    asked = asked_for(context, "group=colour")
    grouped = group_rows(context, params.view, params, asked)
    assert grouped is not None
    assert all(rows_of_group(params, asked, group.key, hides=False) is None for group in grouped.groups)


def test_rows_that_somebody_may_not_see(session: Session) -> None:
    """They are in no group, and what they are called makes none."""

    class Places(PlaceView, model=made.Place):
        def scope(self, stmt: Any, user: Any) -> Any:
            return stmt.where(made.Place.secret.is_(False))

    class Readings(ReadingView, model=Reading):
        def scope(self, stmt: Any, user: Any) -> Any:
            return stmt.where(Reading.good.is_(True))

    rows = [row for row in made.fill(session, 61, 120) if row.good]
    context = made.context_of(session, Readings, Places)
    for group in ("place", "place.name"):
        found = groups(context, f"group={group}")
        assert found.rows == len(rows)
        hidden = sum(row.place_id in {None, 2} for row in rows)
        values = {one.key[0]: one.rows for one in found.groups}
        assert values[None] == hidden
        assert not {2, "Place 2"} & set(values)
        asked, params = asked_for(context, f"group={group}"), params_of(context, "")
        link = rows_of_group(params, asked, (None,), hides=found.hides)
        if link is not None:
            view = context.registry.views["readings"]
            assert Listing.load(context, view, link).total == hidden


def test_a_time_limit(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long has no answer, and the transaction goes on."""
    made.fill(session, 71, 5)
    context = made.context_of(session)
    slow = sa.select(sa.func.count()).select_from(
        sa.select(sa.literal(1).label("n"))
        .cte("endless", recursive=True)
        .union_all(sa.select(sa.literal_column("n + 1")).select_from(sa.text("endless")))
    )
    from webadmin.listing.groups.limits import within_limit

    assert within_limit(context, slow, "slow", 50) is None
    assert summarize(context, context.registry.views["readings"], params_of(context, "")) is not None
