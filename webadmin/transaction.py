"""The transaction of a request: where it reads, the person, the permission, the view, the commit; once more where that helps."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from starlette.datastructures import FormData

from webadmin import logs
from webadmin.admission import ENTERING, Admitted, admit, asks_database, mark_seen
from webadmin.auth.user import User
from webadmin.changes.hooks import after_commit
from webadmin.changes.record import record, written_down
from webadmin.database.failures import as_answer
from webadmin.database.replica import Reads
from webadmin.database.stop import Stop
from webadmin.errors import Conflict, NotFound
from webadmin.listing.pagemap.writes import follow
from webadmin.request import Answer, Page, Redirect
from webadmin.responder import Caller
from webadmin.runtime import Route, Runtime
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

_PASSING = {"connection_lost", "serialization", "deadlock"}
"""Failures after which the same may go well."""


@dataclass(slots=True)
class Transaction:
    """What one request does in the database; runs in a worker thread.

    :param told: the person, as far as the request alone tells.
    """

    runtime: Runtime
    caller: Caller
    told: User | None
    stop: Stop
    _reads: Reads = field(default_factory=Reads)
    _viewed: bool = False
    """The view was run, and may have written."""
    _repeated: bool = False

    def run(self, route: Route, form: FormData) -> Answer:
        """The answer of ``route``'s view, committed. Raises WebadminError, also for what the database says."""
        database, caller = self.runtime.database, self.caller
        reading = not route.writes(caller.request.method, form)
        if reading and not route.primary:
            self._reads = database.reads(caller.cookie.written)
        begun = time.perf_counter()
        try:
            return self._tried(route, form, reading=reading)
        except StaleDataError:
            raise Conflict(
                _(
                    "Somebody else changed or deleted this row since the page was opened. Nothing was saved: open it again."
                )
            ) from None
        except (PoolTimeout, StatementError, OverflowError) as error:
            logger.warning("request %s: %s", caller.request_id, logs.short(error))
            if not reading:
                caller.cookie.wrote(database.unknown_mark())  # the commit itself may be what failed
            raise as_answer(database.dialect, error, reading=reading) from error
        finally:
            caller.database_ms = (time.perf_counter() - begun) * 1000
            caller.on_replica = self._reads.on_replica

    def _tried(self, route: Route, form: FormData, *, reading: bool) -> Answer:
        while True:
            try:
                return self._once(route, form, reading=reading)
            except NotFound:
                # It may have been made a moment ago, and not have come to the replica.
                if not self._reads.on_replica:
                    raise
            except (SQLAlchemyError, OverflowError) as error:
                if not self._helps(error, reading=reading):
                    raise
            self._reads = Reads()

    def _helps(self, error: BaseException, *, reading: bool) -> bool:
        """Whether to do it again is safe, and may end better than with ``error``."""
        database = self.runtime.database
        if database.failed_on_replica(self._reads, error):
            return True
        # Again is safe where nothing was written; the pool has a fresh connection by now.
        if self._repeated or not (reading or not self._viewed):
            return False
        self._repeated = True
        dialect = database.dialect
        return dialect.reads_more_after(error) or dialect.failure(error).kind in _PASSING

    def _once(self, route: Route, form: FormData, *, reading: bool) -> Answer:
        runtime, caller = self.runtime, self.caller
        timeouts, database = runtime.responder.settings.timeouts, runtime.database
        admitted = self._admitted_before(route)
        with (
            database.transaction(read_only=reading, timeouts=timeouts, reads=self._reads) as session,
            self.stop.of(database.dialect, session.connection()) if route.stops else nullcontext(),
        ):
            admitted = admitted or self._admit(route, session)
            request = runtime.asked(caller, session, form, self.stop, self._reads)
            if route.permission not in {*ENTERING, "known"}:
                request.permit(route.permission.format(**request.params))
            if not reading:
                follow(runtime.maps, request.context)
                if not runtime.responder.settings.read_only:
                    record(request.context, runtime.history)
            self._viewed = True
            answer = route.view(request)
            kept = isinstance(answer, Redirect) or answer.status < 400
            kept = kept or (isinstance(answer, Page) and answer.commits)
            if kept:
                written_down(request.context)
                session.commit()
        if kept and not reading:
            for text in after_commit(request.context):
                request.flash(text, "bad")
        if kept:
            request.run_afterwards()
        # Nobody is told how much a login has written, which may depend on whether there is such a person; and what it leads to
        # is read where it was written.
        if kept and not reading and route.permission not in ENTERING:
            caller.cookie.wrote(database.mark())  # behind the hooks: what they have written counts as well
        if admitted.stale:
            mark_seen(runtime.responder.identity, database, timeouts, caller.cookie, caller.request_id)
        return answer

    def _admitted_before(self, route: Route) -> Admitted | None:
        """The person, where the page is read elsewhere than they are: whoever was shut out is so at once, however late a
        replica hears of it."""
        runtime = self.runtime
        if self._reads.after is None or not asks_database(runtime.responder.identity, self.told):
            return None
        timeouts = runtime.responder.settings.timeouts
        with runtime.database.transaction(read_only=True, timeouts=timeouts) as session:
            return self._admit(route, session)

    def _admit(self, route: Route, session: Session) -> Admitted:
        runtime, caller = self.runtime, self.caller
        admitted = admit(
            runtime.responder.identity,
            self.told,
            route.permission,
            session,
            runtime.database.dialect,
            runtime.accounts,
            caller.cookie,
            caller.request,
        )
        caller.user = admitted.user
        return admitted
