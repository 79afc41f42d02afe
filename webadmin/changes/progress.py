"""How far a long change is, for the page that waits for it; and whether it was given up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from webadmin.errors import Conflict
from webadmin.text import gettext as _

State = Literal["running", "done", "cancelled"]
Phase = Literal["reading", "comparing", "writing"]
_KEPT_FOR = 120.0
"""Seconds that the end of a change is remembered."""
_MOST = 1000
"""Changes that are remembered at the same time."""


class Stopped(Conflict):
    """The person has given the change up: everything of it is rolled back."""

    title = "Cancelled"

    def __init__(self) -> None:
        super().__init__(_("It was cancelled, and nothing was changed."))


@dataclass(slots=True)
class Progress:
    """One change on its way; read by other threads while it runs."""

    done: int = 0
    total: int = 0
    """0 while that is not known."""
    phase: Phase = "writing"
    """What is done with the rows: a file has them read and compared with those that are there before any is written."""
    state: State = "running"
    stopped: Callable[[], bool] = field(default=lambda: False, repr=False)
    """Whether nobody waits for it any more."""
    changed_at: float = field(default_factory=time.monotonic)

    def begin(self, total: int) -> None:
        """There are ``total`` rows to be written."""
        self.done, self.total, self.phase = 0, total, "writing"

    def step(self) -> None:
        """One more row is dealt with. Raises Stopped when the change was given up."""
        self.check()
        self.done += 1

    def check(self) -> None:
        """Raises Stopped when the change was given up."""
        if self.stopped():
            raise Stopped


class Runs:
    """The changes that run in this process, by the session that began them and the name that their page gave them. Nobody
    else learns of them; another process knows nothing of them, and says so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[tuple[str, str], Progress] = {}

    def begin(self, owner: str, name: str, progress: Progress) -> None:
        with self._lock:
            now = time.monotonic()
            for key, run in list(self._runs.items()):
                if run.state != "running" and now - run.changed_at > _KEPT_FOR:
                    del self._runs[key]
            if len(self._runs) < _MOST:
                self._runs[owner, name] = progress

    def end(self, owner: str, name: str, state: State) -> None:
        with self._lock:
            run = self._runs.get((owner, name))
            if run is not None:
                run.state, run.changed_at = state, time.monotonic()

    def find(self, owner: str, name: str) -> Progress | None:
        """What is known of a change; None for one that this process has not seen."""
        with self._lock:
            return self._runs.get((owner, name))


RUNS = Runs()
"""Those of this process."""
