"""What a worker does with an import: checks it or applies it, says how far it is, and leaves nothing half done.

A job's state stands in the table of imports and changes to ``done`` in the very transaction that writes the rows, on the condition that
this worker still has it. Whatever happens to a worker, then, either all is written and the import is done, or nothing is.
"""

from __future__ import annotations

import json
import logging
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webadmin import logs
from webadmin.admission import by_now
from webadmin.changes.hooks import after_commit
from webadmin.changes.progress import Stopped
from webadmin.changes.record import change_id, record, written_down
from webadmin.changes.record.occasion import occasion
from webadmin.database.failures import as_answer
from webadmin.database.watched import PAGE
from webadmin.dialects import Timeouts
from webadmin.errors import Conflict, WebadminError
from webadmin.listing.pagemap.writes import follow
from webadmin.mixins import server_now
from webadmin.request import AdminRequest
from webadmin.runtime import Runtime
from webadmin.text import gettext as _
from webadmin.text import use_locale
from webadmin.transfer.imports import store
from webadmin.transfer.imports.applying import apply
from webadmin.transfer.imports.asked import Import, Problem
from webadmin.transfer.imports.checking import check
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.noted import MOST, keep_problems
from webadmin.transfer.imports.plan import Moved, Preview
from webadmin.transfer.imports.runner import JobRunner, Live, ThreadRunner
from webadmin.transfer.imports.source import Source
from webadmin.transfer.imports.store import Kept
from webadmin.views.importing.common import check_rights, limits_of
from webadmin.views.importing.told import told_outcome, told_preview, told_progress

logger = logging.getLogger("webadmin")

_LONG = Timeouts(statement_ms=60 * 60 * 1000, lock_ms=60 * 1000)
_SHORT = Timeouts(statement_ms=10_000, lock_ms=10_000)
_BEAT = Timeouts(statement_ms=2_000, lock_ms=300)
_EVERY = 1.0
"""Seconds after which a worker says that it lives, and asks whether it is to go on."""


def attach(runtime: Runtime, jobs: JobRunner | None = None) -> None:
    """Have ``jobs`` do the admin's jobs, or without any a thread of this process."""
    alone = runtime.database.capacity == 1
    runtime.jobs = jobs if jobs is not None else ThreadRunner(partial(run, runtime), at_once=alone)
    runtime.desk.tell_others = partial(_tell_others, runtime)


def detach(runtime: Runtime) -> None:
    """The server stops: give up what this process is at, which can be begun again."""
    runtime.desk.stop()
    if isinstance(runtime.jobs, ThreadRunner):
        runtime.jobs.close()


def run(runtime: Runtime, job_id: str) -> None:
    """Do what the import of that id waits for; nothing where it waits for nothing, or another worker has it."""
    try:
        id = UUID(job_id)
    except ValueError:
        raise ValueError(f"{job_id!r} is not the id of a job") from None
    worker, request = secrets.token_hex(16), runtime.desk.take(id)
    with runtime.database.transaction(read_only=False, timeouts=_SHORT) as session:
        kept = store.find(session, id)
        free = kept is not None and kept.working and (not kept.worker or kept.abandoned)
        if kept is None or not free or not store.taken(session, kept, worker):
            return
        session.commit()
    live = runtime.desk.begin(id)
    PAGE.set(f"POST /{kept.list_key}/import/{{id}}/")
    if kept.stop:
        live.stop.now()
    try:
        with _beating(runtime, kept, worker, live):
            _Job(runtime, kept, worker, live, request).run()
    finally:
        runtime.desk.end(id)


def _tell_others(runtime: Runtime, id: UUID) -> None:
    """Tell whichever worker elsewhere has a job to give it up."""
    with runtime.database.transaction(read_only=False, timeouts=_SHORT) as session:
        store.save(session, id, when=store.WORKING, stop=True)
        session.commit()


@contextmanager
def _beating(runtime: Runtime, kept: Kept, worker: str, live: Live) -> Iterator[None]:
    """Meanwhile, say every second that the worker lives and how far it is; stop it where somebody has asked for that."""
    over, id, language = threading.Event(), kept.id, runtime.responder.settings.language

    def beat() -> None:
        while not over.wait(_EVERY):
            try:
                with use_locale(language):
                    told = told_progress(live.progress, kept.rows)
                with runtime.database.transaction(read_only=False, timeouts=_BEAT) as session:
                    goes_on = store.beaten(session, id, worker, told.done, told.total, told.text)
                    session.commit()
            except SQLAlchemyError as error:
                # Where a database has one writer, that is the job itself just now.
                logger.debug("job %s: %s", id, logs.short(error))
                continue
            if not goes_on and not over.is_set():
                live.stop.now()

    thread = threading.Thread(target=beat, name="webadmin-job-beat", daemon=True)
    if runtime.database.capacity > 1:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if thread.is_alive():
            thread.join()


