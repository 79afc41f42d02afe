"""Work that takes longer than a page: who does it, and what this process knows of it while it runs."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from webadmin.changes.progress import Progress
from webadmin.database.own_tables.imports import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.stop import Stop

logger = logging.getLogger("webadmin")

_ASKED = 100
"""Requests that are kept at most."""

_GRACE = 10.0
"""Seconds that a server which stops waits for the job that was given up."""


class JobRunner(Protocol):
    """Has jobs done: a thread of the server, or workers of the host's own.

    Whoever does a job calls ``admin.run_job(job_id)``, in any process that has the same admin. A job that is called for twice,
    or was given up meanwhile, does nothing the second time.
    """

    def submit(self, job_id: str) -> None:
        """Have ``admin.run_job(job_id)`` called soon. What the job needs is committed by now."""


class ThreadRunner:
    """Does one job after the other in a thread of this process, which is started by the first.

    :param run: does the job.
    :param at_once: whether jobs are done by whoever submits them: where a database has one connection, nobody else could.
    """

    def __init__(self, run: Callable[[str], None], *, at_once: bool = False) -> None:
        self._run, self._at_once = run, at_once
        self._queue: queue.SimpleQueue[tuple[str, threading.Event] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ends: dict[str, threading.Event] = {}

    def submit(self, job_id: str) -> None:
        """See :class:`JobRunner`."""
        if self._at_once:
            self._do(job_id)
            return
        end = threading.Event()
        with self._lock:
            self._ends[job_id] = end
            self._queue.put((job_id, end))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="webadmin-jobs", daemon=True)
                self._thread.start()

    def wait(self, job_id: str, seconds: float) -> None:
        """Until the job is over, but not for longer than that."""
        end = self._ends.get(job_id)
        if end is not None:
            end.wait(seconds)

    def close(self) -> None:
        """Take no more jobs; those that wait begin where their pages are asked again."""
        with self._lock:
            thread, self._thread = self._thread, None
            while thread is not None and not self._queue.empty():
                self._queue.get()
            self._queue.put(None)
        if thread is not None:
            thread.join(_GRACE)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            job_id, end = job
            self._do(job_id)
            with self._lock:
                if self._ends.get(job_id) is end:
                    del self._ends[job_id]
            end.set()

    def _do(self, job_id: str) -> None:
        try:
            self._run(job_id)
        except Exception:
            logger.exception("job %s failed", job_id)


@dataclass(slots=True)
class Live:
    """A job that this process is at."""

    progress: Progress
    stop: Stop = field(default_factory=Stop)


class Desk:
    """What one process knows of jobs: those that it has asked for, with the request that did, and those that it is at."""

    def __init__(self) -> None:
        self.there = There(TABLES)
        """Whether there are tables to keep imports in."""
        self.tell_others: Callable[[UUID], None] = lambda id: None
        """Tells workers in other processes to give a job up; not within a transaction."""
        self._lock = threading.Lock()
        self._requests: dict[UUID, Any] = {}
        self._live: dict[UUID, Live] = {}

    def ask(self, id: UUID, request: Any) -> None:
        """Keep the request of whoever asks for a job until it begins: scopes and hooks may want to know it."""
        with self._lock:
            self._requests.pop(id, None)
            self._requests[id] = request
            if len(self._requests) > _ASKED:  # workers of the host's elsewhere have done the oldest
                del self._requests[next(iter(self._requests))]

    def take(self, id: UUID) -> Any:
        """The request that asked for a job, where that was in this process."""
        with self._lock:
            return self._requests.pop(id, None)

    def begin(self, id: UUID) -> Live:
        """A job begins: how far it is, from here on."""
        stop = Stop()
        live = Live(Progress(stopped=stop.is_gone), stop)
        with self._lock:
            self._live[id] = live
            return live

    def end(self, id: UUID) -> None:
        with self._lock:
            self._live.pop(id, None)

    def find(self, id: UUID) -> Live | None:
        """The job of that id, if this process is at it."""
        with self._lock:
            return self._live.get(id)

    def stop(self) -> None:
        """Give up whatever runs."""
        with self._lock:
            running = list(self._live.values())
            self._requests.clear()
        for live in running:
            live.stop.now()
