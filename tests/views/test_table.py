"""The table of a list: heads, cells, numbered pages."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from tests.pages import query
from tests.views.conftest import Admin
from webadmin.demo.models import Order, Product


def test_numbered_pages(reader: Admin) -> None:
    """Pages follow on one another without gap or double; a number past the end is the last page."""
    first, second = reader.get("/orders/?per_page=50"), reader.get("/orders/?per_page=50&page=2")
    assert not set(first.ids()) & set(second.ids())
    assert first.text(".wa-pager__range").startswith("1–50 of ")
    pages = first.pages()
    assert query(pages["Next page"]) == query(pages["Page 2"]) == [("per_page", "50"), ("page", "2")]
    last, beyond = reader.get(pages["Last page"]), reader.get("/orders/?per_page=50&page=100000")
    assert last.ids() == beyond.ids()
    assert last.ids()[-1] == str(
        reader.value(
            sa.select(Order.id).where(Order.deleted_at.is_(None)).order_by(Order.placed_at, Order.id).limit(1)
        )
    )
    assert "Next page" not in last.pages()
    assert last.pages()["Previous page"]


def test_an_order_of_several_keys(reader: Admin) -> None:
    """Rows stand in the order of the address; heads say so and link to what follows."""
    page = reader.get("/orders/?sort=status:asc,total:desc&per_page=200&deleted=show")
    with reader.engine.connect() as connection:
        rows = connection.execute(
            sa.select(Order.id).order_by(Order.status, Order.total.desc(), Order.id.desc())
        )
        wanted = [str(id) for (id,) in rows]
    assert sorted(page.ids()) == sorted(wanted)
    totals = [_amount(text) for text in page.column("total")]
    by_status: dict[str, list[Decimal]] = {}
    for status, total in zip(page.column("status"), totals, strict=True):
        by_status.setdefault(status, []).append(total)
    assert all(some == sorted(some, reverse=True) for some in by_status.values())
    assert list(by_status) == list(dict.fromkeys(page.column("status"))), "each status stands together"
    assert page.one("th[aria-sort]").get("data-head") == "status"
    links = {head: page.one(f"#sort-{head}") for head in ("status", "total", "placed_at")}
    assert ("sort", "status:desc") in query(links["status"].get("href"))
    assert ("sort", "status:asc,total:asc") in query(links["total"].get("data-sort-add"))
    assert ("sort", "status:asc,total:desc,placed_at:asc") in query(links["placed_at"].get("data-sort-add"))


def test_chosen_columns(reader: Admin) -> None:
    """``columns`` names what is shown, in that order."""
    page = reader.get("/orders/?columns=status,id")
    assert list(page.table()[0]) == ["status", "id"]


def test_cells_by_type(reader: Admin) -> None:
    """Times hold an ISO time with its zone, numbers stand to the right, a number of related rows leads to them."""
    page = reader.get("/orders/?lines=any")
    assert all("T" in time.get("datetime") for time in page.css("td[data-column=placed_at] time"))
    assert "wa-num" in page.css("td[data-column=total]")[0].get("class").split()
    assert "wa-num" in page.css("td[data-column=lines]")[0].get("class").split()
    link = page.css("td[data-column=lines] a")[0]
    assert reader.get(link.get("href")).count() == int(link.text_content())


def test_a_model_without_options_has_good_columns(reader: Admin) -> None:
    """The first column is a label that leads to the row; long texts, search columns and pictures stay away."""
    page = reader.get("/staff_notes/")
    heads = page.texts("#results thead th[data-head]")
    assert "Title" in heads
    assert all(row["title"] for row in page.table())
    product = reader.get("/products/")
    assert not {"search", "image", "description", "attributes"} & set(product.table()[0])
    assert (
        reader.value(sa.select(sa.func.count()).select_from(Product).where(Product.deleted_at.is_(None)))
        == product.count()
    )


def _amount(text: str) -> Decimal:
    return Decimal(text.rpartition(" ")[2].replace(",", ""))
