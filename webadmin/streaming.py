"""An answer that is made while it is sent: in one thread, as fast as the client takes it, and not for nobody."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

Chunks = Generator[bytes, Any, None]


class _Gone(Exception):
    """Nobody waits for the rest."""


class Streaming(StreamingResponse):
    """Sends what ``chunks`` yields.

    The generator runs from its first piece to its end, and is closed, in one thread of its own: it may hold a transaction.
    A piece is made when the one before it has been taken.

    :param stop: called, from another thread, when the client goes away, so that what takes long is given up.
    :param apologize: makes the answer in place of this one when the very first piece fails, while that is handled.
    :param patience: seconds within which a piece is taken. Who leaves it lying would hold a connection of the database, and its
        oldest moment, for as long as they like: the answer is broken off.
    """

    def __init__(
        self,
        chunks: Chunks,
        media_type: str,
        *,
        stop: Callable[[], None] | None = None,
        apologize: Callable[[], Response] | None = None,
        patience: float = 60.0,
    ) -> None:
        super().__init__(iter(()), media_type=media_type)
        self._patience = patience
        self._chunks, self._stop, self._apologize = chunks, stop, apologize
        self._gone = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self._listen, receive)
            await anyio.to_thread.run_sync(self._run, scope, receive, send, limiter=anyio.CapacityLimiter(1))
            group.cancel_scope.cancel()

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._stop is not None:
            await anyio.to_thread.run_sync(self._stop, limiter=anyio.CapacityLimiter(1))

    def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._send_all(scope, receive, send)
        except Exception:
            if not self._gone:
                raise
        finally:
            self._chunks.close()

    def _send_all(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            first = next(self._chunks, b"")
        except Exception:
            if self._apologize is None or self._gone:
                raise
            anyio.from_thread.run(self._apologize(), scope, receive, send)
            return
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        anyio.from_thread.run(_sending, send, self._patience, start)
        if scope["method"] != "HEAD":
            self._send(send, first)
            for chunk in self._chunks:
                self._send(send, chunk)
        end = {"type": "http.response.body", "body": b"", "more_body": False}
        anyio.from_thread.run(_sending, send, self._patience, end)

    def _send(self, send: Send, chunk: bytes) -> None:
        if self._gone:
            raise _Gone
        if chunk:
            body = {"type": "http.response.body", "body": chunk, "more_body": True}
            anyio.from_thread.run(_sending, send, self._patience, body)


async def _sending(send: Send, patience: float, message: Message) -> None:
    with anyio.fail_after(patience):
        await send(message)
