"""The demo's pages as people open them every day: everything they ask has its index, and nothing is to be mended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.pages import parse
from tests.plugins.databases import database_of
from webadmin.demo.app import build
from webadmin.demo.seed import seed
from webadmin.demo.server import EmbeddedServer

_PAGES = (
    "orders/explain/",
    "orders/explain/?page=3",
    "orders/explain/?sort=total:desc",
    "orders/explain/?sort=number",
    "orders/explain/?status=pending",
    "orders/explain/?q=delivery",
    "orders/explain/?q=nothing-like-this",
    "customers/explain/?country=DE",
    "customers/explain/?q=anna",
    "products/explain/?sort=price:desc",
    "order_lines/explain/",
    "reviews/explain/",
)


@pytest.fixture(scope="module")
def shop(server: EmbeddedServer) -> Iterator[TestClient]:
    """A client of the demo's admin with 12,000 orders, more than enough for reading all of them to be told."""
    with database_of(server, lambda engine: seed(engine, orders=12_000, progress=None)) as engine:
        yield TestClient(build(engine), base_url="http://127.0.0.1", client=("127.0.0.1", 50_000))


@pytest.mark.parametrize("address", _PAGES)
def test_nothing_to_mend(address: str, shop: TestClient) -> None:
    """Neither the plans nor their measurements say anything that would have to be mended."""
    expected = parse(shop.get(f"/admin/{address}").text)
    measured = parse(shop.post(f"/admin/{address}", data=expected.form("explain/")).text)
    for page in (expected, measured):
        assert page.css("[data-statement] [data-node]")
        assert page.texts("[data-warning][data-tone=warn]") == []
    assert "Actual" in measured.texts("thead th")


def test_what_has_no_index(shop: TestClient) -> None:
    """The one order that has no index on purpose is told of, and of nothing else."""
    page = parse(shop.get("/admin/orders/explain/?sort=due_on:asc").text)
    found = page.css("[data-warning][data-tone=warn]")
    assert [one.get("data-warning") for one in found] == ["sort_of_everything"]
