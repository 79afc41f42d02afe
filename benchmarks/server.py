"""The process that is measured: the floor and the demo's admin in one app on one server.

Run as ``python -m benchmarks.server DATABASE_URL [ROWS …]``, with ROWS over the tables of those sizes; prints its address, and ends when its standard input does.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine, make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from benchmarks import export, floor, forms, panel, sizes
from webadmin.demo.app import build
from webadmin.dialects import engine_options
from webadmin.serving import reserve, serve_app


async def _cpu(request: Request) -> PlainTextResponse:
    """The nanoseconds of processor time that this process has used so far."""
    return PlainTextResponse(str(time.process_time_ns()))


async def _memory(request: Request) -> PlainTextResponse:
    """The most megabytes of memory that this process has had so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return PlainTextResponse(str(most / (2**20 if sys.platform == "darwin" else 2**10)))


def app(url: str, of_sizes: Sequence[int] = ()) -> Starlette:
    """The floor and the admin over the shop at ``url``, or the admin over tables of some sizes."""
    address = make_url(url)
    engine = create_engine(address, **engine_options(address))
    if of_sizes:
        return Starlette(routes=[Mount("/sizes", sizes.admin(engine, of_sizes))])
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return Starlette(
        routes=[
            Route("/cpu", _cpu),
            Route("/memory", _memory),
            Route("/floor-export", export.endpoint(plain)),
            Mount("/floor", floor.build(plain)),
            Mount("/shop", build(engine)),
            Mount("/forms", forms.admin(engine)),
            *(Mount(place, panel.admin(engine, panel=there)) for there, place in panel.PLACES.items()),
        ]
    )


@contextmanager
def served(engine: Engine, *numbers: str) -> Iterator[int]:
    """The port of a process that serves the database of ``engine``: the shop, or tables of so many rows."""
    url = engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", url, *numbers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.stdin.close()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    threading.Thread(target=_end_with_input, daemon=True).start()
    with reserve("127.0.0.1", 0) as reserved:
        serve_app(
            app(sys.argv[1], [int(text) for text in sys.argv[2:]]),
            reserved,
            host="127.0.0.1",
            started=lambda address: print(address, flush=True),
        )


if __name__ == "__main__":
    main()
