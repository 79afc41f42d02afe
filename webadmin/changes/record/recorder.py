"""Everything that one transaction changes, written down in it, whoever asked for the change.

What goes through the unit of work is seen by the session's own events; statements that are executed on the session (a
host's too) are seen before they run. Events: https://docs.sqlalchemy.org/en/21/orm/session_events.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import InstanceState, Mapper, ORMExecuteState, Session
from sqlalchemy.orm.interfaces import MANYTOMANY

from webadmin.changes.catalog import catalog_of
from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.record.executed import Executed
from webadmin.changes.record.journal import DELETE, Journal
from webadmin.changes.record.looks import told
from webadmin.changes.record.reached import write_reached
from webadmin.changes.record.watch import Watch
from webadmin.changes.references import edges
from webadmin.changes.walk import key_in
from webadmin.database.inspection import inspect_model
from webadmin.database.keys import Key, among
from webadmin.database.own_tables.base import metadata
from webadmin.database.own_tables.there import There
from webadmin.listing.held import PLACE as WITNESS
from webadmin.options.context import Context

_PLACE = "webadmin.recorder"
_CHUNK = 500


class Recorder:
    """Writes down what the transaction of ``context`` changes, from :meth:`attach` to :meth:`finish`."""

    def __init__(self, context: Context) -> None:
        self.session: Session = context.session
        self.journal = Journal(context)
        self.watch = Watch(context)
        self._gone = 0
        """The step of the deletions that the flush is about to make."""
        self._after: list[tuple[Recorded, tuple[str, ...]]] = []
        self._links: list[tuple[Any, Any]] = []

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
        return self.journal.finish(self.watch.end())

    def write_pending(self) -> None:
        """Write down what is under watch, so that what comes now lies after it."""
        self.session.flush()
        self.journal.write(self.watch.end())

    def update(self, table: sa.Table, stmt: sa.Update) -> int:
        """Run an UPDATE of ``table`` in one statement with what is written down of it; see ``Journal.write_update``."""
        self.write_pending()
        work = Executed(self.journal, table, stmt)
        return self.journal.write_update(work.rows, stmt, *work.columns())

    # -- rows that are read to be written ----------------------------------------------------------------

    def asks(self, model: type) -> Sequence[Any]:
        """See ``listing.held``: rows of one table whose statements have no other name for it."""
        mapper = inspect_model(model).mapper
        table = mapper.local_table
        plain = mapper.inherits is None and mapper.polymorphic_on is None and isinstance(table, sa.Table)
        return told(self.journal.context, recorded(table)) if plain else ()

    def sees(self, row: Any, said: Sequence[Any]) -> None:
        """See ``listing.held``."""
        row_key, record = said
        for table, key in _places(row, tuple(_state(row).identity or ())):
            self.watch.notice(table, key, (row_key, record))

    def _rolled_back(self, _session: Session, _transaction: Any) -> None:
        self.watch.forget()

    # -- the unit of work --------------------------------------------------------------------------------

    def _before_flush(self, session: Session, _context: Any, _instances: Any) -> None:
        gone = [row for row in session.deleted if not _is_own(_state(row).mapper)]
        if gone:  # what was done so far is a step of its own, that can be taken back after them
            self.journal.write(self.watch.end())
        changed = [row for row in session.dirty if session.is_modified(row)]
        self._watch(changed)
        self._watch_links([*changed, *session.new])
        if gone:
            self._write_gone(gone)

    def _watch(self, rows: Iterable[Any]) -> None:
        keys: dict[sa.Table, list[Key]] = {}
        for row in rows:
            for table, key in _places(row, tuple(_state(row).identity or ())):
                keys.setdefault(table, []).append(key)
        for table, some in keys.items():
            self.watch.begin(table, some)
        for row in rows:
            for table, key in _places(row, tuple(_state(row).identity or ())):
                hidden = recorded(table).redacted
                if hidden:
                    self.watch.redact(table, key, _changed(row, table, hidden))

    def _watch_links(self, rows: Iterable[Any]) -> None:
        """Rows of link tables that a collection's change adds or takes away."""
        self._links = []
        for row in rows:
            for relation in _state(row).mapper.relationships:
                if relation.direction is MANYTOMANY and not relation.viewonly:
                    history = _state(row).attrs[relation.key].history
                    if history.added or history.deleted:
                        self._links += [
                            ((relation, row), member) for member in (*history.added, *history.deleted)
                        ]
                        there = [key for m in history.deleted if (key := _link(relation, row, m)) is not None]
                        self.watch.begin(relation.secondary, there)  # type: ignore[arg-type]

    def _write_gone(self, rows: Sequence[Any]) -> None:
        """Write down what is deleted, and all that the database or the mapper does to other rows on that account."""
        step = self._gone = self.journal.step()
        places: dict[sa.Table, list[Key]] = {}
        mappers: dict[Mapper[Any], None] = {}
        for row in rows:
            mappers[_state(row).mapper] = None
            for table, key in _places(row, tuple(_state(row).identity or ())):
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
            if not _is_own(_state(row).mapper):
                for table, key in _places(row, _state(row).mapper.primary_key_from_instance(row)):
                    self.watch.add(table, key)
        for row in session.dirty:
            self._follow(row)
        for (relation, row), member in self._links:
            link = _link(relation, row, member)
            if link is not None:
                self.watch.add(relation.secondary, link)
        self._links = []
        if self._gone:
            for of, names in self._after:
                self.journal.write_after(self._gone, of, names)
            # In one step with the rows that are gone: they may have pointed at them.
            self.journal.add(self.watch.end(), self._gone)
        self._after, self._gone = [], 0

    def _follow(self, row: Any) -> None:
        """A row whose key was changed stays the same row."""
        old = tuple(_state(row).identity or ())
        new = tuple(_state(row).mapper.primary_key_from_instance(row))
        if old != new:
            for (table, before), (_table, after) in zip(_places(row, old), _places(row, new), strict=True):
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
                self.watch.begin(table, keys)
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


def _places(row: Any, identity: Key) -> list[tuple[sa.Table, Key]]:
    """Where a row stands: its key in each of its tables."""
    mapper = _state(row).mapper
    return [
        (table, key_in(table, mapper, identity))
        for table in mapper.tables
        if isinstance(table, sa.Table) and not _is_own(mapper)
    ]


def _is_own(mapper: Mapper[Any]) -> bool:
    return getattr(mapper.local_table, "metadata", None) is metadata


def _changed(row: Any, table: sa.Table, names: Iterable[str]) -> list[str]:
    state = _state(row)
    columns: Mapping[str, Any] = {name: table.c[name] for name in names}
    return [
        name
        for name, column in columns.items()
        if column in state.mapper._columntoproperty
        and state.attrs[state.mapper.get_property_by_column(column).key].history.has_changes()
    ]


def _link(relation: Any, row: Any, member: Any) -> Key | None:
    """The key of the row of a link table between two rows; None while one of them has none."""
    own, far = _state(row).mapper, _state(member).mapper
    values = {
        link: getattr(row, own.get_property_by_column(column).key)
        for column, link in relation.synchronize_pairs
    } | {
        link: getattr(member, far.get_property_by_column(column).key)
        for column, link in relation.secondary_synchronize_pairs
    }
    key = tuple(values.get(column) for column in recorded(relation.secondary).key)
    return None if None in key else key


def _state(row: Any) -> InstanceState[Any]:
    state: InstanceState[Any] = sa.inspect(row)
    return state
