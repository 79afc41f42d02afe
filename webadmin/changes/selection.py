"""The rows that something is done with: chosen ones, or all that a list shows; always within what the person may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from webadmin.changes.column_change import ColumnChange
from webadmin.changes.one_by_one import goes_one_by_one, write_row
from webadmin.changes.progress import Progress
from webadmin.changes.statements import update_rows
from webadmin.database.keys import Key, among
from webadmin.listing.params import ListParams
from webadmin.listing.scope import Deleted, many, scope
from webadmin.listing.statement import matching
from webadmin.options.attributes import attribute_name
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

AT_ONCE = 500
"""Rows that are held in memory at the same time."""
PORTION = 20_000
"""Rows that one statement writes: each stays within its time limit, and between two it can be given up."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of ``view``: those with ``keys``, or all that ``params`` ask for.

    It names the rows by a condition and holds none of them: a hundred thousand take no more memory than one. Functions of
    actions ``on="query"`` get it.
    """

    context: Context
    view: View
    keys: tuple[Key, ...] = ()
    params: ListParams | None = None
    """The list of which all rows are meant, whatever its page and order."""
    deleted: Deleted = "hide"
    """What becomes of soft-deleted rows where they are chosen by key."""
    narrowed: tuple[sa.ColumnElement[bool], ...] = ()
    progress: Progress = field(default_factory=Progress, compare=False)

    def select(self, *columns: Any) -> sa.Select[Any]:
        """A select of ``columns`` of the model, or of the model, from these rows; in no order."""
        context, view = self.context, self.view
        wanted: list[sa.ColumnElement[bool]] = list(self.narrowed)
        if self.params is not None:
            return matching(context, view, replace(self.params, deleted=self.deleted), columns, wanted)
        stmt = scope(context, view, sa.select(*columns).select_from(view.model), self.deleted)
        return stmt.where(among(self._own, self.keys) if self.keys else sa.false(), *wanted)

    @property
    def where(self) -> sa.ColumnElement[bool]:
        """The condition that a row of the model's table is one of these, for statements of any kind."""
        columns = [column.column for column in self.view.info.key]
        inner = self.select(*self._own).correlate(None)
        return (columns[0] if len(columns) == 1 else sa.tuple_(*columns)).in_(inner)

    def filter(self, *conditions: sa.ColumnElement[bool]) -> Selection:
        """Those of these rows for which the conditions hold, which are about columns of the model."""
        return replace(self, narrowed=(*self.narrowed, *conditions))

    @caused_by("scope", label=lambda: _("Number of chosen rows"))
    def count(self) -> int:
        """How many rows there are now."""
        found = self.select(*self._own).subquery("chosen")
        return int(self.context.session.scalar(sa.select(sa.func.count()).select_from(found)) or 0)

    @caused_by("scope", label=lambda: _("Chosen rows"))
    def first(self, limit: int) -> list[Any]:
        """The first rows by their keys, loaded and not locked."""
        stmt = self.select(self.view.model).order_by(*self._own).limit(limit)
        return list(self.context.session.scalars(stmt).unique())

    def lock(self) -> int:
        """Hold all these rows until the transaction ends; returns how many there are."""
        stmt = self.locked(sa.select(*(column.column for column in self.view.info.key)).where(self.where))
        result = self.context.session.execute(stmt, execution_options={"yield_per": 1000})
        return sum(len(part) for part in result.partitions())

    def locked(self, stmt: sa.Select[Any]) -> sa.Select[Any]:
        """``stmt``, a select from the model's table alone, with a lock on the rows that it finds."""
        if not self.context.dialect.supports_row_locks:
            return stmt
        return stmt.order_by(*(column.column for column in self.view.info.key)).with_for_update()

    def rows(self) -> Iterator[Any]:
        """The rows one after the other, locked and within the session, some hundred in memory at a time; what is changed
        on them is written as one goes on. Those that do not belong here any more when their turn comes are left out.

        Counts as progress; raises Stopped when the person has cancelled.
        """
        session, view = self.context.session, self.view
        keys = self.read_keys()
        self.progress.begin(len(keys))
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            chunk = many(self.context, view, some, where=self.narrowed, lock=True, deleted=self.deleted)
            for row in chunk:
                self.progress.step()
                yield row
            session.flush()
            for row in chunk:
                if row in session:
                    session.expunge(row)

    @caused_by("scope", label=lambda: _("Keys of chosen rows"))
    def read_keys(self) -> list[Key]:
        """The keys of all these rows, in their order."""
        stmt = self.select(*self._own).order_by(*self._own)
        result = self.context.session.execute(stmt, execution_options={"yield_per": 1000})
        return list(dict.fromkeys(tuple(row) for part in result.partitions() for row in part))

    def update(self, values: dict[Any, Any]) -> int:
        """Set ``values`` by attribute in all these rows; returns how many were changed.

        One statement for each portion of many thousands, unless the model's or the view's own functions have to see each row.
        """
        return self.write(
            [ColumnChange(attribute_name(name), "set", value) for name, value in values.items()]
        )

    def write(self, changes: Sequence[ColumnChange], *, only: sa.ColumnElement[bool] | None = None) -> int:
        """Make ``changes`` in those of these rows in which they change something; returns how many those are.

        :param only: a condition on the table's columns that has to hold at the very moment of writing.
        """
        context, view = self.context, self.view
        values: dict[str, Any] = {}
        different: list[sa.ColumnElement[bool]] = []
        if not goes_one_by_one(view, changes):
            for change in changes:
                expressed = change.expressed(view.info)
                if expressed is None:
                    break
                for column, value in expressed:
                    values[column.key] = value
                    different.append(column.is_distinct_from(value))
            else:
                where = sa.and_(self.where, sa.or_(*different), *(() if only is None else (only,)))
                return self._in_portions(values, where)
        return sum(write_row(context, view, row, changes) for row in self.rows())

    def _in_portions(self, values: dict[str, Any], where: sa.ColumnElement[bool]) -> int:
        table, count = self.view.info.table, 0
        if self.params is None or self.params.per or not self.context.dialect.supports_row_values:
            return update_rows(self.context, table, values, where)
        columns = [column.column for column in self.view.info.key]
        own: Any = columns[0] if len(columns) == 1 else sa.tuple_(*columns)
        after: list[Any] = []
        bounds = self._bounds()
        self.progress.begin(bounds[-1][-1] if bounds else 0)
        for *last, place in bounds:
            self.progress.check()
            between = [own <= _key(columns, last), *([own > _key(columns, after)] if after else ())]
            count += update_rows(self.context, table, values, sa.and_(where, *between))
            self.progress.done, after = place, last
        return count

    def _bounds(self) -> list[Any]:
        """The key of the last row of each portion, with its place among all these rows."""
        place = sa.func.row_number().over(order_by=self._own).label("webadmin_place")
        total = sa.func.count().over().label("webadmin_total")
        rows = self.select(*self._own, place, total).subquery("places")
        *keys, at, all_of_them = rows.c
        ends = sa.select(*keys, at).where(sa.or_(at % PORTION == 0, at == all_of_them)).order_by(at)
        return list(self.context.session.execute(ends))

    @property
    def _own(self) -> list[Any]:
        return [getattr(self.view.model, column.name) for column in self.view.info.key]


def _key(columns: Sequence[sa.Column[Any]], values: Sequence[Any]) -> Any:
    """A key to be compared with."""
    literals = [sa.literal(value, column.type) for column, value in zip(columns, values, strict=True)]
    return literals[0] if len(literals) == 1 else sa.tuple_(*literals)
