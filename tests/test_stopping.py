"""A statement ends when nobody waits for its answer any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from tests import bridge
from webadmin.database.stop import Stop
from webadmin.endpoint import respond
from webadmin.errors import BadRequest
from webadmin.request import AdminRequest, Answer
from webadmin.runtime import Route

ENDLESS = sa.text(
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 - x FROM n WHERE x < 2) SELECT count(*) FROM n"
)
"""For ever, or until a limit that nobody waits for."""


def test_a_client_that_goes_away_stops_the_statement(engine: Engine) -> None:
    """The thread and the connection are free soon after, and the next request finds the connection whole."""
    admin = bridge.admin_over(bridge.filled(engine), statement_timeout=300)
    running = threading.Event()
    outcome: list[str] = []

    def view(request: AdminRequest) -> Answer:
        if request.query:
            return bridge.page(str(request.session.scalar(sa.text("SELECT count(*) FROM things"))))
        running.set()
        try:
            request.session.execute(ENDLESS)
        except DBAPIError as error:
            outcome.append(request.dialect.failure(error).kind)
            raise
        return bridge.page()

    route = Route("", view, "known", stops=True)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await respond(admin.runtime, route, {}, scope, receive, send)

    async def gone(scope: Any, send: Callable[[Any], Any]) -> None:
        async def receive() -> dict[str, Any]:
            while not running.is_set():
                await anyio.sleep(0.01)
            await anyio.sleep(0.2)
            return {"type": "http.disconnect"}

        await app(scope, receive, send)

    async def send(message: Any) -> None: ...

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    anyio.run(gone, scope, send)
    assert outcome == ["statement_timeout"]
    assert "3" in bridge.client(app).get("/?again=1").text


def test_too_late_to_begin(sqlite_engine: Engine) -> None:
    """Work whose client went away before it began is not begun."""
    stop = Stop()
    stop.now()
    admin = bridge.admin_over(bridge.filled(sqlite_engine))
    with (
        sqlite_engine.connect() as connection,
        pytest.raises(BadRequest),
        stop.of(admin.runtime.database.dialect, connection),
    ):
        pass


def test_what_is_over_is_left_alone(sqlite_engine: Engine) -> None:
    """A connection that another request has by now is not touched."""
    stop = Stop()
    admin = bridge.admin_over(bridge.filled(sqlite_engine))
    with sqlite_engine.connect() as connection:
        with stop.of(admin.runtime.database.dialect, connection):
            assert connection.scalar(sa.text("SELECT count(*) FROM things")) == 3
        stop.now()
        assert connection.scalar(sa.text("SELECT count(*) FROM things")) == 3
