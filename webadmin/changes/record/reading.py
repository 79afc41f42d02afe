"""Reading the history: changes, their rows, and the timeline of a row, as far as the person may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.changes.record.columns import recorded
from webadmin.changes.record.decoding import RecordedRow, decode, key_in
from webadmin.changes.record.entries import Asked, Change, Moment
from webadmin.changes.record.sight import Sight, tables_of
from webadmin.database.own_tables.changes import change, change_row
from webadmin.errors import NotFound
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

_SAMPLE = 50
"""Rows of a change that are looked at to see whether the person may see any."""
_PATIENCE = 2000
"""Milliseconds for records that no index leads to."""
_ROUNDS = 10
"""How often is read on where the person may see few of the rows."""


class History:
    """The history as the person of ``context`` sees it; see :class:`~webadmin.changes.record.sight.Sight`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.sight = Sight(context)

    # -- changes -------------------------------------------------------------------------------------------

    def changes(
        self, asked: Asked, *, before: UUID | None = None, limit: int = 25
    ) -> tuple[list[Change], UUID | None]:
        """The newest changes that are asked for, older than ``before``, and where to read on; None at the end."""
        found: list[Change] = []
        for _round in range(_ROUNDS):
            stmt = self._asked(asked, before).order_by(change.c.id.desc()).limit(limit + 1)
            read = [self._change(row) for row in self.context.session.execute(stmt)]
            seen = self._seen(read[:limit], asked)
            for entry in read[:limit]:
                before = entry.id
                if entry.id in seen:
                    found.append(entry)
                    if len(found) == limit:
                        return self._undone(found), before if entry is not read[-1] else None
            if len(read) <= limit:
                return self._undone(found), None
        return self._undone(found), before

    def change(self, id: UUID) -> Change:
        """One change of which the person may see something. Raises NotFound."""
        row = self.context.session.execute(sa.select(change).where(change.c.id == id)).first()
        if row is not None:
            entry = self._change(row)
            if entry.view is not None and (entry.own or not self.sight.is_checked(entry.view)):
                return self._undone([entry])[0]
            if self.rows(entry, limit=1)[0]:
                return self._undone([entry])[0]
        raise NotFound(_("There is no such change, or it is not for you to see."))

    def _asked(self, asked: Asked, before: UUID | None) -> sa.Select[Any]:
        lists = self.sight.lists
        keys = [asked.list_key] if asked.list_key in lists else [] if asked.list_key else list(lists)
        stmt = sa.select(change).where(change.c.list_key.in_(keys))
        if before is not None:
            stmt = stmt.where(change.c.id < before)
        if asked.kind:
            stmt = stmt.where(change.c.kind == asked.kind)
        if asked.since is not None:
            stmt = stmt.where(change.c.at >= asked.since)
        if asked.until is not None:
            stmt = stmt.where(change.c.at < asked.until)
        if asked.text or asked.who:
            # Words of changes that the person may not see are not asked for: that would tell of them.
            free = [key for key in keys if not self.sight.is_checked(lists[key])]
            hidden = sa.not_(sa.or_(change.c.list_key.in_(free), change.c.person == self.sight.person))
            contains = self.context.dialect.contains
            if asked.text:
                said = [contains(column, asked.text) for column in (change.c.reason, change.c.action)]
                said.append(change.c.request_id == asked.text)
                named = [key for key in keys if not lists[key].relabelled]
                label = sa.and_(change.c.list_key.in_(named), contains(change.c.label, asked.text))
                stmt = stmt.where(sa.or_(hidden, label, *said))
            if asked.who:
                stmt = stmt.where(sa.or_(hidden, contains(change.c.person_name, asked.who)))
        return stmt

    def _seen(self, entries: Sequence[Change], asked: Asked) -> set[UUID]:
        """Which of these changes the person may see: of the others of a list with a scope, those with a row in it."""
        seen: set[UUID] = set()
        single: dict[UUID, Change] = {}
        for entry in entries:
            assert entry.view is not None
            if entry.own or not self.sight.is_checked(entry.view):
                seen.add(entry.id)
            elif not asked.fits(entry):
                continue
            elif entry.row_count == 1:
                single[entry.id] = entry
            elif self.rows(entry, limit=1, most=_SAMPLE)[0]:
                seen.add(entry.id)
        if single:
            rows = self._read(change_row.c.change_id.in_(list(single)), limit=None)
            seen.update(row.change_id for row in self._visible(rows, single))
        return seen

    def _undone(self, entries: list[Change]) -> list[Change]:
        if not entries:
            return entries
        stmt = sa.select(change.c.undoes, change.c.id).where(
            change.c.undoes.in_([entry.id for entry in entries])
        )
        by = {row.undoes: row.id for row in self.context.session.execute(stmt)}
        return [replace(entry, undone=by.get(entry.id)) for entry in entries]

    def _change(self, row: Any) -> Change:
        view = self.sight.lists.get(row.list_key)
        told = view is not None
        return Change(
            id=row.id,
            at=row.at,
            person=row.person,
            person_name=row.person_name,
            own=self.sight.is_own(row.person),
            kind=row.kind,
            list_key=row.list_key,
            view=view,
            label=row.label if view is not None and not view.relabelled else "",
            action=row.action if told else "",
            reason=row.reason if told else "",
            request_id=row.request_id,
            address=row.address,
            row_count=row.row_count,
            undoes=row.undoes,
        )

    # -- rows ----------------------------------------------------------------------------------------------

    def rows(
        self, entry: Change, *, after: int | None = None, limit: int = 50, most: int | None = None
    ) -> tuple[list[RecordedRow], int | None]:
        """The rows of a change in the order in which they were changed, behind the one numbered ``after``, and where to read
        on; None at the end.

        :param most: how many rows are looked at, those included that the person may not see.
        """
        found: list[RecordedRow] = []
        step = limit if most is None else most
        for _round in range(_ROUNDS if most is None else 1):
            where = [change_row.c.change_id == entry.id]
            if after is not None:
                where.append(change_row.c.id > after)
            read = self._read(*where, limit=step + 1)
            seen = {row.id: row for row in self._visible(read[:step], {entry.id: entry})}
            for row in read[:step]:
                after = row.id
                if row.id in seen:
                    found.append(seen[row.id])
                    if len(found) == limit:
                        return found, after if row is not read[-1] else None
            if len(read) <= step:
                return found, None
        return found, after

    def these(self, entry: Change, ids: Sequence[int]) -> list[RecordedRow]:
        """Those of the rows of a change with these numbers that the person may see."""
        if not ids:
            return []
        read = self._read(change_row.c.change_id == entry.id, change_row.c.id.in_(list(ids)), limit=None)
        return list(self._visible(read, {entry.id: entry}))

    def counts(self, entry: Change) -> dict[tuple[str, str], int]:
        """How many rows a change has by list and kind, of lists of which the person may see every row or all of which
        they changed themselves."""
        stmt = (
            sa.select(change_row.c.table_name, change_row.c.kind, sa.func.count())
            .where(change_row.c.change_id == entry.id)
            .group_by(change_row.c.table_name, change_row.c.kind)
        )
        counts: dict[tuple[str, str], int] = {}
        for table, kind, count in self.context.session.execute(stmt):
            found = self.sight.view_of(table, entry.list_key)
            if found is not None and (entry.own or not self.sight.is_checked(found[0])):
                place = (found[0].key, kind)
                counts[place] = counts.get(place, 0) + count
        return counts

    # -- one row -------------------------------------------------------------------------------------------

    def timeline(
        self, view: View, key: Sequence[Any], *, there: bool, before: int | None = None, limit: int = 20
    ) -> tuple[list[Moment], int | None]:
        """What happened to one row, the newest first and older than the row of a change numbered ``before``, and where to
        read on; None at the end.

        :param there: whether the person can open the row now; of one that they cannot they see what they changed
            themselves, and where everybody sees every row, all.
        """
        more = [change_row.c.id < before] if before is not None else []
        if not there and self.sight.is_checked(view):
            own = sa.select(change.c.id).where(change.c.person == (self.sight.person or None))
            more.append(change_row.c.change_id.in_(own))
        where = sa.or_(*(self._is_row(view, table, key) for table in tables_of(view)))
        read = self._read(where, *more, limit=limit + 1, descending=True)
        read += self._linked(view, key, more, limit + 1)
        read.sort(key=lambda row: row.id, reverse=True)
        rows = read[:limit]
        entries = self._entries({row.change_id for row in rows})
        decoded = decode(self.context, self.sight, rows, {row.change_id: view.key for row in rows})
        moments: dict[UUID, list[RecordedRow]] = {}
        for row in decoded:
            moments.setdefault(row.change_id, []).append(row)
        found = [Moment(entries[id], tuple(rows)) for id, rows in moments.items() if id in entries]
        return found, rows[-1].id if len(read) > limit else None

    def _is_row(self, view: View, table: sa.Table, key: Sequence[Any]) -> sa.ColumnElement[bool]:
        by_column = dict(zip(key_in(view, table), key, strict=False))
        if set(by_column) != set(columns := recorded(table).key):
            return sa.false()
        bound = [sa.literal(by_column[column], column.type) for column in columns]
        row_key = self.context.dialect.record_key(bound)
        return sa.and_(change_row.c.table_name == table.fullname, change_row.c.row_key == row_key)

    def _linked(self, view: View, key: Sequence[Any], more: Sequence[Any], limit: int) -> list[Any]:
        """Records of link tables that concern one row. Nothing indexes them by it: where there are too many to look through
        in a short time, they are left out."""
        dialect, found = self.context.dialect, []
        for link in self.sight.links(view) if len(key) == 1 else ():
            record = sa.func.coalesce(change_row.c.after, change_row.c.before)
            member = dialect.record_member(sa.type_coerce(record, change_row.c.after.type), link.own.name)
            same = member == dialect.record_value(sa.literal(key[0], link.own.type))
            where = (change_row.c.table_name == link.table.fullname, same)
            try:
                with dialect.limited(self.context.session.connection(), _PATIENCE):
                    found += self._read(*where, *more, limit=limit, descending=True)
            except exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise
        return found

    def _entries(self, ids: Iterable[UUID]) -> dict[UUID, Change]:
        stmt = sa.select(change).where(change.c.id.in_(list(ids)))
        entries = [self._change(row) for row in self.context.session.execute(stmt)]
        return {entry.id: entry for entry in self._undone(entries)}

    # -- reading -------------------------------------------------------------------------------------------

    def _read(self, *where: Any, limit: int | None, descending: bool = False) -> list[Any]:
        # An expression, or the planner may walk the rows of all changes by their number until it meets those of this one.
        order = change_row.c.id.desc() if descending else change_row.c.id + 0
        columns = (
            change_row.c.id,
            change_row.c.change_id,
            change_row.c.table_name,
            change_row.c.kind,
        )
        stmt = sa.select(*columns).where(*where).order_by(order).limit(limit)
        return list(self.context.session.execute(stmt))

    def _visible(self, rows: Sequence[Any], entries: Mapping[UUID, Change]) -> Iterator[RecordedRow]:
        lists = {id: entry.list_key for id, entry in entries.items()}
        decoded = decode(self.context, self.sight, rows, lists)
        checked: dict[str, list[RecordedRow]] = {}
        for row in decoded:
            if not entries[row.change_id].own and self.sight.is_checked(row.view):
                checked.setdefault(row.view.key, []).append(row)
        seen = {
            key: set(self.sight.rows(self.sight.lists[key], (row.key for row in some)))
            for key, some in checked.items()
        }
        for row in decoded:
            if row.view.key not in checked or entries[row.change_id].own or row.id_text in seen[row.view.key]:
                yield row
