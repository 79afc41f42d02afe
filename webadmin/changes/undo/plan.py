"""Taking a recorded change back: as a plan first, then in few statements however many rows it has.

A row goes back only where it stands as the change left it; one that has moved on is left as it is, unless the person
chooses it. Taking back is a change of its own, which can be taken back again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from webadmin.changes.catalog import tables_by_name
from webadmin.changes.record.columns import recorded
from webadmin.changes.undo.fields import check_fields
from webadmin.changes.undo.standing import READY, Group, in_its_types
from webadmin.database.own_tables.changes import DELETE, INSERT, UPDATE, change, change_row
from webadmin.errors import Forbidden, NotFound
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

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
        with in_its_types(group):
            _count(plan, group, latest=several)
    return plan


def _steps(context: Context, id: UUID) -> Sequence[Any]:
    """Step, table, kind and number of rows of each group, the last step first."""
    own = (change_row.c.step, change_row.c.table_name, change_row.c.kind)
    stmt = sa.select(*own, sa.func.count()).where(change_row.c.change_id == id).group_by(*own)
    return context.session.execute(stmt.order_by(change_row.c.step.desc())).all()


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
