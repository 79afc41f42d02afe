"""The queue of the example does imports for real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import ModuleType

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.pages import Page, parse

procrastinate = pytest.importorskip("procrastinate")


def test_workers_of_a_queue(
    pg_url: str, example: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page hands its jobs to the queue and waits; a worker takes them from the database, and the page goes on."""
    monkeypatch.setenv("DATABASE_URL", pg_url.replace("+psycopg", ""))
    module = example("import_queue")

    async def work() -> None:
        async with module.queue.open_async():
            await module.queue.run_worker_async(
                wait=False, install_signal_handlers=False, listen_notify=False
            )

    with module.queue.open():
        module.prepare()
        module.prepare()
    client = TestClient(module.admin)
    page = parse(client.get("/books/import/").text)
    file = {"file": ("books.csv", b"isbn,title\n1,One\n2,Two\n", "text/csv")}
    page = parse(client.post("/books/import/", data=page.form("form"), files=file).text)
    for form, do, done in (("form", "check", "#check"), ("apply", "apply", "#result")):
        here = page.action(form)
        with module.queue.open():
            assert sent(client, page, form, do).css("#working")
        asyncio.run(work())
        page = parse(client.get(here).text)
        assert page.css(done)
    with module.engine.connect() as connection:
        titles = connection.execute(sa.select(module.Book.title).order_by(module.Book.id)).scalars().all()
    assert titles == ["One", "Two"]


def sent(client: TestClient, page: Page, form: str, do: str) -> Page:
    return parse(client.post(page.action(form), data=page.form(form) | {"do": do}).text)
