"""How far the seeding is, on a terminal."""

from __future__ import annotations

import sys
from typing import Any

import click


class TerminalProgress:
    """One bar on a terminal, a line for each step elsewhere."""

    def __init__(self) -> None:
        self._step = ""
        self._bar: Any = None

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self._step:
            self._close()
            self._step = step
            if sys.stderr.isatty():
                self._bar = click.progressbar(length=max(total, 1), label=f"{step:<16}", file=sys.stderr)
                self._bar.__enter__()
            else:
                click.echo(step, err=True)
        if self._bar is not None:
            self._bar.update(done - self._bar.pos)
            if done >= total:
                self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
