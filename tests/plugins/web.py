"""A real server, a real browser, and a judge of accessibility."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.plugins.chromium import find_or_install
from tests.plugins.databases import only_one

_PATIENCE = 15.0  # seconds, for a machine that is busy
_ALIKE = "tbody tr:nth-child(n+8):not(:nth-last-child(-n+4))"


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an ASGI app on a free port of this machine meanwhile; gives its address, without a slash."""
    listening = socket.create_server(("127.0.0.1", 0))
    # As asyncio does for the sockets that it opens: else each answer waits 40 ms until its beginning is acknowledged.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _PATIENCE
        while not server.started:
            assert thread.is_alive(), "the app did not start"
            assert time.monotonic() < deadline, "the app takes too long to start"
            time.sleep(0.01)
        host, port = listening.getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)


@pytest.fixture
def live() -> Iterator[Callable[[Any], str]]:
    """Serve an ASGI app on a free port of this machine until the test ends; returns its address, without a slash."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(served(app))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for all tests of a worker."""
    with only_one("chromium"):
        path = find_or_install()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path
        )  # without its sandbox, which root cannot have
        yield launched
        launched.close()


@contextmanager
def opened_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of a fresh browser; scripts that fail, what they complain of and what the content policy blocks are
    faults at its end."""
    given = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "timezone_id": "UTC"} | options
    context = browser.new_context(**given)
    context.set_default_timeout(_PATIENCE * 1000)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.extend(_console_fault(message)))
    yield context.new_page()
    context.close()
    assert not faults


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh browser; scripts that fail and what the content policy blocks fail the test at its end."""
    with opened_page(browser) as opened:
        yield opened


def _console_fault(message: ConsoleMessage) -> list[str]:
    # A refused form is told as a resource that failed to load.
    expected = message.type != "error" or message.text.startswith("Failed to load resource")
    return [] if expected else [message.text]


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Judge a page's accessibility; returns one line for each violation, with the elements concerned.

    Of the rows of a table, which are alike, the first seven and the last four are judged.
    """
    judge = Axe()
    options = {"resultTypes": ["violations"], "preload": False}  # nothing here plays by itself

    def violations(page: Page) -> list[str]:
        found = judge.run(page, {"exclude": [[_ALIKE]]}, options).response["violations"]
        return [
            f"{violation['id']}: {violation['help']} — {node['html'][:200]}"
            for violation in found
            for node in violation["nodes"]
        ]

    return violations
