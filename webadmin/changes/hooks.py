"""The host's own functions, run inside the transaction: plain ones and coroutines."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from anyio import from_thread


def call_hook(hook: Callable[..., Any], *args: Any) -> Any:
    """What ``hook(*args)`` gives; a coroutine is run to its end first.

    In a worker thread of the server it runs on the server's event loop, where the host's own async clients live; elsewhere
    (scripts, tests) on a loop made for it. Whatever the hook raises comes out as it is.
    """
    result = hook(*args)
    return _finished(result) if inspect.isawaitable(result) else result


def _finished(awaitable: Any) -> Any:
    begun = False

    async def run() -> Any:
        nonlocal begun
        begun = True
        return await awaitable

    try:
        return from_thread.run(run)
    except RuntimeError:
        if begun:  # raised by the hook itself
            raise
    return asyncio.run(run())
