"""Answers that are made while they are sent: one thread, no faster than they are taken, given up with the client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import Any

import anyio
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from webadmin.streaming import Streaming

SCOPE = {"type": "http", "method": "GET"}


async def never() -> Message:
    await anyio.sleep_forever()
    raise AssertionError


def sent_by(answer: Streaming, scope: dict[str, Any] = SCOPE) -> list[Message]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    anyio.run(answer, scope, never, send)
    return messages


def body(messages: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


def test_in_one_thread() -> None:
    """All pieces come from one thread, which is not that of the event loop, and the generator is closed there."""
    threads: list[int] = []

    def chunks() -> Generator[bytes, Any, None]:
        try:
            for piece in (b"a", b"", b"b"):
                threads.append(threading.get_ident())
                yield piece
        finally:
            threads.append(threading.get_ident())

    messages = sent_by(Streaming(chunks(), "text/plain"))
    assert body(messages) == b"ab"
    assert not messages[-1]["more_body"]
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


def test_head() -> None:
    """HEAD has the headers and nothing else."""
    messages = sent_by(
        Streaming((piece for piece in [b"a"]), "text/plain"), {"type": "http", "method": "HEAD"}
    )
    assert messages[0]["status"] == 200
    assert body(messages) == b""


def test_failing_at_once() -> None:
    """What fails before anything was sent is an answer of its own."""

    def chunks() -> Generator[bytes, Any, None]:
        raise ValueError
        yield b""

    answer = Streaming(chunks(), "text/plain", apologize=lambda: PlainTextResponse("sorry", 503))
    messages = sent_by(answer)
    assert messages[0]["status"] == 503
    assert body(messages) == b"sorry"


def test_failing_later() -> None:
    """What fails in the middle breaks off, so that nobody takes a part for the whole."""

    def chunks() -> Generator[bytes, Any, None]:
        yield b"a"
        raise ValueError

    with pytest.raises(ExceptionGroup):
        sent_by(Streaming(chunks(), "text/plain", apologize=lambda: PlainTextResponse("sorry", 503)))


@pytest.mark.parametrize("waiting", [True, False], ids=["while a piece is made", "between two pieces"])
def test_client_goes_away(waiting: bool) -> None:
    """Nothing is made for nobody: what takes long is stopped, and the generator is closed."""
    closed, stopped = threading.Event(), threading.Event()
    gone = anyio.Event

    def chunks() -> Generator[bytes, Any, None]:
        try:
            yield b"a"
            while True:
                if waiting:
                    assert stopped.wait(10)
                    raise RuntimeError("stopped")
                yield b"b"
        finally:
            closed.set()

    async def run(make_event: Callable[[], anyio.Event]) -> None:
        leave = make_event()

        async def receive() -> Message:
            await leave.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message.get("body"):
                leave.set()

        with anyio.fail_after(10):
            await Streaming(chunks(), "text/plain", stop=stopped.set)(SCOPE, receive, send)

    anyio.run(run, gone)
    assert stopped.is_set()
    assert closed.is_set()


def test_client_takes_nothing() -> None:
    """Who stays and takes nothing does not hold a transaction for ever: the answer is broken off."""
    closed = threading.Event()

    def chunks() -> Generator[bytes, Any, None]:
        try:
            while True:
                yield b"a"
        finally:
            closed.set()

    async def send(message: Message) -> None:
        if message.get("body"):
            await anyio.sleep_forever()

    async def run() -> None:
        with anyio.fail_after(10):
            await Streaming(chunks(), "text/plain", patience=0.01)(SCOPE, never, send)

    with pytest.raises(ExceptionGroup) as broken:
        anyio.run(run)
    assert broken.group_contains(TimeoutError)
    assert closed.is_set()
