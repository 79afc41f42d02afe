"""The shop's admin in a browser: one server and one copy of the shop for each file, rows of its own for each test."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.plugins.databases import fresh_name, opened
from tests.plugins.web import opened_page, served
from webadmin.demo.app import build
from webadmin.demo.models import Order, OrderStatus
from webadmin.demo.server import EmbeddedServer

expect.set_options(timeout=15_000)
_numbers = itertools.count(1)

LONG_AGO = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def engine(server: EmbeddedServer, shop_template: str) -> Iterator[Engine]:
    """The file's own copy of the shop in PostgreSQL."""
    name = fresh_name()
    with opened(server.create_database(name, template=shop_template)) as made:
        yield made
    server.drop_database(name)


@pytest.fixture(scope="module")
def host(engine: Engine) -> Iterator[str]:
    """The address of the demo, without a slash."""
    with served(build(engine)) as address:
        yield address


@pytest.fixture
def site(host: str) -> str:
    """The address of its admin, without a slash."""
    return f"{host}/admin"


@pytest.fixture
def open_page(browser: Browser) -> Callable[..., Any]:
    """Open a page with options of the browser's: ``with open_page(java_script_enabled=False) as page``."""

    @contextmanager
    def enter(**options: Any) -> Iterator[Page]:
        with opened_page(browser, **options) as page:
            yield page

    return enter


@pytest.fixture
def make_order(engine: Engine) -> Callable[..., int]:
    """Make an order of the test's own; returns its id. ``placed_at`` is now, so that it stands first."""

    def make(**values: Any) -> int:
        number = f"T-{next(_numbers):06}"
        given = {
            "number": number,
            "status": OrderStatus.PENDING,
            "total": 10,
            "placed_at": sa.func.now(),
            "tags": [],
            "meta": {},
        }
        with engine.begin() as connection:
            made: int = connection.execute(
                sa.insert(Order).values(given | values).returning(Order.id)
            ).scalar_one()
        return made

    return make


@pytest.fixture
def stored(engine: Engine) -> Callable[[int], sa.Row[Any]]:
    """The order as it is stored."""

    def read(id: int) -> sa.Row[Any]:
        with engine.connect() as connection:
            return connection.execute(sa.select(Order.__table__).where(Order.id == id)).one()

    return read


def field(page: Page, label: str) -> Any:
    """The control of a form's field."""
    return page.locator("#form").get_by_label(label)


def rows(page: Page) -> Any:
    return page.locator("#results tbody tr[data-id]")


def ids(page: Page) -> list[str]:
    found: list[str] = rows(page).evaluate_all("rows => rows.map(row => row.dataset.id)")
    return found


def texts(page: Page, column: str) -> list[str]:
    return [text.strip() for text in page.locator(f'#results td[data-column="{column}"]').all_inner_texts()]
