"""Making a map: in slices, each a short statement, on a connection of its own."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.database.session import Database
from webadmin.dialects import Timeouts
from webadmin.dialects.watcher import Watcher
from webadmin.dialects.writes import Writes
from webadmin.listing.pagemap.course import Course, Fence, Segment
from webadmin.listing.pagemap.fenwick import Counts
from webadmin.listing.pagemap.plans import Walk, nodes_of, sorts
from webadmin.listing.pagemap.subject import Subject, moved, subject_of
from webadmin.listing.pagemap.tree import IdList, PageMap, Part, State
from webadmin.listing.statement import matching
from webadmin.options.context import Context

LEAP = 1000
"""Rows between two fences."""
SLICE = 100
"""Fences that one statement looks for."""
MOST_IDS = 500_000
"""Rows of which the ids are kept, where the key is one number; of other keys a fifth."""
MOST_VALUES = 50
"""Values of a first key that each are a segment of a map."""
TIME_LIMIT = 60.0
"""Seconds that a map may take."""
_SLICE_MS = 5_000


class NotMapped(Exception):
    """There is no map of this list: no index serves its order, or it took too long."""


class Interrupted(Exception):
    """Requests wait for the connection."""


@dataclass(slots=True)
class Builder:
    """Makes the map of one list.

    :param context: of the person whose list it is; its session is not used.
    :param wanted_elsewhere: whether the connection is needed for requests.
    """

    database: Database
    watcher: Watcher | None
    context: Context
    subject: Subject
    wanted_elsewhere: Callable[[], bool]
    begun: float = 0.0

    def build(self) -> PageMap | IdList:
        """The map. Raises NotMapped, Interrupted, or what the database raises."""
        self.begun = time.monotonic()
        dialect = self.database.dialect
        state = State(None)
        if dialect.supports_snapshots:
            with self._session() as session:
                dialect.freeze(session.connection())
                state.writes = self._checked(session)
                found = self._made(lambda: _same(session), state)
                snapshot = dialect.snapshot()
                state.seen = None if snapshot is None else session.scalar(sa.select(snapshot))
        else:
            before = self.watcher.state() if self.watcher is not None else None
            with self._session() as session:
                state.writes = self._checked(session)
            found = self._made(self._session, state)
            if before is not None and self.watcher is not None and self.watcher.state() == before:
                state.seen = before
        state.finished = time.monotonic()
        state.seconds = state.finished - self.begun
        return found

    def mend(self, found: PageMap | IdList) -> PageMap | IdList:
        """``found`` with its open end counted again, and with what is known of writes elsewhere; ``found`` itself where the
        end is as it was. The new map is never right for certain. Raises as :meth:`build` does."""
        self.begun = time.monotonic()
        with self._session() as session:
            if self.database.dialect.supports_snapshots:
                self.database.dialect.freeze(session.connection())
            writes = self._checked(session)
            mended = found if isinstance(found, IdList) else self._with_end(found, lambda: _same(session))
        mended.state.hear(writes)
        return mended

    def _with_end(self, found: PageMap, sessions: Callable[[], Any]) -> PageMap:
        before = found.state
        version = before.version
        ends = [
            self._end(segment, sessions, part.fences[-1] if part.fences else None)
            for segment, part in zip(found.segments, found.parts, strict=True)
        ]
        with found.lock:
            rows = sum(LEAP * len(fences) + rest for fences, rest in ends)
            more = rows - sum(part.open_rows for part in found.parts)
            # Own changes that were entered meanwhile: on which side of this count they are nobody knows.
            if version != before.version or not more:
                return found
            parts = [
                Part(
                    [*part.fences, *fences] if fences else part.fences,
                    part.counts.with_end([*[LEAP] * len(fences), rest]),
                )
                for part, (fences, rest) in zip(found.parts, ends, strict=True)
            ]
        state = State(None, before.writes, finished=before.finished, seconds=before.seconds)
        state.appended = before.appended + more
        return PageMap(parts, found.segments, state)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self.database.transaction(read_only=True, timeouts=Timeouts(_SLICE_MS, 1000)) as session:
            yield session

    def _on(self, session: Session) -> Context:
        return moved(self.context, session)

    def _checked(self, session: Session) -> Writes | None:
        """The table's counters of writes; that the list is still what it was asked for as."""
        again = subject_of(self._on(session), self.subject.view, self.subject.params)
        if again is None or again.key != self.subject.key:
            raise NotMapped
        facts, own = self.database.dialect.table_facts, self.subject.view.info.table
        found = {table: facts(session.connection(), table) for table in {own, *self.subject.tables}}
        if not all(plain for plain, _writes in found.values()):
            raise NotMapped
        return found[own][1]

    def _made(self, sessions: Callable[[], Any], state: State) -> PageMap | IdList:
        course = self.subject.course
        segments: Sequence[Segment] = ()
        with sessions() as session:
            if course is not None:
                segments = self._by_values(session, course) if course.by_values else course.segments
            walk = self._walk(session, segments) if segments else None
        if course is None or walk is None or (not walk.covered and walk.rows <= MOST_IDS):
            with sessions() as session:
                ids = self._ids(session)
            if ids is not None:
                return IdList(ids, state)
            if course is None or walk is None:
                raise NotMapped
        return PageMap([self._part(segment, sessions) for segment in segments], segments, state)

    # -- fences ------------------------------------------------------------------------------------------

    def _part(self, segment: Segment, sessions: Callable[[], Any]) -> Part:
        fences, rest = self._end(segment, sessions, None)
        return Part(fences, Counts([LEAP] * len(fences) + [rest]))

    def _end(
        self, segment: Segment, sessions: Callable[[], Any], start: Fence | None
    ) -> tuple[list[Fence], int]:
        """The fences behind ``start``, and how many rows are behind the last one."""
        fences: list[Fence] = []
        lateral = self.database.dialect.supports_lateral
        while True:
            with sessions() as session:
                last = fences[-1] if fences else start
                found = (
                    self._recursive(session, segment, last) if lateral else self._loop(session, segment, last)
                )
                fences += found
                if len(found) < SLICE:
                    return fences, self._count(session, segment, fences[-1] if fences else start)
            self._go_on()

    def _leap(
        self, session: Session, segment: Segment, after: Sequence[sa.ColumnElement[bool]]
    ) -> sa.Select[Any]:
        """The row 1,000 rows further on."""
        columns = segment.columns(self.database.dialect)
        stmt = matching(self._on(session), self.subject.view, self.subject.params, columns, after)
        return stmt.order_by(*segment.by(self.database.dialect)).limit(1).offset(LEAP - 1)

    def _start(
        self, segment: Segment, last: Fence | None
    ) -> tuple[list[sa.ColumnElement[bool]], dict[str, Any]]:
        if last is None:
            return segment.all, segment.values(None)
        return segment.after_values(self.database.dialect), segment.values(last)

    def _recursive(self, session: Session, segment: Segment, last: Fence | None) -> list[Fence]:
        after, values = self._start(segment, last)
        fence = self._leap(session, segment, after).cte("fence", recursive=True)
        step = self._leap(session, segment, segment.after(self.database.dialect, list(fence.c)))
        further = step.lateral("further")
        walk = fence.union_all(sa.select(*further.c).select_from(fence.join(further, sa.true())))
        return [tuple(row) for row in session.execute(sa.select(*walk.c).limit(SLICE), values)]

    def _loop(self, session: Session, segment: Segment, last: Fence | None) -> list[Fence]:
        found: list[Fence] = []
        first = self._leap(session, segment, segment.all)
        further = self._leap(session, segment, segment.after_values(self.database.dialect))
        while len(found) < SLICE:
            stmt, values = (first if last is None else further), segment.values(last)
            row = session.execute(stmt, values).first()
            if row is None:
                break
            last = tuple(row)
            found.append(last)
        return found

    def _count(self, session: Session, segment: Segment, last: Fence | None) -> int:
        after, values = self._start(segment, last)
        context = self._on(session)
        rows = matching(context, self.subject.view, self.subject.params, [sa.literal(1).label("one")], after)
        some = rows.order_by(*segment.by(self.database.dialect)).limit(LEAP).subquery("some")
        return int(session.execute(sa.select(sa.func.count()).select_from(some), values).scalar_one())

    def _go_on(self) -> None:
        if time.monotonic() - self.begun > TIME_LIMIT:
            raise NotMapped
        if self.wanted_elsewhere():
            raise Interrupted

    # -- plans and ids -----------------------------------------------------------------------------------

    def _by_values(self, session: Session, course: Course) -> Sequence[Segment]:
        """A segment for each value of the first key, found one after another by a look into its index; none where there
        are too many."""
        dialect, first = self.database.dialect, course.by_values[0].expression
        value = sa.bindparam("value", type_=dialect.raw_type(first.type))
        found: list[Any] = []
        while len(found) <= MOST_VALUES:
            behind = [first > dialect.unraw(value, first.type)] if found else []
            stmt = matching(
                self._on(session), self.subject.view, self.subject.params, [dialect.raw(first)], behind
            )
            values = {"value": found[-1]} if found else {}
            row = session.execute(stmt.order_by(first.asc()).limit(1), values).first()
            if row is None:
                return [Segment.sharing(course.by_values, value, dialect) for value in reversed(found)]
            found.append(row[0])
        return ()

    def _walk(self, session: Session, segments: Sequence[Segment]) -> Walk | None:
        """How the planner goes along the order; None when it sorts."""
        rows, covered = 0, True
        for segment in segments:
            leap = self._leap(session, segment, segment.all).params(segment.values(None))
            plan = self.database.dialect.plan(session.connection(), leap)
            nodes = list(nodes_of(plan)) if plan else []
            if not nodes or any(sorts(node, segment) for node in nodes):
                return None
            covered = covered and not any("Filter" in node for node in nodes)
            below = [node.get("Plan Rows", 0) for node in nodes if node["Node Type"] != "Limit"]
            rows += int(below[0]) if below else 0
        return Walk(rows, covered)

    def _ids(self, session: Session) -> Any:
        """The keys of all rows in the list's own order; None when they are too many."""
        dialect, key = self.database.dialect, self.subject.view.info.key
        model: Any = self.subject.view.model
        columns = [dialect.raw(getattr(model, column.name)).label(f"id_{n}") for n, column in enumerate(key)]
        numeric = len(key) == 1 and isinstance(key[0].column.type, sa.Integer)
        most = MOST_IDS if numeric else MOST_IDS // 5
        order = self.subject.order
        context = self._on(session)
        stmt = order.joined(context, matching(context, self.subject.view, self.subject.params, columns))
        found = session.execute(stmt.order_by(*order.by()).limit(most + 1)).all()
        if len(found) > most:
            return None
        return array("q", (row[0] for row in found)) if numeric else [tuple(row) for row in found]


@contextmanager
def _same(session: Session) -> Iterator[Session]:
    yield session
