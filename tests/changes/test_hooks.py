"""The host's own functions."""

from __future__ import annotations

import threading

import anyio
import pytest

from webadmin.changes.hooks import call_hook


async def slow(value: int) -> tuple[int, str]:
    """A coroutine that waits."""
    await anyio.sleep(0)
    return value * 2, threading.current_thread().name


async def fails() -> None:
    """A coroutine that fails as event loops do."""
    raise RuntimeError("from the hook")


def test_plain() -> None:
    """A plain function gives what it gives."""
    assert call_hook(lambda value: value + 1, 1) == 2


def test_coroutine() -> None:
    """A coroutine is run to its end."""
    assert call_hook(slow, 2)[0] == 4
    with pytest.raises(RuntimeError, match="from the hook"):
        call_hook(fails)


def test_coroutine_in_a_worker() -> None:
    """In a worker thread a coroutine runs on the server's own loop."""

    async def server() -> tuple[int, str]:
        with pytest.raises(RuntimeError, match="from the hook"):
            await anyio.to_thread.run_sync(call_hook, fails)
        found: tuple[int, str] = await anyio.to_thread.run_sync(call_hook, slow, 2)
        return found

    assert anyio.run(server) == (4, threading.current_thread().name)
