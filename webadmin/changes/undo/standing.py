"""How the rows of a recorded change stand by now: as it left them, or somewhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.changes.catalog import catalog_of
from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.references import database_edges
from webadmin.database.own_tables.changes import DELETE, INSERT, change_row
from webadmin.errors import Conflict
from webadmin.listing.scope import inside, restricted
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _
from webadmin.text import humanize

READY = "ready"
MOVED = "moved"
"""Somebody has changed the row since, in columns that the change had set."""
GONE = "gone"
"""The row is not there any more."""
THERE = "there"
"""The row was deleted, and there is one with its key again."""
USED = "used"
"""The row was made by the change, and others point at it by now."""
HIDDEN = "hidden"
"""The row is not within the person's scope."""


@dataclass(frozen=True)
class Group:
    """The rows of one table to which one step of a change did the same."""

    context: Context
    change: UUID
    step: int
    kind: str
    rows: Recorded
    view: View | None
    """The list that the rows are in, where they are in one."""
    names: tuple[str, ...]
    """The columns that the records speak of, besides the key."""

    @property
    def table(self) -> sa.Table:
        return self.rows.table

    @property
    def compared(self) -> dict[str, Any]:
        """The columns that tell whether somebody has changed a row since, and that are taken back: not those that any change
        of the row sets."""
        return {name: self.rows.kept[name] for name in self.names if name not in self._set_by_rule}

    @property
    def _set_by_rule(self) -> Collection[str]:
        version = self.view.info.mapper.version_id_col if self.view is not None else None
        return {
            column.name
            for column in self.table.columns
            if column is version or column.onupdate is not None or column.server_onupdate is not None
        }

    @property
    def of(self) -> sa.ColumnElement[bool]:
        """The condition for the group's records."""
        return sa.and_(
            change_row.c.change_id == self.change,
            change_row.c.step == self.step,
            change_row.c.table_name == self.table.fullname,
            change_row.c.kind == self.kind,
        )

    def standing(self) -> Any:
        """A subquery of the group's records: ``id``, ``state``, ``before``, ``after``, and the row's key as ``key_0`` and so on."""
        return self._standing(self.records())

    def latest(self) -> Any:
        """The same without rows to which a later step of the change has done something: where those stand shows only when that is
        taken back."""
        later = change_row.alias("later")
        done = sa.exists().where(
            later.c.change_id == self.change,
            later.c.step > self.step,
            later.c.table_name == self.table.fullname,
            later.c.row_key == change_row.c.row_key,
        )
        return self._standing(self.records(sa.not_(done)))

    def _standing(self, told: Any) -> Any:
        return (
            sa.select(*told.c, self.state(told).label("state"))
            .select_from(told.outerjoin(self.table, self.same(told)))
            .subquery("standing")
        )

    def records(self, *where: sa.ColumnElement[bool]) -> Any:
        """A subquery of the group's records: ``id``, ``before``, ``after``, and the row's key as ``key_0`` and so on."""
        record = change_row.c.before if self.kind == DELETE else change_row.c.after
        told = self.context.dialect.recorded_key(record, self.table, self.rows.key)
        keys = [told[column.name].label(f"key_{number}") for number, column in enumerate(self.rows.key)]
        own = (change_row.c.id, change_row.c.before, change_row.c.after)
        return sa.select(*own, *keys).select_from(change_row).where(self.of, *where).subquery("told")

    def same(self, told: Any) -> sa.ColumnElement[bool]:
        """Whether a row of the table is the one of a record of ``told``."""
        return sa.and_(*(column == told.c[f"key_{number}"] for number, column in enumerate(self.rows.key)))

    def state(self, told: Any) -> sa.ColumnElement[str]:
        """How the row of a record of ``told`` stands, where each is joined to its row of the table or to none."""
        missing = self.rows.key[0].is_(None)
        if self.kind == DELETE:
            return sa.case((missing, READY), else_=THERE)
        now = self.context.dialect.record_row(self.compared) if self.compared else None
        agrees = self.context.dialect.record_agrees(now, told.c.after) if now is not None else sa.true()
        cases: list[Any] = [(missing, GONE)]
        if self.view is not None and restricted(self.view):
            seen = inside(self.context, self.view.model, self.view.model, hide_deleted=False)
            cases += [(sa.not_(seen), HIDDEN)] if seen is not None else []
        if self.kind == INSERT:
            cases += [(used, USED) for used in self._uses()]
        return sa.case(*cases, (sa.not_(agrees), MOVED), else_=READY)

    def _uses(self) -> Iterator[sa.ColumnElement[bool]]:
        """Whether rows that the change did not make itself point at a row that it made."""
        dialect = self.context.dialect
        if self.view is None:
            return
        for edge in database_edges(self.table, self.view.info.mapper.registry, catalog_of(self.context)):
            source = edge.child.alias("child")
            pointing = [
                source.c[own.key] == parent
                for own, parent in zip(edge.child_columns, edge.parent_columns, strict=True)
            ]
            made = change_row.alias("made")
            by_itself = sa.exists().where(
                made.c.change_id == self.change,
                made.c.kind == INSERT,
                made.c.table_name == edge.child.fullname,
                made.c.row_key
                == dialect.record_key([source.c[column.key] for column in recorded(edge.child).key]),
            )
            yield sa.exists(sa.select(sa.literal(1)).select_from(source).where(*pointing, sa.not_(by_itself)))


@contextmanager
def in_its_types(group: Group) -> Iterator[None]:
    """Say it in words when a column cannot take any more what was written down."""
    try:
        yield
    except exc.DBAPIError as error:
        if not group.context.dialect.failure(error).value:
            raise
        rows = group.view.name_plural.lower() if group.view else humanize(group.table.fullname)
        raise Conflict(
            _("A column of {rows} has another type by now, so the change cannot be undone.").format(
                rows=rows
            ),
            title=_("Not undone"),
        ) from error
