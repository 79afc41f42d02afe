"""The list of a model's rows, as people and other programs rely on it."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.pages import query
from tests.views.conftest import Admin
from webadmin.demo.models import Customer, Order, OrderStatus

LIVE = sa.select(sa.func.count()).select_from(Order).where(Order.deleted_at.is_(None))
MOST_STATEMENTS = 4

QUERIES = [
    "",
    "page=3",
    "page=last",
    "sort=total:desc,status:asc",
    "q=gift",
    "q=gift&status=paid&status=sent&total.gte=10&sort=status:asc",
    "placed_at.range=this-year&customer.country=DE",
    "lines=none&deleted=show",
    "tags.contains=gift&note.null=false",
    "per_page=100&deleted=only",
    "columns=id,customer,handled_by,approved_by,lines",
]


def test_the_table_and_its_rows(reader: Admin) -> None:
    """Rows carry the id of their address, cells the name of their column, and the total is a number."""
    page = reader.get("/orders/")
    assert page.one("table#results").get("role") == "table"
    assert page.ids() == [str(number) for number in page.ids()]
    assert len(page.ids()) == 25
    assert list(page.table()[0]) == ["number", "customer", "status", "total", "lines", "placed_at", "note"]
    assert (page.count(), page.exact()) == (reader.value(LIVE), True)
    assert len(page.css("h1")) == 1
    assert len(page.css("main")) == 1
    for id in page.ids():
        assert page.one(f'tr[data-id="{id}"] td[data-column=number] a').get("href") == f"/admin/orders/{id}/"


@pytest.mark.parametrize("query_string", QUERIES)
def test_statements_are_few(reader: Admin, query_string: str) -> None:
    """Whatever a list shows, it takes at most four statements."""
    with reader.statements() as seen:
        reader.get(f"/orders/?{query_string}")
    assert 1 <= len(seen) <= MOST_STATEMENTS, seen


@pytest.mark.parametrize(
    "key", ["customers", "products", "order_lines", "reviews", "categories", "staff_notes"]
)
def test_statements_are_few_for_every_table(reader: Admin, key: str) -> None:
    """Tables without options keep the budget as well, deleted rows and all."""
    with reader.statements() as seen:
        reader.get(f"/{key}/")
    assert 1 <= len(seen) <= MOST_STATEMENTS, seen


def test_only_safelisted_columns_sort(reader: Admin) -> None:
    """A head that cannot be sorted by is plain text; asking for it by address is refused with the names that can."""
    assert not reader.get("/orders/").css("[data-head=note] a, [data-head=customer] a")
    refused = reader.get("/orders/?sort=note:asc&status=paid", 400)
    said = refused.text("main h1 + p")
    assert all(name in said for name in ("note", "number", "status", "total", "placed_at", "due_on"))
    again = next(url for label, url in refused.links("main a").items() if label.startswith("Show"))
    assert query(again) == [("status", "paid")]
    assert reader.get(again).table()


@pytest.mark.parametrize(
    "bad",
    [
        "page=two", "per_page=none", "per_page=0", "per_page=5000", "sort=total:up", "sort=search:asc",
        "after=broken", "before=!!!", "deleted=maybe", "status=lost", "total.gte=ten", "placed_at.gte=yesterday-ish",
        "placed_at.range=last-decade", "customer=nobody", "lines=some", "note.null=perhaps", "colour=red",
        "total.gte=99999999999999999999999999", "columns=secret", "q=%00", "number.contains=x", "status.bigger=1",
        "customer.email=x", "total.gte=NaN", "placed_at.gte=99999-01-01", "q=%FF",
    ],
)  # fmt: skip
def test_bad_values_are_refused_in_a_sentence(reader: Admin, bad: str) -> None:
    """A query string that cannot be used is a 400 page with a sentence and a way on, never words of the database."""
    page = reader.get(f"/orders/?{bad}", 400)
    said = page.text("main h1 + p")
    assert said.endswith(".")
    assert "Error" not in said
    assert "psycopg" not in said
    assert [url for label, url in page.links("main a").items() if url.startswith("/admin/orders/")]


def test_filters_narrow(reader: Admin) -> None:
    """Each kind of filter shows the rows that it says, and no others."""
    assert set(reader.get("/orders/?status=paid&status=sent").column("status")) <= {"Paid", "Sent"}
    assert "Paid" not in reader.get("/orders/?status.not=paid&per_page=200").column("status")
    between = [_amount(text) for text in reader.get("/orders/?total.gte=20&total.lt=60").column("total")]
    assert between
    assert all(20 <= amount < 60 for amount in between)
    assert set(reader.get("/orders/?note.null=true").column("note")) == {"–"}
    assert "–" not in reader.get("/orders/?note.null=false").column("note")
    assert set(reader.get("/orders/?lines=none").column("lines")) <= {"–"}
    both = [reader.get(f"/orders/?lines={which}&deleted=show").count() for which in ("any", "none")]
    assert sum(both) == reader.get("/orders/?deleted=show").count()
    in_germany = (
        sa.select(sa.func.count())
        .select_from(Order)
        .join(Order.customer)
        .where(Customer.country == "DE", Order.deleted_at.is_(None))
    )
    assert reader.get("/orders/?customer.country=DE").count() == reader.value(in_germany)


def test_a_relation_is_filtered_by_the_id_of_its_row(reader: Admin) -> None:
    """The id is that of the row's address; its chip has the label."""
    row = next(
        row
        for row in reader.get("/orders/").css("tr[data-id]")
        if row.cssselect("td[data-column=customer] a")
    )
    link = row.cssselect("td[data-column=customer] a")[0]
    page = reader.get(f"/orders/?customer={link.get('href').rstrip('/').rpartition('/')[2]}")
    assert set(page.column("customer")) == {link.text_content()}
    assert page.chips() == [f"Customer {link.text_content()}"]
    assert (
        page.one("#filters [data-lookup][data-label]:not([data-label=''])").get("data-label")
        == link.text_content()
    )


