"""Everything that one transaction changes, written down in it, whoever asked for the change.

What goes through the unit of work is seen by the session's own events; statements that are executed on the session (a
host's too) are seen before they run. Events: https://docs.sqlalchemy.org/en/21/orm/session_events.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction

from webadmin.changes.catalog import catalog_of
from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.record.ending import MOST
from webadmin.changes.record.executed import Executed
from webadmin.changes.record.journal import Journal
from webadmin.changes.record.looks import told
from webadmin.changes.record.places import (
    Ends,
    changed_columns,
    is_own,
    link_key,
    links_of,
    places_of,
    state_of,
)
from webadmin.changes.record.reached import reaches, write_reached
from webadmin.changes.record.staged import Staged, write_inserts, write_updates
from webadmin.changes.record.watch import Watch
from webadmin.changes.references import edges
from webadmin.database.inspection import inspect_model
from webadmin.database.keys import Key, among
from webadmin.database.own_tables.base import metadata
from webadmin.database.own_tables.changes import DELETE
from webadmin.database.own_tables.there import There
from webadmin.listing.held import PLACE as WITNESS
from webadmin.options.context import Context

_PLACE = "webadmin.recorder"
_CHUNK = 500
_FEW = 50
"""So many deleted rows are under watch like others; more are written down by statements for them all."""


class Recorder:
    """Writes down what the transaction of ``context`` changes, from :meth:`attach` to :meth:`finish`."""

    def __init__(self, context: Context) -> None:
        self.session: Session = context.session
        self.journal = Journal(context)
        self.watch = Watch(context)
        self._gone = 0
        """The step of the deletions that the flush is about to make, if they have one of their own."""
        self._parts = False
        """The flush is about to make deletions that have none."""
        self._after: list[tuple[Recorded, tuple[str, ...]]] = []
        self._links: list[tuple[Ends, bool]] = []
        """Rows of link tables that the flush adds or, where it says so, takes away."""

    def attach(self) -> None:
        """Listen to the session."""

        def executed(state: ORMExecuteState) -> Any:
            return self._executed(state)

        executed.webadmin = True  # type: ignore[attr-defined]
        event.listen(self.session, "do_orm_execute", executed)
        event.listen(self.session, "before_flush", self._before_flush)
        event.listen(self.session, "after_flush", self._after_flush)
        event.listen(self.session, "after_soft_rollback", self._rolled_back)
        self.session.info[_PLACE] = self.session.info[WITNESS] = self

    def finish(self) -> bool:
        """Write the rest down; to be called before the commit. Whether anything was changed."""
        self.session.flush()
        if self.journal.in_one and (rows := self.watch.rest(MOST)) is not None:
            return self.journal.finish_in_one(rows)
        return self.journal.finish(self.watch.end())

    def write_pending(self) -> None:
        """Write down what is under watch, so that what comes now lies after it."""
        self.session.flush()
        self.journal.write(self.watch.end())

    def begin(self, table: sa.Table, keys: Sequence[Key]) -> None:
        """Watch rows of ``table``, which are about to be written."""
        self.catch_up(table, keys)
        self.watch.begin(table, keys)

    def catch_up(self, table: sa.Table, keys: Sequence[Key]) -> None:
        """Write down what is under watch, if one of these rows was changed in an earlier step."""
        self._catch_up((table, key) for key in keys)

    def _catch_up(self, places: Iterable[tuple[sa.Table, Key]]) -> None:
        if any(self.watch.is_behind(table, key) for table, key in places):
            self.journal.write(self.watch.end())

    def update(self, table: sa.Table, stmt: sa.Update) -> int:
        """Run an UPDATE of ``table`` in one statement with what is written down of it; see ``Journal.write_update``."""
        self.write_pending()
        work = Executed(self.journal, table, stmt)
        return self.journal.write_update(work.rows, stmt, *work.columns())

    def update_staged(self, staged: Staged, stmt: sa.Update) -> int:
        """Run an UPDATE of rows that another table names; see ``staged.write_updates``."""
        self.write_pending()
        return write_updates(
            self.journal, staged, stmt, *Executed(self.journal, staged.table, stmt).columns()
        )

    def insert_selected(self, table: sa.Table, stmt: sa.Insert) -> int:
        """Run an ``INSERT … SELECT``; see ``staged.write_inserts``."""
        self.write_pending()
        return write_inserts(self.journal, table, stmt)

    # -- rows that are read to be written ----------------------------------------------------------------

    def asks(self, model: type) -> Sequence[Any]:
        """See ``listing.held``: rows of one table whose statements have no other name for it."""
        mapper = inspect_model(model).mapper
        table = mapper.local_table
        if mapper.inherits is not None or mapper.polymorphic_on is not None or is_own(mapper):
            return ()
        known = isinstance(table, sa.Table) and bool(recorded(table).key)
        return told(self.journal.context, recorded(table)) if known else ()

    def sees(self, row: Any, said: Sequence[Any]) -> None:
        """See ``listing.held``."""
        row_key, record = said
        for table, key in places_of(row, tuple(state_of(row).identity or ())):
            self.watch.notice(table, key, (row_key, record))

    def _rolled_back(self, _session: Session, transaction: SessionTransaction) -> None:
        self.journal.rolled_back(transaction)
        self.watch.forget()

    # -- the unit of work --------------------------------------------------------------------------------

    def _before_flush(self, session: Session, _context: Any, _instances: Any) -> None:
        gone = [row for row in session.deleted if not is_own(state_of(row).mapper)]
        alone = len(gone) <= _FEW and not any(
            map(self._reaches, dict.fromkeys(state_of(row).mapper for row in gone))
        )
        if not alone:  # what was done so far is a step of its own, that can be taken back after them
            self.journal.write(self.watch.end())
        changed = [row for row in session.dirty if session.is_modified(row)]
        self._links = links_of([*changed, *session.new])
        self._catch_up(self._touched([*changed, *gone, *session.new]))
        self._watch([*changed, *gone] if alone else changed)
        for link, taken in self._links:
            if taken and (key := link_key(*link)) is not None:
                self.watch.begin(link[0].secondary, [key])
        self._parts = bool(gone) and alone
        if not alone:
            self._write_gone(gone)

    def _reaches(self, mapper: Mapper[Any]) -> bool:
        """Whether something is done to other rows when rows of ``mapper`` are deleted."""
        return any(reaches(edge) for edge in edges(mapper, catalog_of(self.journal.context)))

    def _watch(self, rows: Iterable[Any]) -> None:
        keys: dict[sa.Table, list[Key]] = {}
        for row in rows:
            for table, key in places_of(row, tuple(state_of(row).identity or ())):
                keys.setdefault(table, []).append(key)
        for table, some in keys.items():
            self.watch.begin(table, some)
        for row in rows:
            for table, key in places_of(row, tuple(state_of(row).identity or ())):
                hidden = recorded(table).redacted
                if hidden:
                    self.watch.redact(table, key, changed_columns(row, table, hidden))

    def _touched(self, rows: Iterable[Any]) -> Iterator[tuple[sa.Table, Key]]:
        """Where rows stand that the flush writes, and where they will."""
        for row in rows:
            if identity := tuple(state_of(row).identity or ()):
                yield from places_of(row, identity)
            yield from places_of(row, tuple(state_of(row).mapper.primary_key_from_instance(row)))
        for link, _taken in self._links:
            if (key := link_key(*link)) is not None:
                yield link[0].secondary, key

    def _write_gone(self, rows: Sequence[Any]) -> None:
        """Write down what is deleted, and all that the database or the mapper does to other rows on that account."""
        step = self._gone = self.journal.step()
        places: dict[sa.Table, list[Key]] = {}
        mappers: dict[Mapper[Any], None] = {}
        for row in rows:
            mappers[state_of(row).mapper] = None
            for table, key in places_of(row, tuple(state_of(row).identity or ())):
                places.setdefault(table, []).append(key)
        for table, keys in places.items():
            of = recorded(table)
            for start in range(0, len(keys), _CHUNK):
                where = among(of.key, keys[start : start + _CHUNK])
                self.journal.write_before(step, DELETE, of, where, redacted=sorted(of.redacted))
        known = {table: self.watch.keys(table) for table in self.watch.tables()}
        for mapper in mappers:
            updated = write_reached(
                self.journal, step, edges(mapper, catalog_of(self.journal.context)), mapper.registry, known
            )
            self._after += list(updated.items())

    def _after_flush(self, session: Session, _context: Any) -> None:
        for row in session.new:
            if not is_own(state_of(row).mapper):
                for table, key in places_of(row, state_of(row).mapper.primary_key_from_instance(row)):
                    self.watch.add(table, key)
        for row in session.dirty:
            self._follow(row)
        for link, _taken in self._links:
            if (between := link_key(*link)) is not None:
                self.watch.add(link[0].secondary, between)
        self._links = []
        if self._gone:
            for of, names in self._after:
                self.journal.write_after(self._gone, of, names)
            # In one step with the rows that are gone: they may have pointed at them.
            self.journal.add(self.watch.end(), self._gone)
        elif self._parts:  # what follows may take a place that they have left
            self.watch.part()
        self._after, self._gone, self._parts = [], 0, False

    def _follow(self, row: Any) -> None:
        """A row whose key was changed stays the same row."""
        old = tuple(state_of(row).identity or ())
        new = tuple(state_of(row).mapper.primary_key_from_instance(row))
        if old != new:
            for (table, before), (_table, after) in zip(
                places_of(row, old), places_of(row, new), strict=True
            ):
                self.watch.moved(table, before, after)

    # -- statements --------------------------------------------------------------------------------------

    def _executed(self, state: ORMExecuteState) -> Any:
        table = getattr(state.statement, "table", None)
        if not isinstance(table, sa.Table) or table.metadata is metadata:
            return None
        work = Executed(self.journal, table, state.statement, state)
        if state.is_insert or work.by_key is not None:
            keys = work.inserted_keys() if state.is_insert else work.by_key
            if keys:
                self.begin(table, keys)
            result = state.invoke_statement()
            if state.is_insert and not keys:
                for key in work.made_keys(result):
                    self.watch.add(table, key)
            return result
        if state.is_update or state.is_delete:
            self.write_pending()
            return work.run()
        return None


def record(context: Context, there: There) -> None:
    """Have everything that the transaction of ``context`` changes from now on written down, where the tables for it are
    ``there``."""
    if there.ask(context.dialect, context.session.connection()):
        Recorder(context).attach()


def written_down(context: Context) -> bool:
    """Complete what is written down of the transaction, which is about to be committed; whether it changed anything."""
    found = recorder(context)
    return found is not None and found.finish()


def recorder(context: Context) -> Recorder | None:
    """The recorder of the request's transaction; None where nothing is written down."""
    found = context.session.info.get(_PLACE)
    return found if isinstance(found, Recorder) else None


def change_id(context: Context) -> str | None:
    """The id that this transaction's change has in the history, if it changes anything; None where there is no history."""
    found = recorder(context)
    return str(found.journal.id) if found is not None else None
