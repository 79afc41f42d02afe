"""The benchmarks' own parts, on little data."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from lxml import etree
from sqlalchemy import Engine
from starlette.testclient import TestClient

from benchmarks import bulk, importing, million, panel, sizes
from benchmarks.chart import bars
from benchmarks.million import OURS, Page
from benchmarks.report import grid
from tests.pages import parse
from webadmin.database.own_tables.migrate import upgrade

PAGES = [
    Page("page 1", 20.0, {OURS: 5.0, "floor": 1.0, "sqladmin": 100.0, "Django admin": 50.0}, {OURS: 6.0}),
    Page("scrolled", 0.0, {OURS: 4.0, "floor": 1.0}, {OURS: 6.0}),
]


def test_a_table_lines_up() -> None:
    """All lines of a table are as long as the first."""
    lines = grid([("", "p50 ms"), ("page 1", "5.00"), ("a longer name", "12,345.00")]).splitlines()
    assert len({len(line) for line in lines}) == 1


def test_pages_are_set_against_the_fastest_peer() -> None:
    """A page says how much slower than ours the fastest of the others is; one that others do not have says nothing."""
    _heads, _ruler, first, scrolled = million.table(PAGES).splitlines()
    assert first.split("|")[-2].strip() == "10"
    assert scrolled.split("|")[-2].strip() == ""


def test_the_chart_draws_every_time() -> None:
    """A chart is well-formed, with a bar and a number for each time."""
    names = [OURS, "sqladmin", "Django admin"]
    rows = [(page.name, {who: page.p50[who] for who in names if who in page.p50}) for page in PAGES]
    tree = etree.fromstring(bars("Pages <of a list>", rows, names).encode())
    texts = [text for text in tree.itertext() if text.endswith(" ms")]
    assert texts == ["5.0 ms", "100.0 ms", "50.0 ms", "4.0 ms"]


def test_tables_of_any_size(pg_engine: Engine) -> None:
    """Tables are filled once to their size, and each has a list."""
    sizes.fill(pg_engine, [30, 60])
    sizes.fill(pg_engine, [30, 60])
    client = TestClient(sizes.admin(pg_engine, [30, 60]), base_url="http://127.0.0.1")
    for rows in (30, 60):
        page = parse(client.get(f"/rows_{rows}/?page={rows // 30}").text)
        assert page.one("[data-count]").get("data-count") == str(rows)


def test_a_change_of_many_rows(shop_pg: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bare UPDATE leaves no trace; the recorded change and its undoing are of all rows, and of as many statements as ever."""
    monkeypatch.setattr(bulk, "ROWS", 50)
    monkeypatch.setattr(bulk, "ROUNDS", 1)
    upgrade(shop_pg)
    bulk.fill(shop_pg)
    with shop_pg.connect() as connection:
        before = connection.execute(sa.text("SELECT sum(total), count(*) FROM orders")).one()
    steps = bulk.measure(shop_pg)
    assert [step.rows for step in steps] == [50] * 6
    assert max(step.statements for step in steps) <= 16
    assert len(bulk.table(steps).splitlines()) == 8
    with shop_pg.connect() as connection:
        assert connection.execute(sa.text("SELECT sum(total), count(*) FROM orders")).one() == before


def test_the_panel_is_measured_on_pages_that_send_the_same(shop_pg: Engine) -> None:
    """Both admins send as many statements for a page; only one has the panel on it."""
    paths = ["/orders/", "/orders/1/"]
    assert panel._sent(shop_pg, paths, panel=True) == panel._sent(shop_pg, paths, panel=False)
    for there in (True, False):
        client = TestClient(panel.admin(shop_pg, panel=there), base_url="http://127.0.0.1")
        assert len(parse(client.get("/orders/").text).css("#query")) == there


def test_a_file_of_orders(shop_pg: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is taken in as bare statements would, half of it new, and taken back after each step."""
    monkeypatch.setattr(importing, "ROWS", 60)
    upgrade(shop_pg)
    with shop_pg.connect() as connection:
        before = connection.scalar(sa.text("SELECT count(*) FROM orders"))
    steps = importing.measure(shop_pg)
    assert [step.rows for step in steps] == [60] * 4 + [6] * 4
    with shop_pg.connect() as connection:
        counts = [
            connection.scalar(sa.text(f"SELECT count(*) FROM {name}"))
            for name in ("orders", "benchmark_sales")
        ]
    assert counts == [before, 30]
    assert len(importing.table(steps).splitlines()) == 10
