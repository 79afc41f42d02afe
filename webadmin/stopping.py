"""Stopping what the database does for a request when nobody waits for the answer any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
from starlette.types import Receive

from webadmin.database.stop import Stop

T = TypeVar("T")


async def until_gone(
    work: Callable[[], T], stop: Stop, receive: Receive, limiter: anyio.CapacityLimiter
) -> T:
    """What ``work`` answers in a thread; ``stop`` is pulled when the client goes away meanwhile."""

    async def listen() -> None:
        while (await receive())["type"] == "http.request":
            pass
        # In a thread of its own, as the others may all be waiting for their statements.
        await anyio.to_thread.run_sync(stop.now, limiter=anyio.CapacityLimiter(1))

    async with anyio.create_task_group() as group:
        group.start_soon(listen)
        found = await anyio.to_thread.run_sync(work, limiter=limiter)
        group.cancel_scope.cancel()
    return found
