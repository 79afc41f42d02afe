"""Calls an ASGI app without a server, byte by byte as it is asked to: also what no browser would send."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes

import anyio
from anyio.from_thread import start_blocking_portal
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Caller:
    """Asks one app as one browser does, with its cookies; to be used as a context manager.

    The app runs in an event loop of a thread of its own, so that the caller may be in one itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._stack = app, ExitStack()
        self.cookies: dict[str, str] = {}

    def __enter__(self) -> Caller:
        self._portal = self._stack.enter_context(start_blocking_portal())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def request(self, method: str, target: str, headers: Pairs = (), body: bytes = b"") -> Response:
        """What the app answers.

        :param target: path and query string as they stand in a request's first line.
        """
        path, _mark, query = target.partition("?")
        given = [("host", "testserver"), *headers]
        if self.cookies:
            given.append(("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        if body:
            given.append(("content-length", str(len(body))))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            # As servers do it: what is no UTF-8 is kept out of the decoded path.
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "raw_path": path.encode("latin-1", "replace"),
            "query_string": query.encode("latin-1", "replace"),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given],
            "client": ("testclient", 50000),
            "server": ("testserver", 80),
        }
        answer: Response = self._portal.call(_answered, self._app, scope, body)
        self._keep(answer.headers)
        return answer

    def _keep(self, headers: Headers) -> None:
        for header in headers.getlist("set-cookie"):
            try:
                found = SimpleCookie(header)
            except CookieError:
                continue
            for name, morsel in found.items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]


async def _answered(app: ASGIApp, scope: dict[str, Any], body: bytes) -> Response:
    sent: list[Message] = []
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not pending:
            await anyio.sleep_forever()  # the client stays until it has its answer
        return pending.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    body = b"".join(message.get("body", b"") for message in rest)
    return Response(start["status"], Headers(raw=list(start["headers"])), body)
