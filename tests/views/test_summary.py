"""The summary of a list, as a page and below the list."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from statistics import median
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.demo.models import Order, OrderStatus


def totals(reader: Admin, *where: sa.ColumnElement[bool]) -> list[Decimal]:
    with Session(reader.engine) as session:
        return list(session.scalars(sa.select(Order.total).where(Order.deleted_at.is_(None), *where)))


def value(page: Page, measure: str) -> str:
    return str(page.one(f'#totals [data-measure="{measure}"]').get("data-value"))


def groups(page: Page) -> dict[str, int]:
    return {
        row.get("data-group"): int(row.cssselect("[data-rows]")[0].get("data-rows"))
        for row in page.css("#groups tbody tr")
    }


def test_all_rows(reader: Admin) -> None:
    """Sum, average, median, least and greatest of what the list shows."""
    page = reader.get("/orders/summary/")
    found = totals(reader)
    assert page.h1 == "Summary of Orders"
    assert Decimal(value(page, "sum.total")) == sum(found)
    assert round(Decimal(value(page, "avg.total")), 4) == round(sum(found) / len(found), 4)
    assert round(Decimal(value(page, "median.total")), 3) == median(found)
    assert Decimal(value(page, "min.total")) == min(found)
    assert Decimal(value(page, "max.total")) == max(found)
    assert not page.css('#totals [data-measure="sum.placed_at"]')
    assert page.one('#totals [data-measure="max.placed_at"]') is not None


def test_the_list_leads_there_with_its_filters(reader: Admin) -> None:
    """The button and the bar below the rows are about exactly the rows of the list."""
    page = reader.get("/orders/?status=delivered&total.gte=100&page=2&per_page=10&sort=total:desc")
    button = page.one("#summarise").get("href")
    assert page.one("#summary [hx-get]").get("hx-get") == button
    found = totals(reader, Order.status == OrderStatus.DELIVERED, Order.total >= 100)
    summary = reader.get(button)
    assert Decimal(value(summary, "sum.total")) == sum(found)
    assert reader.get(summary.links()["Show the rows"]).count() == page.count() == len(found)
    bar = reader.get(button, **{"HX-Request": "true"})
    assert Decimal(value(bar, "sum.total")) == sum(found)
    assert not bar.css("main, h1, form")
    assert reader.get(bar.links()["Group the rows, and draw a chart"]).h1 == summary.h1


def test_groups_lead_to_their_rows(reader: Admin) -> None:
    """Every group has its number of rows and its sum, and its link shows them."""
    page = reader.get("/orders/summary/?group=status&measure=sum.total&deleted=hide")
    with Session(reader.engine) as session:
        rows = session.execute(sa.select(Order.status, Order.total).where(Order.deleted_at.is_(None))).all()
    counted = Counter(str(status.value).capitalize() for status, _total in rows)
    assert groups(page) == counted
    for row in page.css("#groups tbody tr"):
        name = row.get("data-group")
        total = sum(total for status, total in rows if str(status.value).capitalize() == name)
        assert Decimal(row.cssselect("[data-measure]")[0].get("data-value")) == total
        assert reader.get(row.cssselect("a")[0].get("href")).count() == counted[name]
    chart = page.one("svg[data-chart]")
    assert chart.get("data-chart") == "bar"
    assert len(chart.cssselect("[data-mark]")) == len(counted)


def test_rows_without_a_value_are_a_group(reader: Admin) -> None:
    """Orders that nobody handles are one, also in the list that it links to."""
    page = reader.get("/orders/summary/?group=handled_by")
    row = page.one('#groups tr[data-group="None"]')
    link = row.cssselect("a")[0].get("href")
    assert parse_qs(urlsplit(link).query) == {"handled_by.null": ["true"]}
    assert reader.get(link).count() == int(row.cssselect("[data-rows]")[0].get("data-rows"))
    names = [name for name in groups(page) if name != "None"]
    assert names
    assert not any(name.isdigit() for name in names), "people have names"


def test_months_are_a_line(reader: Admin) -> None:
    """Months follow one another, also those without rows, and are drawn as a line."""
    page = reader.get("/orders/summary/?group=placed_at:month&channel=phone")
    months = [row.get("data-group") for row in page.css("#groups tbody tr")]
    assert len(months) > 10
    assert sum(groups(page).values()) == reader.get("/orders/?channel=phone").count()
    assert 0 in groups(page).values()
    assert page.one("svg[data-chart]").get("data-chart") == "line"
    for row in page.css("#groups tbody tr"):
        if links := row.cssselect("a"):
            number = int(row.cssselect("[data-rows]")[0].get("data-rows"))
            assert reader.get(links[0].get("href")).count() == number


def test_the_form_asks_for_groups(reader: Admin) -> None:
    """What is chosen in it is asked for, with the filters of the list; its conditions are chips."""
    page = reader.get("/orders/summary/?total.gte=50")
    form = page.form("group")
    form |= {"group": "channel", "measure": "count", "having.gte": "20", "order": "group:asc"}
    asked = reader.client.get(page.action("group"), params=form)
    assert asked.status_code == 200
    with Session(reader.engine) as session:
        stmt = sa.select(Order.channel, sa.func.count()).where(Order.deleted_at.is_(None), Order.total >= 50)
        counted = {c.value: n for c, n in session.execute(stmt.group_by(Order.channel)).all()}
    found = Page(reader.get(str(asked.url.raw_path, "ascii")).root)
    assert sorted(groups(found).values()) == sorted(n for n in counted.values() if n >= 20)
    texts = found.texts(".wa-chip > span")
    assert "Rows ≥ 20" in texts
    without = reader.get(found.css(".wa-chip__x")[-1].get("href"))
    assert len(groups(without)) == len(counted)
    assert found.form("group")["having.gte"] == "20"


def test_empty_states(reader: Admin) -> None:
    """Without rows, and without a group that is left, the page says so and leads on."""
    page = reader.get("/orders/summary/?note=nothing+like+this")
    assert page.text("#totals h2") == "No rows to sum up"
    assert not page.css("form#group")
    page = reader.get("/orders/summary/?group=status&having=count.gte:100000")
    assert "No group is left" in page.texts("h2")
    assert not page.css("#groups")


def test_first_rows_of_each_group(reader: Admin) -> None:
    """The summary is about the rows that the list shows, and no group pretends to be a filter of it."""
    listed = reader.get("/orders/?latest_per=customer&per_page=100")
    assert listed.texts(".wa-chip > span") == ["Latest per customer"]
    page = reader.get(listed.one("#summarise").get("href") + "&group=status")
    assert sum(groups(page).values()) == listed.count()
    assert not page.css("#groups a")
    assert reader.get(listed.one(".wa-chip__x").get("href")).count() > listed.count()
    assert reader.get("/products/?top=3&per=category").texts(".wa-chip > span") == ["Top 3 per category"]


def test_the_filter_form_asks_for_the_latest(reader: Admin) -> None:
    """The form of the filters has it, and keeps it."""
    page = reader.get("/orders/")
    answer = reader.client.get("/admin/orders/", params=page.form("filters") | {"latest_per": "customer"})
    assert "latest_per=customer" in str(answer.url)
    chosen = reader.get("/orders/?latest_per=customer")
    assert chosen.form("filters")["latest_per"] == "customer"
    kept = reader.get("/orders/?top=2&per=customer").form("filters")
    assert (kept["top"], kept["per"]) == ("2", "customer")


@pytest.mark.parametrize(
    "query",
    [
        "group=search", "group=nothing", "group=placed_at:second", "measure=sum.number&group=status", "having=x",
        "order=sideways", "status=lost", "group=status&having=count.gte:1e400", "page=x",
    ],
)  # fmt: skip
def test_refused(reader: Admin, query: str) -> None:
    """What the summary does not know is a page that says so and leads to what it knows."""
    page = reader.get(f"/orders/summary/?{query}", 400)
    assert page.css("main a[href]")


def test_two_statements(reader: Admin) -> None:
    """All rows are one statement, groups another, names of related rows a third."""
    for query, most in (("", 1), ("group=status", 2), ("group=customer", 3)):
        with reader.statements() as seen:
            reader.get(f"/orders/summary/?{query}")
        assert len(seen) <= most, query


def test_every_view_has_a_summary(reader: Admin) -> None:
    """Also those without numbers, and by every group that is suggested."""
    for key in (
        "customers",
        "products",
        "order_lines",
        "reviews",
        "categories",
        "tags",
        "staff",
        "staff_notes",
    ):
        page = reader.get(f"/{key}/summary/")
        for link in page.css("#suggested a"):
            assert reader.get(link.get("href")).css("#groups")
