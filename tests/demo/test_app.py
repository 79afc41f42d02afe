"""The demo as it is served: the host's page with a list of the admin inside, and the shop's views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin.auth.identity import TokenLogin
from webadmin.demo.app import build
from webadmin.demo.models import Order, OrderStatus


@pytest.fixture
def client(shop: sa.Engine) -> TestClient:
    """The demo, open to this machine."""
    return TestClient(build(shop))


def test_the_hosts_page_includes_the_orders(client: TestClient) -> None:
    """The element names the fragment, and the fragment answers with rows and a way to the next ones."""
    answer = client.get("/")
    page = parse(answer.text)
    assert page.h1 == "Fernhill Shop"
    address = page.one("[hx-get]").get("hx-get")
    assert address == "/admin/orders/rows?per_page=20"
    rows = parse(client.get(address).text)
    assert len(rows.table()) == 20
    assert rows.one("[data-next]").get("data-next")


def test_the_hosts_page_keeps_the_policy(client: TestClient) -> None:
    """No inline script or style, no address but its own; every file that it names is there."""
    answer = client.get("/")
    assert "'unsafe" not in answer.headers["content-security-policy"]
    page = parse(answer.text)
    assert not page.css("[style], style, [onclick], script:not([src])")
    for element in page.css("link[href], script[src]"):
        address = element.get("href") or element.get("src")
        assert address.startswith("/")
        assert client.get(address).status_code == 200


def test_the_demo_can_stand_below_another_app(shop: sa.Engine) -> None:
    """Every address on the host's page follows the place where it is mounted."""
    client = TestClient(Starlette(routes=[Mount("/try", build(shop))]))
    page = parse(client.get("/try/").text)
    for element in page.css("[hx-get], [href]:not([href^='#']), script[src]"):
        address = element.get("hx-get") or element.get("href") or element.get("src")
        assert address.startswith("/try/")
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "key",
    [
        "orders",
        "order_lines",
        "products",
        "categories",
        "tags",
        "reviews",
        "customers",
        "staff",
        "staff_notes",
    ],
)
def test_every_table_of_the_shop_has_its_list(client: TestClient, key: str) -> None:
    """Views with options and models without any show their rows."""
    answer = client.get(f"/admin/{key}/")
    assert answer.status_code == 200
    assert parse(answer.text).table()


def test_totals_show_their_currency(client: TestClient) -> None:
    """An order's total comes with the sign of the money that it was paid in."""
    totals = [row["total"] for row in parse(client.get("/admin/orders/?per_page=100").text).table()]
    assert any(total.startswith("€ ") for total in totals)
    assert any(not total.startswith("€ ") for total in totals)


def test_paid_orders_are_marked_as_sent(client: TestClient, shop: sa.Engine) -> None:
    """The action changes those that are ready and leaves the others."""
    status = sa.select(Order.id, Order.status).where(Order.deleted_at.is_(None)).order_by(Order.id.desc())
    with shop.connect() as connection:
        before = dict(connection.execute(status.limit(20)).all())
    ready = [key for key, state in before.items() if state in {OrderStatus.PAID, OrderStatus.PACKED}]
    assert ready
    chosen = {"id": [str(key) for key in before]}
    address = "/admin/orders/actions/mark-sent/"
    token = parse(client.get("/admin/orders/").text).css("input[name=csrf_token]")[0].get("value")
    asked = parse(client.post(address, data={**chosen, "csrf_token": token}).text)
    answer = client.post(address, data=asked.form("mark-sent/"), follow_redirects=False)
    assert answer.status_code == 303
    with shop.connect() as connection:
        after = dict(connection.execute(status.limit(20)).all())
    assert after == before | dict.fromkeys(ready, OrderStatus.SENT)


def test_scrolling_brings_more_orders(
    shop_pg: sa.Engine, live: Callable[[Any], str], page: Page, axe: Callable[[Page], list[str]]
) -> None:
    """In a browser the rows come in by themselves, more of them at the end of the page, under the strict policy."""
    page.goto(live(build(shop_pg)) + "/")
    rows = page.locator("#results tbody tr[data-id]")
    expect(rows).to_have_count(20)
    assert axe(page) == []
    rows.last.scroll_into_view_if_needed()
    page.mouse.wheel(0, 4000)
    expect(rows.nth(20)).to_be_attached()


def test_nobody_reads_orders_without_login(
    shop_pg: sa.Engine, live: Callable[[Any], str], page: Page
) -> None:
    """With a login the host's page says where to go instead of showing rows."""
    page.goto(live(build(shop_pg, login=TokenLogin())) + "/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#orders")).to_contain_text("logged in")
    expect(page.locator("#results")).to_have_count(0)
