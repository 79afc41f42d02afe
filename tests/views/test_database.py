"""The pages about the database: tables, indexes with their use, connections, settings; for who has the right."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.pages import Page, parse
from webadmin import Admin, User
from webadmin.demo.views import register


def client_of(engine: Engine, **options: Any) -> TestClient:
    admin = Admin(engine, title="Shop", **options)
    register(admin)
    return TestClient(admin)


def page_of(client: TestClient, address: str = "/database/") -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


def cells(page: Page, table: str, row: str) -> list[str]:
    return [cell.text_content().strip() for cell in page.one(f"#{table} tr[{row}]")]


@pytest.fixture(params=["postgresql", "sqlite"])
def client(request: pytest.FixtureRequest, kept_shop: Any) -> TestClient:
    return client_of(kept_shop(request.param))


def test_tables(client: TestClient) -> None:
    """Every table is there, with its list where it has one, and the way to its structure."""
    page = page_of(client)
    orders = page.one('#tables tr[data-table="orders"]')
    links = [link.get("href") for link in orders.cssselect("a")]
    assert links == ["/database/orders/", "/orders/"]
    assert page.one('#tables tr[data-table="product_tags"]') is not None
    assert page.css("#settings dt")


def test_structure(client: TestClient) -> None:
    """Columns, keys in both directions, rules and indexes of one table."""
    page = page_of(client, "/database/orders/")
    assert {row.get("data-column") for row in page.css("#columns tr[data-column]")} >= {
        "id",
        "number",
        "total",
    }
    assert "primary key" in cells(page, "columns", 'data-column="id"')[0]
    assert "/database/customers/" in [link.get("href") for link in page.css("#foreign-keys a")]
    assert "/database/order_lines/" in [link.get("href") for link in page.css("#pointing a")]
    assert page.one('#indexes tr[data-index="ix_orders_status"]') is not None
    assert page.one('.wa-head__actions a[href="/orders/"]').get("href") == "/orders/"


@pytest.mark.parametrize("name", ["nothing", "pg_catalog.pg_class", "orders'--", "%00", "x" * 500])
def test_no_such_table(client: TestClient, name: str) -> None:
    """What is no table of the database's own has no page."""
    assert client.get(f"/database/{name}/").status_code == 404


def test_figures(shop_pg: Engine) -> None:
    """Sizes, rows, dead rows and the use of indexes are the server's own."""
    with shop_pg.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("UPDATE orders SET note = 'again'")
        connection.exec_driver_sql("ANALYZE orders")
    client = client_of(shop_pg)
    row = cells(page_of(client), "tables", 'data-table="orders"')
    assert row[1].startswith("about ")
    assert row[2].endswith(("kB", "MB"))
    assert page_of(client).css("#types dt"), "types with fixed values"
    assert page_of(client).one("[data-pool]").get("data-pool") == "1"


def test_who_blocks_whom(shop_pg: Engine) -> None:
    """Others who are connected are listed, with whom they wait for."""
    client = client_of(shop_pg)
    begun = threading.Event()

    def wait() -> None:
        with sa.create_engine(shop_pg.url, poolclass=sa.NullPool).begin() as connection:
            begun.set()
            connection.exec_driver_sql("UPDATE staff SET name = name WHERE id = 1")

    with sa.create_engine(shop_pg.url, poolclass=sa.NullPool).connect() as first:
        first.exec_driver_sql("UPDATE staff SET name = name WHERE id = 1")
        own = first.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        thread = threading.Thread(target=wait)
        thread.start()
        assert begun.wait(10)
        blocked: list[str] = []
        for _try in range(50):
            rows = page_of(client).css("#connected tbody tr")
            blocked = [row[5].text_content().strip() for row in rows if row[5].text_content().strip()]
            if blocked:
                break
        first.rollback()
        thread.join()
    assert blocked == [str(own)]


def test_no_values(shop_pg: Engine) -> None:
    """Statements of others are shown without what stands in them: texts however they are quoted, numbers, what was cut off."""
    long = "x" * 600
    said = (
        """SELECT "it's 7" FROM (SELECT 'pass''word' AS "it's 7", e'a\\'secret', $q$hidden$q$, 4711, """
        f"""left('it', 2), 'open {long}') t1"""
    )
    with sa.create_engine(shop_pg.url, poolclass=sa.NullPool).connect() as other:
        other.exec_driver_sql(said)
        own = str(other.exec_driver_sql("SELECT pg_backend_pid()").scalar())
        other.exec_driver_sql(said)
        page = page_of(client_of(shop_pg))
    (shown,) = [
        row[6].text_content() for row in page.css("#connected tbody tr") if row[0].text_content() == own
    ]
    assert shown == """SELECT "it's 7" FROM (SELECT ? AS "it's 7", ?, ?, ?, left(?, ?), ?"""


def test_right(kept_shop: Any) -> None:
    """Without the right there is neither page nor link; with it nothing else is given."""
    engine = kept_shop("sqlite")
    without = client_of(
        engine, identify=lambda request: User("x", grants=["*.view", "orders.*", "*.explain"])
    )
    assert without.get("/database/").status_code == 403
    assert without.get("/database/orders/").status_code == 403
    assert not page_of(without, "/").css('a[href="/database/"]')
    only = client_of(engine, identify=lambda request: User("x", grants=["@database"]))
    assert page_of(only, "/").css('a[href="/database/"]')
    assert only.get("/orders/").status_code == 403
    assert not page_of(only).one('#tables tr[data-table="orders"]').cssselect('a[href="/orders/"]')


def test_unused_since(pg_engine: Engine) -> None:
    """An index that nothing reads says since when that was looked at, once the statistics have a beginning."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE never_read (id bigint PRIMARY KEY, name text)")
        connection.exec_driver_sql("CREATE INDEX ix_never_read_name ON never_read (name)")
        connection.exec_driver_sql("SELECT pg_stat_reset()")
    page = page_of(client_of(pg_engine), "/database/never_read/")
    assert cells(page, "indexes", 'data-index="ix_never_read_name"')[-1] == "unused since just now"
    assert cells(page, "indexes", 'data-index="never_read_pkey"')[-1] == ""
