"""The groups of a summary, as a page: table, chart and links say the same."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.demo.models import Customer, Order
from webadmin.listing.groups import limits
from webadmin.text import choice_label


def rows_of(page: Page) -> list[Any]:
    return page.css("#groups tbody tr")


def live(reader: Admin, *columns: Any) -> list[Any]:
    with Session(reader.engine) as session:
        return list(session.execute(sa.select(*columns).where(Order.deleted_at.is_(None))).all())


MEASURES = {"sum": sum, "avg": fmean, "median": median, "min": min, "max": max}


@pytest.mark.parametrize("function", MEASURES)
def test_every_measure_of_every_group(reader: Admin, function: str) -> None:
    """Of each group the number of rows and the measure are Python's, and its link has just these rows."""
    page = reader.get(f"/orders/summary/?group=channel&measure={function}.total")
    values = defaultdict(list)
    for channel, total in live(reader, Order.channel, Order.total):
        values[choice_label(channel)].append(total)
    assert len(rows_of(page)) == len(values)
    for row in rows_of(page):
        listed = reader.get(row.cssselect("a")[0].get("href"))
        key = row.get("data-group")
        number = int(row.cssselect("[data-rows]")[0].get("data-rows"))
        assert listed.count() == number == len(values[key])
        found = Decimal(row.cssselect("[data-measure]")[0].get("data-value"))
        assert float(found) == pytest.approx(float(MEASURES[function](values[key])), rel=1e-9)  # type: ignore[operator]


def test_the_drawing_is_the_table(reader: Admin) -> None:
    """Every bar is a row of the table, with the same words and the same link; it is described for those who do not see it."""
    page = reader.get("/orders/summary/?group=status&measure=avg.total")
    chart = page.one("svg[data-chart]")
    assert chart.get("role") in {"img", "group", "graphics-document"}
    named = " ".join(chart.itertext())
    links = {link.get("href") for link in chart.cssselect("a")}
    for row in rows_of(page):
        assert row.get("data-group") in named
        assert row.cssselect("[data-measure]")[0].text_content().strip() in named
        assert row.cssselect("a")[0].get("href") in links
    assert len(chart.cssselect("[data-mark]")) == len(rows_of(page))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_days_of_the_person(admin: Admin, zone: str) -> None:
    """Days are those of the person's zone, also those of 23 and of 25 hours, and lead to their rows."""
    account = admin.get("/account/")
    admin.post(account.action("form"), account.form("form") | {"zone": zone})
    query = "group=placed_at:day&placed_at.gte=2026-03-01&placed_at.lt=2026-04-15"
    page = admin.get(f"/orders/summary/?{query}")
    days: dict[str, int] = defaultdict(int)
    for (placed,) in live(admin, Order.placed_at):
        moment = placed if placed.tzinfo else placed.replace(tzinfo=ZoneInfo("UTC"))
        day = moment.astimezone(ZoneInfo(zone)).date().isoformat()
        if "2026-03-01" <= day < "2026-04-15":
            days[day] += 1
    found = [int(row.cssselect("[data-rows]")[0].get("data-rows")) for row in rows_of(page)]
    assert [number for number in found if number] == [days[day] for day in sorted(days)]
    for row in rows_of(page):
        if links := row.cssselect("a"):
            number = int(row.cssselect("[data-rows]")[0].get("data-rows"))
            assert admin.get(links[0].get("href")).count() == number


def test_what_a_list_hides_is_no_group(reader: Admin) -> None:
    """Neither deleted rows nor columns that no page shows can be grouped, measured, compared or sorted by."""
    for query in (
        "group=search", "group=deleted_at", "group=customer.email", "group=customer.password_hash", "group=meta",
        "group=status&measure=sum.search", "group=status&measure=max.customer.credit_limit",
        "group=status&having=sum.version.gte:1", "group=id",
    ):  # fmt: skip
        page = reader.get(f"/orders/summary/?{query}", 400)
        assert page.css("main a[href]"), query
    hidden = reader.get("/orders/summary/?group=status&deleted=hide")
    everything = reader.get("/orders/summary/?group=status&deleted=show")
    numbers = [
        sum(int(c.get("data-rows")) for c in found.css("[data-rows]")) for found in (hidden, everything)
    ]
    assert numbers[0] == len(live(reader, Order.id))
    assert numbers[1] > numbers[0]


def test_groups_of_a_search_and_of_an_empty_list(reader: Admin) -> None:
    """The groups are of the rows that the search finds; of none there are none, and no fault."""
    listed = reader.get("/orders/?q=delivery")
    page = reader.get("/orders/summary/?q=delivery&group=status&measure=median.total")
    assert sum(int(c.get("data-rows")) for c in page.css("[data-rows]")) == listed.count()
    for query in ("q=zzzzzz", "total.gte=99999999", "deleted=only&status=paid&total.lt=0"):
        for group in ("status", "placed_at:month", "customer"):
            empty = reader.get(f"/orders/summary/?{query}&group={group}&measure=avg.total")
            assert not empty.css("#groups")
            assert empty.text("#totals h2") == "No rows to sum up"


def test_names_of_people_come_in_one_statement(reader: Admin) -> None:
    """A hundred customers are named by one statement."""
    with reader.statements() as seen:
        page = reader.get("/orders/summary/?group=customer")
    assert len(seen) <= 3
    with Session(reader.engine) as session:
        names = set(session.scalars(sa.select(Customer.name)))
    shown = {row.get("data-group") for row in rows_of(page)} - {"None"}
    assert shown
    assert shown <= names


def test_a_table_that_does_not_answer(shop_pg: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer than the limit is a page that says so, and leads on."""
    from starlette.testclient import TestClient

    from webadmin.demo.app import build

    admin = Admin(TestClient(build(shop_pg)), shop_pg)
    admin.get("/orders/summary/?group=status")
    monkeypatch.setattr(limits.within_limit, "__defaults__", (50,))
    with shop_pg.connect() as other:
        other.execute(sa.text("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE"))
        page = admin.get("/orders/summary/?group=status")
        assert "That took too long" in page.texts("h2")
        assert page.css("#totals .wa-note")
        assert page.css("main .wa-empty a[href]")
        other.rollback()
    assert rows_of(admin.get("/orders/summary/?group=status"))
