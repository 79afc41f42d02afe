"""Taking a recorded change back: as a plan first, then in few statements however many rows it has.

A row goes back only where it stands as the change left it; one that has moved on is left as it is, unless the person
chooses it. Taking back is a change of its own, which can be taken back again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.changes.catalog import tables_by_name
from webadmin.changes.record.columns import recorded
from webadmin.changes.record.occasion import describe
from webadmin.changes.record.recorder import recorder
from webadmin.changes.statements import delete_rows, update_rows
from webadmin.changes.undo.fields import check_fields
from webadmin.changes.undo.standing import MOVED, READY, Group
from webadmin.database.own_tables.changes import DELETE, INSERT, UPDATE, change, change_row
from webadmin.errors import Conflict, Forbidden, NotFound
from webadmin.listing.scope import inside, restricted
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _
from webadmin.text import humanize

LOST = "lost"
"""The row's table is not known any more, or its record is not complete."""
SHOWN = 200
"""Rows that are named when they stand in the way."""


@dataclass(frozen=True, slots=True)
class Left:
    """A row that is not taken back by itself."""

    id: int
    """Of its record."""
    state: str
    """moved, gone, there, used, hidden or lost."""


@dataclass(slots=True)
class UndoPlan:
    """What taking a change back would do."""

    change: UUID
    view: View | None
    """The list in which the change was made."""
    groups: list[Group] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """Rows by how they stand; see :mod:`webadmin.changes.undo.standing`."""
    left: list[Left] = field(default_factory=list)
    """The first of those that do not stand as the change left them."""

    @property
    def ready(self) -> int:
        """Rows that can be taken back as they stand."""
        return self.counts[READY]

    @property
    def fingerprint(self) -> str:
        """Changes when what would happen changes."""
        said = [str(sorted(self.counts.items())), *(f"{row.id}:{row.state}" for row in self.left)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:24]


def plan_undo(context: Context, id: UUID) -> UndoPlan:
    """What taking back the change ``id`` would do for this person.

    Raises NotFound when there is no such change, Forbidden when the person may not change the rows of one of its tables, or
    what was changed of them.
    """
    key = context.session.scalar(sa.select(change.c.list_key).where(change.c.id == id))
    if key is None:
        raise NotFound(_("There is no such change."))
    plan = UndoPlan(id, context.registry.views.get(key))
    steps = _steps(context, id)
    several = len({step for step, *_rest in steps}) > 1
    for step, name, kind, count in steps:
        table = tables_by_name(context).get(name)
        if table is None:
            plan.counts[LOST] += count
            continue
        view = _view_of(context, table, key)
        # Rows of a table without a list of its own, such as links, are a part of the rows that they belong to.
        plan.view = plan.view or view
        _check(context, view or plan.view, _PERMISSIONS[kind] if view else "change")
        group = Group(context, id, step, kind, recorded(table), view, _names(context, id, step, table, kind))
        if kind == UPDATE or view is None:
            check_fields(context, table, view, group.compared)
        try:
            _count(plan, group, latest=several)
        except exc.DBAPIError as error:
            if not context.dialect.failure(error).value:
                raise
            raise Conflict(
                _("A column of {rows} has another type by now, so the change cannot be undone.").format(
                    rows=view.name_plural.lower() if view else humanize(name)
                ),
                title=_("Not undone"),
            ) from error
    return plan


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
    context.session.flush()
    context.session.expire_all()
    try:
        with context.session.begin_nested():
            return sum(_Undoing(context, group, chosen).run() for group in _in_order(context, plan.groups))
    except exc.IntegrityError as error:
        if not context.dialect.failure(error).integrity:
            raise
        raise Conflict(
            _("The rows as they were break a rule of their table as it is now, so nothing was changed."),
            title=_("Not undone"),
        ) from error


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


def _steps(context: Context, id: UUID) -> Sequence[Any]:
    """Step, table, kind and number of rows of each group, the last step first."""
    own = (change_row.c.step, change_row.c.table_name, change_row.c.kind)
    stmt = sa.select(*own, sa.func.count()).where(change_row.c.change_id == id).group_by(*own)
    return context.session.execute(stmt.order_by(change_row.c.step.desc())).all()


def _in_order(context: Context, groups: Sequence[Group]) -> Iterator[Group]:
    """Step by step back: what was deleted comes first, parents before children, what was made goes last, children first."""
    order = {name: place for place, name in enumerate(tables_by_name(context))}
    for step in sorted({group.step for group in groups}, reverse=True):
        own = [group for group in groups if group.step == step]
        own.sort(key=lambda group: order[group.table.fullname])
        yield from (group for group in own if group.kind == DELETE)
        yield from (group for group in own if group.kind == UPDATE)
        yield from reversed([group for group in own if group.kind == INSERT])


def _view_of(context: Context, table: sa.Table, key: str) -> View | None:
    """The list that rows of ``table`` are in: that of the change where it can be."""
    own = context.registry.views.get(key)
    if own is not None and table in own.info.mapper.tables:
        return own
    return next((view for view in context.registry.views.values() if view.info.table is table), None)


_PERMISSIONS = {UPDATE: "change", INSERT: "delete", DELETE: "add"}


def _check(context: Context, view: View | None, permission: str) -> None:
    if view is None or not context.may_look(view) or not view.allows(context.user, permission):
        raise Forbidden(
            _("You may not change all of the rows that this change is about, so you cannot undo it.")
        )


def _names(context: Context, id: UUID, step: int, table: sa.Table, kind: str) -> tuple[str, ...]:
    """The columns that a group's records speak of and that the table still has."""
    rows = recorded(table)
    of = (
        change_row.c.change_id == id,
        change_row.c.step == step,
        change_row.c.table_name == table.fullname,
        change_row.c.kind == kind,
    )
    stmt = context.dialect.record_names(
        change_row, change_row.c.before if kind == DELETE else change_row.c.after
    )
    said = set(context.session.connection().execute(stmt.where(*of)).scalars())
    return tuple(name for name in rows.kept if name in said and name not in rows.key_names)


def _count(plan: UndoPlan, group: Group, *, latest: bool) -> None:
    standing = group.latest() if latest else group.standing()
    session = group.context.session
    for state, count in session.execute(
        sa.select(standing.c.state, sa.func.count()).group_by(standing.c.state)
    ):
        plan.counts[state] += count
    plan.groups.append(group)
    room = SHOWN - len(plan.left)
    if room > 0 and set(plan.counts) - {READY}:
        others = sa.select(standing.c.id, standing.c.state).where(standing.c.state != READY)
        plan.left += [
            Left(id, state) for id, state in session.execute(others.order_by(standing.c.id).limit(room))
        ]
