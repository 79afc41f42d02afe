"""The list of all changes, the page of one, and what narrows the list down."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.pages import Page, words
from tests.views.conftest import Admin
from webadmin.database.own_tables.changes import change
from webadmin.demo.models import Customer, Order


def lines(page: Page) -> list[str]:
    return [words(line) for line in page.css("#changes > li p")]


def orders(admin: Admin, count: int) -> list[int]:
    """Orders that are not deleted."""
    with admin.engine.connect() as connection:
        stmt = sa.select(Order.id).where(Order.deleted_at.is_(None)).order_by(Order.id).limit(count)
        return list(connection.execute(stmt).scalars())


def save(admin: Admin, address: str, **fields: str) -> Page:
    return admin.confirm(admin.get(address), **fields, _then="list")


def test_what_was_done(kept: Admin) -> None:
    """Each request that changed something is one line: who did what to which row of which list, the newest first."""
    assert not kept.get("/changes/").css("#changes > li")
    first, second = orders(kept, 2)
    numbers = [kept.value(sa.select(Order.number).where(Order.id == id)) for id in (first, second)]
    save(kept, f"/orders/{first}/change/", note="Ring.")
    kept.confirm(kept.get(f"/orders/{second}/delete/"))
    save(kept, "/tags/add/", name="Fragile goods")
    page = kept.get(kept.get("/").links(".wa-side a")["Changes"])
    assert lines(page) == [
        "Local user created Fragile goods in Tags",
        f"Local user deleted {numbers[1]} in Orders",
        f"Local user changed {numbers[0]} in Orders",
    ]
    shown = kept.get(page.links("#changes a")[numbers[0]])
    assert shown.h1 == f"Local user changed {numbers[0]}"
    assert [words(cell) for cell in shown.css('tr[data-column="note"] td')][1] == "Ring."
    assert shown.css("[data-row=update]")


def test_found_by_its_request(kept: Admin) -> None:
    """The number that an answer carries, and the log with it, finds the change that was made by that request."""
    form = kept.get("/tags/add/")
    answer = kept.client.post(
        form.action("form"), data=form.form("form") | {"name": "Found goods"}, follow_redirects=False
    )
    number = answer.headers["x-request-id"]
    save(kept, "/tags/add/", name="Other goods")
    (line,) = lines(kept.get(f"/changes/?q={number}"))
    assert "Found goods" in line
    assert not lines(kept.get(f"/changes/?q={number[:-1]}"))


def test_narrowed_down(kept: Admin) -> None:
    """By list, kind, person, words and days; what cannot be asked for is a plain 400."""
    save(kept, f"/orders/{orders(kept, 1)[0]}/change/", note="Ring.")
    save(kept, "/tags/add/", name="Fragile goods")
    today, before = dt.datetime.now(dt.UTC).date(), dt.date(2020, 1, 1)
    for query, count in (
        ("", 2), ("list=tags", 1), ("list=nothing", 0), ("kind=create", 1), ("kind=purge", 0), ("who=local", 2), ("who=Ana", 0),
        ("q=FRAGILE", 1), ("q=100%25", 0), (f"from={today}", 2), (f"to={before}", 0), (f"from={before}&to={today}&q=goods", 1),
    ):  # fmt: skip
        assert len(lines(kept.get(f"/changes/?{query}"))) == count, query
    for query in ("kind=theft", "from=yesterday", "to=2026-02-30", "from=0001-01-01", "before=1", "q=%00"):
        kept.get(f"/changes/?{query}", 400)
    for id in ("1", "018bf715-7320-7c4c-9a42-38a0b923820d", "x" * 300):
        kept.get(f"/changes/{id}/", 404)
        kept.get(f"/changes/{id}/undo/", 404)
    some = kept.value(sa.select(change.c.id).limit(1))
    kept.get(f"/changes/{some}/?after=x", 400)


def test_pages(kept: Admin) -> None:
    """Pages go on where the last one ended, in the list of changes, in a row's history and among the rows of a change."""
    id = orders(kept, 1)[0]
    for number in range(27):
        save(kept, f"/orders/{id}/change/", note=f"Note {number}")
    for address, size in (("/changes/", 25), (f"/orders/{id}/history/", 20)):
        first = kept.get(address)
        assert len(first.css("[data-change]")) == size
        second = kept.get(first.one("a[rel=next]").get("href"))
        assert len(second.css("[data-change]")) == 27 - size
        assert not second.css("a[rel=next]")
        both = [line.get("data-change") for page in (first, second) for line in page.css("[data-change]")]
        assert len(set(both)) == 27
        assert kept.get(second.links()["Newest"]).css("[data-change]")[0].get("data-change") == both[0]


def test_a_change_of_many_rows(kept: Admin) -> None:
    """The rows of a large change come fifty at a time, each with what became of it."""
    ids = [str(id) for id in orders(kept, 60)]
    kept.confirm(kept.act(kept.get("/orders/"), "delete", ids))
    page = kept.get("/changes/")
    change_url = next(iter(page.links("#changes a").values()))
    first = kept.get(change_url)
    assert len(first.css("#rows tbody tr")) == 50
    assert "60 changed" in first.text("main dl")
    assert len(kept.get(first.one("a[rel=next]").get("href")).css("[data-row]")) == 10


def test_without_own_tables(admin: Admin) -> None:
    """Where webadmin's own tables are missing the pages say so, and how to make them; nothing else is lost."""
    id = orders(admin, 1)[0]
    save(admin, f"/orders/{id}/change/", note="Ring.")
    for address in ("/changes/", f"/orders/{id}/history/"):
        assert "webadmin migrate URL" in admin.get(address).text("main")
    admin.get("/changes/018bf715-7320-7c4c-9a42-38a0b923820d/", 404)


@pytest.mark.parametrize("key", ["orders", "customers"])
def test_rows_that_never_were(kept: Admin, key: str) -> None:
    """A row that does not exist and never did has no history."""
    assert kept.value(sa.select(Customer.id).limit(1)) is not None
    for id in ("999999999", "00000000-0000-7000-8000-000000000000", "x"):
        kept.get(f"/{key}/{id}/history/", 404)