def test_chips_take_one_filter_away_each(reader: Admin) -> None:
    """Every active filter is a chip with an address that keeps the others; clear all keeps sort and toggle."""
    page = reader.get("/orders/?status=paid&total.gte=10&q=a&sort=total:asc&deleted=show")
    assert page.chips() == ["Status Paid", "Total ≥ 10"]
    removed = [query(link.get("href")) for link in page.css(".wa-chip__x")]
    kept = [("q", "a"), ("deleted", "show"), ("sort", "total:asc")]
    assert [sorted(pairs) for pairs in removed] == [
        sorted([*kept, ("total.gte", "10")]),
        sorted([*kept, ("status", "paid")]),
    ]
    assert sorted(query(page.links("main a")["Clear all"])) == [("deleted", "show"), ("sort", "total:asc")]


def test_the_filter_form_says_what_the_address_says(reader: Admin) -> None:
    """The form is sent by GET to the list, holds what is filtered by and carries the rest along."""
    page = reader.get("/orders/?status=paid&status=sent&total.gte=10&q=a&sort=total:asc&page=2&per_page=50")
    form = page.find_form("filters")
    assert (form.get("method"), form.get("action")) == ("get", "/admin/orders/")
    fields = page.form("filters")
    assert fields["status"] == ["paid", "sent"]
    assert (fields["total.gte"], fields["q"], fields["sort"], fields["per_page"]) == (
        "10",
        "a",
        "total:asc",
        "50",
    )
    assert "page" not in fields
    assert len(page.css("#filters input[type=checkbox][name=status]")) == len(OrderStatus)


def test_search_finds_and_marks(reader: Admin) -> None:
    """The rows that hold the words come, with the words marked where they stand."""
    page = reader.get("/orders/?q=gift")
    assert page.count() == len(page.table()) > 0
    assert page.one("#q").get("value") == "gift"
    marked = page.css("td[data-column=note] mark")
    assert marked
    assert {mark.text_content().lower() for mark in marked} == {"gift"}
    assert reader.get("/orders/?q=zzzzzz").count() == 0


def test_no_rows_still_have_a_table(reader: Admin) -> None:
    """An empty list keeps its table with its heads, says why it is empty and offers the way back."""
    page = reader.get("/orders/?q=zzzzzz")
    assert page.table() == []
    assert page.texts("table#results thead th[data-head]")[0] == "Number"
    assert (page.count(), page.exact()) == (0, True)
    assert page.text(".wa-empty h2") == "No orders match"
    assert reader.get(page.one(".wa-empty a").get("href")).table()


def test_deleted_rows_hide_show_or_stand_alone(reader: Admin) -> None:
    """Hidden by default; shown they are marked and can be restored, not edited; alone there is nothing else."""
    hidden, shown, only = (
        reader.get(f"/orders/?deleted={which}&per_page=200") for which in ("hide", "show", "only")
    )
    assert hidden.ids() == reader.get("/orders/?per_page=200").ids()
    assert not hidden.deleted_ids()
    assert shown.count() == hidden.count() + only.count()
    assert only.deleted_ids() == only.ids() != []
    id = only.ids()[0]
    row = only.one(f'tr[data-id="{id}"]')
    assert row.cssselect("form")[0].get("action") == f"/admin/orders/{id}/restore/"
    assert not row.cssselect(f'a[href="/admin/orders/{id}/change/"]')
    assert [link.get("aria-current") for link in only.css('[aria-label="Deleted rows"] a')] == [
        None,
        None,
        "true",
    ]
    assert not reader.get("/categories/").css('[aria-label="Deleted rows"]'), "nothing is soft-deleted there"


def test_a_deleted_parent_shows_marked(reader: Admin) -> None:
    """A label of a deleted row still shows, struck through and said."""
    customer = reader.value(
        sa.select(Customer.id).join(Customer.orders).where(Customer.deleted_at.is_not(None)).limit(1)
    )
    cell = reader.get(f"/orders/?customer={customer}&deleted=show").css("td[data-column=customer]")[0]
    assert cell.cssselect("s")
    assert "deleted" in cell.text_content()


def test_htmx_gets_the_results_alone(reader: Admin) -> None:
    """A swap gets no frame; the whole page is for everybody else, and for going back in history."""
    block = reader.get("/orders/?page=2", **{"HX-Request": "true"})
    assert len(block.css("table#results")) == 1
    assert not block.css("html head title, nav.wa-side, main")
    assert block.ids() == reader.get("/orders/?page=2").ids()
    assert (
        reader.get("/orders/?page=2", **{"HX-Request": "true", "HX-Request-Type": "full"}).one("main")
        is not None
    )


def test_answers_are_not_kept(reader: Admin) -> None:
    """Rows never stay in a cache, and nothing but own files may run."""
    headers = reader.client.get("/admin/orders/").headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]
    page = reader.get("/orders/?deleted=show")
    assert not page.css("[style], style, script:not([src]), [onclick], [onchange]")


def test_an_unknown_table_does_not_exist(reader: Admin) -> None:
    """A key that nobody registered is a 404 with a way home."""
    page = reader.get("/nothing/", 404)
    assert "/admin/" in page.links("main a").values()


def _amount(text: str) -> Decimal:
    return Decimal(text.rpartition(" ")[2].replace(",", ""))
