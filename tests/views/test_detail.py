"""One row, read."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.demo.models import Customer, Order, OrderLine, Product, StaffNote

KEYS = [
    "orders",
    "order_lines",
    "products",
    "reviews",
    "customers",
    "categories",
    "staff",
    "staff_notes",
    "tags",
]


@pytest.mark.parametrize("key", KEYS)
def test_every_row_of_a_list_has_its_page(reader: Admin, key: str) -> None:
    """The first cell of a row leads to its page, whatever its key is; the page shows the row's label as its head."""
    for id in reader.get(f"/{key}/?per_page=10").ids():
        page = reader.get(f"/{key}/{id}/")
        assert page.h1
        assert page.one("h1").get("data-id") == id
        assert "object" not in page.h1
        assert reader.get(f"/{key}/{id}/change/").h1 == f"Edit {page.h1}"


def test_fields_and_links(reader: Admin) -> None:
    """Values stand by their column's name; a to-one relation leads to its row."""
    id = _some_order(reader)
    page = reader.get(f"/orders/{id}/")
    number, status = _row(reader, sa.select(Order.number, Order.status).where(Order.id == id))
    assert page.h1 == number
    assert page.text("main [data-column=number] dd") == number
    assert page.text("main [data-column=status] dd") == status.name.capitalize()
    customer = page.one("main [data-column=customer] dd a")
    assert reader.get(customer.get("href")).h1 == customer.text_content()
    assert not page.css("main [data-column=search]")


def test_related_rows(reader: Admin) -> None:
    """To-many relations are tables of the first rows with their number, a way to all and to a new one."""
    id = _some_order(reader)
    page = reader.get(f"/orders/{id}/")
    lines = reader.value(sa.select(sa.func.count()).where(OrderLine.order_id == id).select_from(OrderLine))
    rows = page.css("[data-related=lines] tbody tr")
    assert len(rows) == min(lines, 10)
    assert page.text("[data-related=lines] header .wa-badge") == str(lines)
    first = rows[0].cssselect("a.wa-id")[0]
    assert reader.get(first.get("href")).h1
    new = reader.get(_new(page, "lines"))
    assert new.form()["order"] == str(id)


def test_more_related_rows_than_are_shown(reader: Admin) -> None:
    """Ten rows are shown, and the link below leads to the list of all of them."""
    customer = reader.value(
        sa.select(Order.customer_id)
        .where(Order.deleted_at.is_(None), Order.customer_id.is_not(None))
        .group_by(Order.customer_id)
        .order_by(sa.func.count().desc())
        .limit(1)
    )
    page = reader.get(f"/customers/{customer}/")
    shown = len(page.css("[data-related=orders] tbody tr"))
    count = reader.value(
        sa.select(sa.func.count())
        .select_from(Order)
        .where(Order.customer_id == customer, Order.deleted_at.is_(None))
    )
    assert shown == min(10, count)
    everything = page.css("[data-related=orders] footer a:not([rel])")
    assert bool(everything) == (count > 10)
    for link in everything:
        assert reader.get(link.get("href")).count() == count


def test_pages_of_related_rows(reader: Admin) -> None:
    """Related rows are turned over on the row's page, to the last of them and back; a page that is none is said to be so."""
    customer = reader.value(
        sa.select(Order.customer_id)
        .where(Order.deleted_at.is_(None), Order.customer_id.is_not(None))
        .group_by(Order.customer_id)
        .order_by(sa.func.count().desc())
        .limit(1)
    )
    address, seen = f"/customers/{customer}/", []
    page = reader.get(address)
    total = int(page.text("[data-related=orders] header .wa-badge"))
    assert total > 20
    while True:
        seen += [row.get("href") for row in page.css("[data-related=orders] tbody a.wa-id")]
        following = page.css("[data-related=orders] a[rel=next]")
        if not following:
            break
        query = following[0].get("href").partition("#")[0]
        page = reader.get(address + query)
    assert len(seen) == len(set(seen)) == total
    assert page.css("[data-related=orders] a[rel=prev]")
    for wrong in ("0", "x", "-1", "9" * 9):
        reader.get(f"{address}?orders.page={wrong}", 400)


def test_statements_are_few(reader: Admin) -> None:
    """A row's page takes one statement for the row and two for each table of related rows at most."""
    customer = reader.get("/customers/?orders=any").ids()[0]
    with reader.statements() as seen:
        page = reader.get(f"/customers/{customer}/")
    assert len(seen) <= 1 + 2 * len(page.css("[data-related]")), seen


def test_a_deleted_row_says_so(reader: Admin) -> None:
    """It can be read, says when it was deleted, and offers to restore it; a live row has no such field."""
    id = reader.get("/orders/?deleted=only").ids()[0]
    page = reader.get(f"/orders/{id}/")
    assert page.one("h1").get("data-deleted") is not None
    assert page.text(".wa-note > div").startswith("Deleted ")
    assert page.action("restore/") == f"/admin/orders/{id}/restore/"
    assert f"/admin/orders/{id}/purge/" in page.links("main a").values()
    live = reader.get(f"/orders/{_some_order(reader)}/")
    assert not live.css("main [data-column=deleted_at]")


def test_keys_of_all_kinds_in_addresses(reader: Admin) -> None:
    """Text of any sort, two columns, a UUID: each row has one address, and only that one."""
    notes = reader.get("/staff_notes/?per_page=100").ids()
    with reader.engine.connect() as connection:
        slugs = connection.execute(sa.select(StaffNote.slug)).scalars().all()
    assert any("/" in slug or " " in slug for slug in slugs)
    shown = {reader.get(f"/staff_notes/{id}/").text("main [data-column=slug] dd") for id in notes}
    assert shown == {" ".join(slug.split()) for slug in slugs}
    order, position = _row(reader, sa.select(OrderLine.order_id, OrderLine.position).limit(1))
    ids = reader.get(f"/order_lines/?order={order}").ids()
    assert any(str(order) in id and str(position) in id for id in ids)
    customer = reader.value(sa.select(Customer.id).limit(1))
    assert reader.get(f"/customers/{customer}/").h1


@pytest.mark.parametrize(
    "id", ["999999999", "0", "x", "9223372036854775808", "1;2", "%00", "add2", "%E2%82%AC", "1%2F2"]
)
def test_a_row_that_does_not_exist(reader: Admin, id: str) -> None:
    """Any other id is a 404 with a way on, for the row's page and its form alike."""
    for path in (f"/orders/{id}/", f"/orders/{id}/change/", f"/orders/{id}/delete/"):
        page = reader.get(path, 404)
        assert page.links("main a")


def test_values_are_shown_by_type(reader: Admin) -> None:
    """Documents are formatted, members of an array stand apart, an amount has its currency."""
    id = reader.value(
        sa.select(Product.id).where(Product.deleted_at.is_(None), Product.image.is_not(None)).limit(1)
    )
    page = reader.get(f"/products/{id}/")
    assert page.css("main [data-column=attributes] pre")
    assert page.text("main [data-column=price] dd").startswith("€ ")


def _new(page: Page, relation: str) -> str:
    return str(page.one(f"[data-related={relation}] header a").get("href"))


def _some_order(reader: Admin) -> int:
    found: int = reader.value(
        sa.select(Order.id)
        .join(Order.lines)
        .where(Order.deleted_at.is_(None), Order.customer_id.is_not(None))
        .order_by(Order.id)
        .limit(1)
    )
    return found


def _row(reader: Admin, statement: sa.Select) -> sa.Row:
    with reader.engine.connect() as connection:
        return connection.execute(statement).one()
