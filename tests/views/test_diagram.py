"""The diagram of the database: every table with its keys, around one, zoomed; and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.views.test_database import client_of, page_of
from webadmin.views import diagram

TABLES = {"orders", "order_lines", "customers", "products", "categories", "product_tags"}


@pytest.fixture(params=["postgresql", "sqlite"])
def client(request: pytest.FixtureRequest, kept_shop: Any) -> TestClient:
    return client_of(kept_shop(request.param))


def drawn(client: TestClient, query: str = "") -> dict[str, Any]:
    page = page_of(client, f"/database/diagram/{query}")
    return {box.get("data-table"): box for box in page.css("svg[data-table]")}


def test_every_table(client: TestClient) -> None:
    """Each table is a box with its keys that leads to its structure; webadmin's own are none of them."""
    page = page_of(client, "/database/diagram/")
    boxes = drawn(client)
    assert boxes.keys() >= TABLES
    assert not [name for name in boxes if name.startswith("webadmin_")]
    assert [link.get("href") for link in boxes["orders"].iter("{*}a", "a")] == ["/database/orders/"]
    columns = [text for text in boxes["order_lines"].itertext() if text.strip()]
    assert {"order_id", "product_id"} <= set(columns)
    titles = [line.text_content() for line in page.css("path.line")]
    assert any(title.startswith("order_lines (order_id) → orders (id)") for title in titles)
    assert any(title.startswith("categories (parent_id) → categories (id)") for title in titles)


def test_around_one(client: TestClient) -> None:
    """Around a table there are its neighbours, and with more steps theirs; zoom and columns stay chosen."""
    one = drawn(client, "?table=order_lines&zoom=50&columns=all")
    assert one.keys() == {"order_lines", "orders", "products"}
    assert "quantity" in one["order_lines"].text_content()
    assert drawn(client, "?table=order_lines&steps=2").keys() > one.keys()
    page = page_of(client, "/database/diagram/?table=order_lines&zoom=50&columns=all")
    assert "zoom=50" in page.one('a[href*="steps=2"]').get("href")
    whole, half = page_of(client, "/database/diagram/"), page_of(client, "/database/diagram/?zoom=50")
    sizes = [int(page.one(".wa-diagram > svg").get("width")) for page in (whole, half)]
    assert sizes[1] == round(sizes[0] / 2)


@pytest.mark.parametrize(
    ("query", "status"), [("table=nobody", 404), ("zoom=99", 400), ("steps=x", 400), ("columns=none", 400)]
)
def test_what_cannot_be_drawn(client: TestClient, query: str, status: int) -> None:
    """A table that is not there, and sizes that nobody offered, are refused."""
    assert client.get(f"/database/diagram/?{query}").status_code == status


def test_too_many_tables(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more than can be drawn, the busiest table is, with a word on the others."""
    monkeypatch.setattr(diagram, "MOST", 5)
    page = page_of(client, "/database/diagram/")
    assert 1 < len(page.css("svg[data-table]")) <= 5
    assert "more than can be drawn" in page.one(".wa-body [role=status]").text_content()
    assert len(page.css("#diagram-table option")) > 6


def test_a_table_named_as_a_page(tmp_path: Any) -> None:
    """Tables that are called as pages of the database are, or begin with what keeps them apart, have pages of their own."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/names.db")
    with engine.begin() as connection:
        for name in ("diagram", "~diagram", "doctor"):
            connection.exec_driver_sql(f'CREATE TABLE "{name}" (id INTEGER PRIMARY KEY)')
    client = client_of(engine)
    rows = page_of(client).css("#tables tr[data-table] a.wa-rel")
    for link in rows:
        assert page_of(client, link.get("href")).one("h1").text_content() == link.text_content()
    engine.dispose()
