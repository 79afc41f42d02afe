"""Taking a planned change back, in few statements however many rows it has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.changes.catalog import tables_by_name
from webadmin.changes.record.occasion import describe
from webadmin.changes.record.recorder import recorder
from webadmin.changes.statements import delete_rows, update_rows
from webadmin.changes.undo.plan import UndoPlan
from webadmin.changes.undo.standing import MOVED, READY, Group, in_its_types
from webadmin.database.own_tables.changes import DELETE, INSERT, UPDATE, change, change_row
from webadmin.errors import Conflict, Forbidden
from webadmin.listing.scope import inside, restricted
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

_MANY = 10_000
"""Rows above which it matters how they are joined with their records."""


def undo(context: Context, plan: UndoPlan, *, chosen: Collection[int] = (), reason: str = "") -> int:
    """Take the change of ``plan`` back, as far as its rows stand as it left them; returns how many rows were written.

    :param plan: made in this transaction; which rows go back is decided anew, when each is written.
    :param chosen: records of rows that have moved on and are taken back all the same.

    Raises Conflict when the database refuses, and Forbidden when rows would come back that the person may not see: nothing is
    changed then.
    """
    if plan.view is None or not (plan.ready or chosen):
        raise Conflict(_("Nothing of this change can be taken back."), title=_("Not undone"))
    label = context.session.scalar(sa.select(change.c.label).where(change.c.id == plan.change)) or ""
    describe(context, "undo", plan.view, label=label, reason=reason, undoes=str(plan.change))
    if plan.ready > _MANY:
        context.dialect.make_room(context.session.connection())
    context.session.flush()
    context.session.expire_all()
    try:
        with context.session.begin_nested():
            return sum(_taken_back(context, group, chosen) for group in _in_order(context, plan.groups))
    except exc.IntegrityError as error:
        if not context.dialect.failure(error).integrity:
            raise
        raise Conflict(
            _("The rows as they were break a rule of their table as it is now, so nothing was changed."),
            title=_("Not undone"),
        ) from error


def _taken_back(context: Context, group: Group, chosen: Collection[int]) -> int:
    with in_its_types(group):
        return _Undoing(context, group, chosen).run()


class _Undoing:
    """Takes one group of rows back."""

    def __init__(self, context: Context, group: Group, chosen: Collection[int]) -> None:
        self.context, self.group, self.dialect = context, group, context.dialect
        self.chosen = chosen

    def run(self) -> int:
        if self.group.kind == UPDATE:
            return self._set_back()
        return self._remove() if self.group.kind == INSERT else self._bring_back()

    def _goes(self, id: Any, state: Any) -> sa.ColumnElement[bool]:
        """Whether a record is taken back."""
        mine = sa.and_(state == MOVED, id.in_(list(self.chosen)))
        return sa.or_(state == READY, mine) if self.chosen else state == READY

    def _set_back(self) -> int:
        """In one statement, in which the row that is compared is the one that is written: where others change it while the
        statement waits for them, it is compared anew."""
        group, columns = self.group, list(self.group.compared.values())
        if not columns:
            return 0
        told = group.records()
        back = self.dialect.recorded(told.c.before, group.table, columns)
        values = [back[column.name].label(f"value_{number}") for number, column in enumerate(columns)]
        said = [
            self.dialect.record_member(told.c.before, column.name).is_not(None).label(f"said_{number}")
            for number, column in enumerate(columns)
        ]
        source = sa.select(*told.c, *values, *said).select_from(told).subquery("source")
        return update_rows(
            self.context,
            group.table,
            {
                column.key: sa.case((source.c[f"said_{number}"], source.c[f"value_{number}"]), else_=column)
                for number, column in enumerate(columns)
            },
            sa.and_(group.same(source), self._goes(source.c.id, group.state(source))),
        )

    def _remove(self) -> int:
        standing = self.group.standing()
        names = [f"key_{number}" for number in range(len(self.group.rows.key))]
        keys = sa.select(*(standing.c[name] for name in names)).where(
            self._goes(standing.c.id, standing.c.state)
        )
        own: Any = self.group.rows.key
        return delete_rows(
            self.context, self.group.table, (own[0] if len(own) == 1 else sa.tuple_(*own)).in_(keys)
        )

    def _bring_back(self) -> int:
        rows, view = self.group.rows, self.group.view
        columns = [
            column for name, column in rows.kept.items() if name in {*self.group.names, *rows.key_names}
        ]
        standing = self.group.standing()
        go = self._goes(standing.c.id, standing.c.state)
        told = self.dialect.recorded(standing.c.before, rows.table, columns)
        found = sa.select(*(told[column.name] for column in columns)).select_from(standing).where(go)
        mine = recorder(self.context)
        connection = self.context.session.connection()
        stmt = self.dialect.insert_keyed(rows.table, [column.key for column in columns], found)
        records = connection.execute(sa.select(standing.c.id).where(go)).scalars().all()
        connection.execute(stmt)
        back = change_row.c.id.in_(records)
        if mine is not None:
            mine.write_pending()
            mine.journal.write_made(rows, back)
        if view is not None and restricted(view):
            self._check_scope(view)
        return len(records)

    def _check_scope(self, view: View) -> None:
        """What has come back has to be within the person's scope: whoever may not see a row may not make it either."""
        again = self.group.standing()
        seen = inside(self.context, view.model, view.model, hide_deleted=False)
        if seen is None:
            return
        both = self.group.table.join(again, self.group.same(again))
        stmt = sa.select(sa.func.count()).select_from(both)
        if self.context.session.scalar(stmt.where(sa.not_(seen))):
            raise Forbidden(_("Some of these rows are not yours to bring back, so nothing was changed."))


def _in_order(context: Context, groups: Sequence[Group]) -> Iterator[Group]:
    """Step by step back: what was deleted comes first, parents before children, what was made goes last, children first."""
    order = {name: place for place, name in enumerate(tables_by_name(context))}
    for step in sorted({group.step for group in groups}, reverse=True):
        own = [group for group in groups if group.step == step]
        own.sort(key=lambda group: order[group.table.fullname])
        yield from (group for group in own if group.kind == DELETE)
        yield from (group for group in own if group.kind == UPDATE)
        yield from reversed([group for group in own if group.kind == INSERT])
