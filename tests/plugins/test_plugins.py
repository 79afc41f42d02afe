"""The fixtures themselves: databases are empty and one's own, what is rolled back is gone, pages are judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.plugins.shops import ORDERS


async def _home(request: Request) -> HTMLResponse:
    image = "<img src='/none.png'>" if request.query_params else ""
    return HTMLResponse(f"<html lang=en><title>Home</title><main><h1>Hello</h1>{image}</main></html>")


@pytest.mark.parametrize("run", ["first", "second"])
def test_engine_is_empty(engine: Engine, run: str) -> None:
    """Every test has a database without tables, and what it commits is gone for the next."""
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n integer)"))
    assert inspect(engine).get_table_names() == ["kept"]


@pytest.mark.parametrize("run", ["first", "second"])
def test_session_is_rolled_back(session: Session, connection: Connection, run: str) -> None:
    """A session's commits and its tables are gone for the next test, and a savepoint inside works."""
    assert inspect(connection).get_table_names() == []
    session.execute(text("CREATE TABLE kept (n integer)"))
    session.commit()
    with session.begin_nested() as savepoint:
        session.execute(text("INSERT INTO kept VALUES (1)"))
        savepoint.rollback()
    session.execute(text("INSERT INTO kept VALUES (2)"))
    session.commit()
    assert session.scalars(text("SELECT n FROM kept")).all() == [2]


def test_page_of_a_live_app(live: Callable[[Any], str], page: Page, axe: Callable[[Page], list[str]]) -> None:
    """An app is served to a browser, and the page's faults of accessibility are found."""
    address = live(Starlette(routes=[Route("/", _home)]))
    page.goto(f"{address}/")
    expect(page.get_by_role("heading")).to_have_text("Hello")
    assert axe(page) == []
    page.goto(f"{address}/?image=1")
    (violation,) = axe(page)
    assert violation.startswith("image-alt")


@pytest.mark.parametrize("run", ["first", "second"])
def test_shop_is_a_copy(shop: Engine, run: str) -> None:
    """Every test has a filled shop of its own; what it commits is gone for the next."""
    with shop.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM orders")) == ORDERS
        connection.execute(text("DELETE FROM order_lines"))


@pytest.mark.parametrize("run", ["first", "second"])
def test_shop_session_is_rolled_back(shop_session: Session, run: str) -> None:
    """What a session on the shop commits is gone for the next test."""
    assert shop_session.scalar(text("SELECT count(*) FROM order_lines"))
    shop_session.execute(text("DELETE FROM order_lines"))
    shop_session.commit()
    assert not shop_session.scalar(text("SELECT count(*) FROM order_lines"))
