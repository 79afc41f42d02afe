"""Exports: every row of what the list shows, in every format, by the database itself where that is the same."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, ModelView, User
from webadmin.database.stop import Stop
from webadmin.demo.models import Order, OrderStatus, Product
from webadmin.demo.views import register


def admin_of(engine: Engine, **options: Any) -> Admin:
    admin = Admin(engine, title="Shop", **options)
    register(admin)
    return admin


@pytest.fixture(params=["postgresql", "sqlite"], scope="module")
def client(request: pytest.FixtureRequest, kept_shop: Any) -> TestClient:
    return TestClient(admin_of(kept_shop(request.param)))


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def ids(client: TestClient, query: str) -> list[str]:
    return [row["id"] for row in rows_of(client.get(f"/orders/export/?format=csv&columns=id&{query}"))]


def test_what_the_list_shows(client: TestClient) -> None:
    """Filters, sort, search and columns of the list hold; its pages do not."""
    shown = parse(client.get("/orders/?status=paid&sort=total:desc&per_page=25").text)
    exported = rows_of(
        client.get("/orders/export/?format=csv&status=paid&sort=total:desc&columns=id,total,status&page=2")
    )
    assert len(exported) == int(shown.one("[data-count]").get("data-count"))
    assert [row["id"] for row in exported[:25]] == [
        row.get("data-id") for row in shown.css("#results tr[data-id]")
    ]
    assert {row["status"] for row in exported} == {"paid"}
    assert list(exported[0]) == ["id", "total", "status"]
    found = parse(client.get("/orders/?q=anna&per_page=100").text)
    assert set(ids(client, "q=anna")) >= {row.get("data-id") for row in found.css("#results tr[data-id]")}
    assert len(ids(client, "deleted=only")) < len(ids(client, "")) < len(ids(client, "deleted=show"))
    assert len(ids(client, "latest_per=customer")) == len(set(ids(client, "latest_per=customer")))


def test_formats(client: TestClient) -> None:
    """The same rows as CSV, JSON, JSON lines and in a workbook."""
    address = "/orders/export/?status=paid&columns=id,total,status,placed_at,note&format="
    table = rows_of(client.get(address + "csv"))
    array = client.get(address + "json")
    assert [str(row["id"]) for row in array.json()] == [row["id"] for row in table]
    assert array.headers["content-type"] == "application/json"
    lines = [json.loads(line) for line in client.get(address + "jsonl").text.splitlines()]
    assert lines == array.json()
    book = openpyxl.load_workbook(io.BytesIO(client.get(address + "xlsx").content), read_only=True)
    heads, *cells = book.worksheets[0].iter_rows(values_only=True)
    assert heads == ("id", "total", "status", "placed_at", "note")
    assert [str(row[0]) for row in cells] == [row["id"] for row in table]
    assert float(cells[0][1]) == float(table[0]["total"])


def test_forms(client: TestClient) -> None:
    """Headings, related rows and values as the list writes them, other separators, a mark at the beginning."""
    row = rows_of(client.get("/orders/export/?format=csv&headings=labels&relations=label&status=paid"))[0]
    shown = parse(client.get("/orders/?status=paid").text)
    assert row["Customer"] == shown.css('#results td[data-column="customer"]')[0].text_content().strip()
    spoken = rows_of(client.get("/orders/export/?format=csv&values=formatted&status=paid"))[0]
    assert spoken["status"] == "Paid"
    text = client.get("/orders/export/?format=csv&delimiter=semicolon&bom=yes&columns=id,total").content
    assert text.startswith(b"\xef\xbb\xbfid;total\n")
    assert client.get("/orders/export/?format=csv&delimiter=tab&columns=id,total").text.startswith(
        "id\ttotal\n"
    )


def test_name_of_the_file(client: TestClient) -> None:
    """The browser keeps it under the list's name with the moment, and shows nothing of it as a page."""
    answer = client.get("/orders/export/?format=csv&status=paid")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Orders%20")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "query", ["format=pdf", "format=csv&delimiter=x", "format=csv&status=nothing", "format=csv&sort=note"]
)
def test_refused(client: TestClient, query: str) -> None:
    """What an export does not know is told in words, with what it does."""
    answer = client.get(f"/orders/export/?{query}")
    assert answer.status_code == 400
    assert parse(answer.text).css("main p")[0].text_content().strip()


def test_page(client: TestClient) -> None:
    """Without a format the page asks how, and its form carries the list's query along."""
    page = parse(client.get("/orders/export/?status=paid&sort=total:desc").text)
    form = page.one("#form")
    assert form.get("method") == "get"
    carried = {field.get("name"): field.get("value") for field in form.cssselect('input[type="hidden"]')}
    assert carried == {"status": "paid", "sort": "total:desc"}
    assert page.one("[data-rows]").get("data-rows").isdigit()
    listed = parse(client.get("/orders/?status=paid").text)
    links = [link.get("href") for link in listed.css("a[download]")]
    assert any("format=csv" in link and "status=paid" in link for link in links)
    assert rows_of(client.get(links[0]))