@dataclass(slots=True)
class _Job:
    runtime: Runtime
    kept: Kept
    worker: str
    live: Live
    request: AdminRequest | None
    """That of the person who asked, where this process had it."""

    def run(self) -> None:
        settings = self.runtime.responder.settings
        with use_locale(settings.language, self.kept.draft.zone or settings.time_zone):
            try:
                self._run()
            except (WebadminError, SQLAlchemyError) as error:
                if self.live.stop.is_gone():
                    self._given_up(Stopped().message)
                    return
                if isinstance(error, WebadminError):
                    self._failed(error.message)
                    return
                logger.warning("job %s: %s", self.kept.id, logs.short(error))
                self._failed(as_answer(self.runtime.database.dialect, error, reading=False).message)
            except Exception:
                logger.exception("job %s failed", self.kept.id)
                message = _(
                    "This is a fault of the program. The server's log says more under the number {number}."
                )
                self._failed(message.format(number=self.kept.id))

    def _run(self) -> None:
        with tempfile.TemporaryFile(prefix="webadmin-") as file:
            with self.runtime.database.transaction(read_only=True, timeouts=_LONG) as session:
                store.fetch(session, self.kept.id, file)
                request = self._request(session)
                limits = limits_of(request, request.view)
            source = open_source(file, self.kept.draft.file, limits)
            if self.kept.state == "checking":
                self._check(source)
            else:
                self._apply(source)

    def _check(self, source: Source) -> None:
        with self._writing() as (_session, request, asked):
            preview = check(request.context, asked, source, self.live.progress)
            shown = self._noted(request, preview)
        self._ready(*shown)

    def _apply(self, source: Source) -> None:
        kept = self.kept
        with self._writing() as (session, request, asked):
            context = request.context
            follow(self.runtime.maps, context)
            record(context, self.runtime.history)
            try:
                outcome = apply(
                    context,
                    asked,
                    source,
                    self.live.progress,
                    fingerprint=kept.fingerprint,
                    skip_failed=kept.skip_failed,
                )
            except Moved as moved:
                shown = self._noted(request, moved.preview)
                message = moved.message
            else:
                occasion(context).reason = kept.draft.reason
                written_down(context)
                self._done(session, told_outcome(outcome), change_id(context) or outcome.change_id)
                session.commit()
                after_commit(context)
                return
        self._ready(*shown, message=message)

    # -- where it is done --------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[tuple[Session, AdminRequest, Import]]:
        """A long transaction, the request in it, and what is asked for; rolled back unless it is committed within."""
        database = self.runtime.database
        with (
            database.transaction(read_only=False, timeouts=_LONG) as session,
            self.live.stop.of(database.dialect, session.connection()),
        ):
            request = self._request(session)
            request.permit("import")
            check_rights(request, request.view, self.kept.draft)
            yield session, request, self.kept.draft.asked(request.view)

    def _request(self, session: Session) -> AdminRequest:
        """The request of whoever asked, in another transaction; elsewhere one that has nothing of theirs but who they are."""
        kept, stop, responder = self.kept, self.live.stop, self.runtime.responder
        asking = kept.user if self.request is None else self.request.user
        user = by_now(responder.identity, asking, session, self.runtime.database.dialect)
        if self.request is None:
            return self.runtime.by_itself(session, stop, user, kept.list_key, str(kept.id))
        registry, gone = responder.registry, stop.is_gone
        return replace(
            self.request, session=session, user=user, registry=registry, afterwards=[], stopped=gone
        )

    # -- what came of it ---------------------------------------------------------------------------------------

    def _noted(self, request: AdminRequest, preview: Preview) -> tuple[Preview, dict[str, Any], list[str]]:
        """A preview with what of it is read in its transaction. Problems are kept as lines, a tenth of what objects take."""
        lines = []
        for number, problem in enumerate(preview.problems()):
            if number == MOST:
                break
            lines.append(json.dumps(list(asdict(problem).values())))
        return preview, told_preview(request, request.view, preview), lines

    def _ready(self, preview: Preview, shown: dict[str, Any], lines: list[str], message: str = "") -> None:
        with self._keeping() as session:
            self._save(
                session,
                state="ready",
                result={"preview": shown},
                fingerprint=preview.fingerprint,
                message=message,
            )
            keep_problems(session, self.kept.id, (Problem(*json.loads(line)) for line in lines))

    def _done(self, session: Session, outcome: dict[str, int], change: str | None) -> None:
        found = self.kept.result.get("preview", {})
        counts = {name: value for name, value in found.items() if not name.endswith("samples")}
        self._save(
            session,
            state="done",
            message="",
            result={"preview": counts, "outcome": outcome},
            change_id=UUID(change) if change is not None else None,
            ended_at=server_now(),
        )
        if not outcome["failed"]:
            store.forget_file(session, self.kept.id)

    def _given_up(self, message: str) -> None:
        """It can be begun again from where it was."""
        before = "new" if self.kept.state == "checking" else "ready"
        with self._keeping() as session:
            self._save(session, state=before, message=message)

    def _failed(self, message: str) -> None:
        """What could not be checked goes back to its columns, what could not be written to its preview."""
        state = "failed" if self.kept.state == "checking" else "ready"
        with self._keeping() as session:
            self._save(session, state=state, message=message)

    @contextmanager
    def _keeping(self) -> Iterator[Session]:
        with self.runtime.database.transaction(read_only=False, timeouts=_SHORT) as session:
            yield session
            session.commit()

    def _save(self, session: Session, **values: Any) -> None:
        if not store.save(
            session, self.kept.id, when=store.WORKING, held_by=self.worker, worker="", **values
        ):
            # Somebody took this worker for dead, or has taken the import away: what it did does not count.
            raise Conflict(_("Another worker has taken this import over. Nothing was changed."))
