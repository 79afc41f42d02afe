"""The rows of a list alone: infinite scroll."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.demo.models import Order


def _all(reader: Admin, path: str) -> list[str]:
    """The ids of all rows, from piece to piece."""
    ids: list[str] = []
    page: Page | None = reader.get(path)
    while page is not None:
        ids += page.ids()
        following = page.css("[data-next]")
        page = reader.get(following[0].get("data-next")) if following else None
        assert len(ids) < 1000
    return ids


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sort=due_on:asc",
        "sort=due_on:desc,total:asc",
        "sort=status:asc&deleted=show",
        "q=gift",
        "total.gte=50",
    ],
)
def test_pieces_make_up_the_list(reader: Admin, query: str) -> None:
    """From cursor to cursor every row comes once, in the list's own order, empty values and all."""
    found = _all(reader, f"/orders/rows?per_page=30&{query}")
    assert found == [
        id
        for number in range(1, 20)
        if number == 1 or len(found) > (number - 1) * 100
        for id in reader.get(f"/orders/?per_page=100&page={number}&{query}").ids()
    ]


def test_the_first_piece_brings_the_table(reader: Admin) -> None:
    """It comes with head and caption and without a frame; the next ones are rows to put in its place."""
    first = reader.get("/orders/rows?per_page=5")
    assert first.css("table#results thead th[data-head]")
    assert not first.css("main, html head title, nav, input")
    assert len(first.ids()) == 5
    more = first.one("[data-next]")
    assert more.get("hx-get") == more.get("data-next")
    assert more.cssselect("a")[0].get("href") == "/admin/orders/?per_page=5", (
        "pages, where there are no scripts"
    )
    second = reader.get(more.get("data-next"))
    assert not second.css("table#results")
    assert not set(first.ids()) & set(second.ids())
    assert len(second.ids()) == 5


def test_the_end_has_no_cursor(reader: Admin) -> None:
    """The last piece asks for nothing more, and an empty list has its heads."""
    assert not reader.get("/orders/rows?per_page=200&status=failed").css("[data-next]")
    nothing = reader.get("/orders/rows?q=zzzzzz")
    assert nothing.ids() == []
    assert nothing.css("table#results thead th")


@pytest.mark.parametrize("cursor", ["after=broken", "before=%00", "after=W10", "after=eyJhIjoxfQ"])
def test_a_broken_cursor_is_refused(reader: Admin, cursor: str) -> None:
    """A cursor that is none, or one of another order, is a 400 with a way to the beginning."""
    assert reader.get(f"/orders/rows?{cursor}", 400).links()
    other = reader.get("/orders/rows?per_page=5&sort=total:asc").one("[data-next]").get("data-next")
    assert reader.get(other.replace("total", "status"), 400).links()


def test_no_count_is_taken(reader: Admin) -> None:
    """Scrolling needs no total: the rows, and one statement for numbers of related rows."""
    with reader.statements() as seen:
        reader.get("/orders/rows")
    assert len(seen) <= 2, seen


def test_a_cursor_stands_while_rows_come_and_go(admin: Admin) -> None:
    """Rows deleted above the cursor neither repeat nor skip what follows."""
    before = _all(admin, "/orders/rows?per_page=200")
    first = admin.get("/orders/rows?per_page=10")
    with admin.engine.begin() as connection:
        connection.execute(sa.delete(Order).where(Order.id.in_([int(id) for id in first.ids()[:3]])))
    following = admin.get(first.one("[data-next]").get("data-next"))
    assert following.ids() == before[10:20]


def test_the_fragment_takes_what_the_list_takes(reader: Admin) -> None:
    """Columns, filters, search, sort and size, which all hold for the pieces that follow too."""
    query = "columns=status,number&total.gte=20&q=gift&sort=total:desc&per_page=3"
    whole = reader.get(f"/orders/?{query.replace('per_page=3', 'per_page=200')}").ids()
    piece = reader.get(f"/orders/rows?{query}")
    assert [head.get("data-head") for head in piece.css("thead th")] == ["status", "number"]
    found = piece.ids()
    while following := piece.css("[data-next]"):
        piece = reader.get(following[0].get("data-next"))
        assert len(piece.ids()) <= 3
        assert {cell.get("data-column") for cell in piece.css("td[data-column]")} == {"status", "number"}
        found += piece.ids()
    assert found == whole


def test_rows_of_the_list_itself(reader: Admin) -> None:
    """Asked by the admin's own list, rows have their check boxes and buttons, as the first ones have."""
    reader.get("/orders/")
    one = reader.get("/orders/rows?per_page=5").one("[data-next]").get("data-next")
    plain, own = reader.get(one), reader.get(f"{one}&_in=list")
    assert not plain.css("input, .wa-actions")
    assert len(own.css("input[data-select]")) == len(own.css(".wa-actions a[data-row-edit]")) == 5
    assert "_in=list" in own.one("[data-next]").get("data-next")
    assert not own.css("tr[tabindex='0']")


def test_no_other_site_may_read(reader: Admin) -> None:
    """Rows are for pages of the same origin: no header lets another one in, and nothing answers its questions."""
    answer = reader.client.get("/admin/orders/rows", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    asked = reader.client.options(
        "/admin/orders/rows",
        headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"},
    )
    assert asked.status_code == 405


@pytest.mark.parametrize(
    "change",
    [{"status": "paid"}, {"deleted": "show"}, {"q": "gift"}, {"sort": "total:asc"}, {"total.gte": "5"}],
)
def test_a_cursor_belongs_to_its_rows(reader: Admin, change: dict[str, str]) -> None:
    """With another filter, search, order or scope of deleted rows it is refused; other columns and sizes are no matter."""
    after = reader.get("/orders/rows?per_page=5").one("[data-next]").get("data-next")
    refused = reader.get(f"{after}&{urlencode(change)}", 400)
    assert refused.links()
    assert len(reader.get(f"{after.replace('per_page=5', 'per_page=7')}&columns=number").ids()) == 7