def test_size_before_the_file(client: TestClient) -> None:
    """The page says about how large the file will be, by its first rows; nothing where there are none."""
    text = parse(client.get("/orders/export/?columns=id,status,note").text).one("#size").text_content()
    told = re.search(r"([\d,.]+) kB as CSV", text)
    assert told is not None
    size = len(client.get("/orders/export/?format=csv&columns=id,status,note").content) / 1024
    assert size / 1.5 < float(told[1].replace(",", "")) < size * 1.5
    assert not parse(client.get("/orders/export/?total.gt=99999999").text).css("#size")


def test_chosen_rows(client: TestClient) -> None:
    """Rows that were chosen in the list are exported alone, in its order; or all that match."""
    page = parse(client.get("/orders/?sort=total:desc").text)
    token = page.css('input[name="csrf_token"]')[0].get("value")
    chosen = [row.get("data-id") for row in page.css("#results tr[data-id]")[:3]]
    data = {"csrf_token": token, "id": list(reversed(chosen)), "query": "sort=total:desc&columns=id"}
    asked = parse(client.post("/orders/export/", data=data).text)
    assert asked.one("#form").get("method") == "post"
    assert asked.one("[data-rows]").get("data-rows") == "3"
    found = rows_of(client.post("/orders/export/", data=data | {"format": "csv"}))
    assert [row["id"] for row in found] == chosen
    every = {"csrf_token": token, "all": "1", "query": "status=paid&columns=id", "format": "csv"}
    assert rows_of(client.post("/orders/export/", data=every)) == rows_of(
        client.get("/orders/export/?status=paid&columns=id&format=csv")
    )
    assert client.post("/orders/export/", data={"format": "csv", "id": "1"}).status_code == 403


def test_scope_and_rights(shop: Engine) -> None:
    """Rows outside the person's scope are in no file, nor is anything for who may not export."""
    admin = admin_of(shop, identify=lambda request: User("x", grants=["orders.view", "customers.view"]))
    client = TestClient(admin)
    assert client.get("/orders/export/?format=csv").status_code == 403
    assert not parse(client.get("/orders/").text).css("a[download]")

    view = admin.registry.views["orders"]
    type(view.options).scope = lambda self, stmt, user: stmt.where(Order.status == OrderStatus.PAID)
    try:
        admin = admin_of(shop, identify=lambda request: User("x", grants=["*"]))
        found = rows_of(TestClient(admin).get("/orders/export/?format=csv&columns=status&deleted=show"))
        assert {row["status"] for row in found} == {"paid"}
    finally:
        del type(view.options).scope


def test_empty_and_nothing(shop_pg: Engine) -> None:
    """No rows are a heading alone, and nothing is told from an empty text."""
    client = TestClient(admin_of(shop_pg))
    assert client.get("/orders/export/?format=csv&total.gt=99999999&columns=id").text == "id\n"
    assert client.get("/orders/export/?format=json&total.gt=99999999").json() == []
    with Session(shop_pg) as session, session.begin():
        session.execute(sa.update(Order).where(Order.id == 1).values(note=None))
        session.execute(sa.update(Order).where(Order.id == 2).values(note=""))
    token = parse(client.get("/orders/").text).css('input[name="csrf_token"]')[0].get("value")
    chosen = {"csrf_token": token, "id": ["1", "2"], "query": "columns=id,note", "format": "csv"}
    lines = client.post("/orders/export/", data=chosen).text.splitlines()
    assert sorted(lines) == ["1,", '2,""', "id,note"]


def test_only_so_many_at_once(shop_pg: Engine) -> None:
    """Exports leave connections for pages: one too many is asked to come back later."""
    admin = admin_of(sa.create_engine(shop_pg.url, pool_size=2, max_overflow=1))
    client = TestClient(admin)
    database = admin.runtime.database
    with database.long_reading(Stop()) as session:
        assert session is not None
        answer = client.get("/orders/export/?format=csv")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "60"
    assert client.get("/orders/export/?format=csv&columns=id").status_code == 200
    database.engine.dispose()


def test_texts_with_a_formatter(kept_shop: Any) -> None:
    """Exact values of a text that a formatter may show in part are only for whom the view names it; numbers are exact for all."""

    class Shown(ModelView, model=Product):
        key = "shown"
        column_list = [Product.name, Product.weight]
        column_formatters = {
            Product.name: lambda row, name: row.name[:1],
            Product.weight: lambda row, name: f"{row.weight} g",
        }

    class Named(Shown, model=Product):
        key = "named"
        column_export_list = [Product.name]

    admin = Admin(kept_shop("sqlite"))
    admin.add_view(Shown)
    admin.add_view(Named)
    client = TestClient(admin)
    shown, named = (rows_of(client.get(f"/{key}/export/?format=csv&sort=id")) for key in ("shown", "named"))
    assert [row["name"] for row in shown] == [row["name"][:1] for row in named]
    assert max(len(row["name"]) for row in named) > 1
    assert not any(row["weight"].endswith("g") for row in shown)
