"""Which rows of the view the rows of a file mean, and what they would change in them."""

from __future__ import annotations

import zlib
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind
from webadmin.errors import Conflict
from webadmin.listing.scope import inside, rewritten
from webadmin.options.context import Context
from webadmin.text import gettext as _
from webadmin.transfer.imports.layout import ROW, Layout, is_live
from webadmin.transfer.imports.problems import Problems

_AT_ONCE = 5000
_ATTEMPTS = 3
"""So often it is looked again at rows that others have changed before they were locked."""


class Matching:
    """Finds them for the rows of ``layout``.

    :param lock: hold the rows that are to change until the transaction ends.
    """

    def __init__(self, context: Context, layout: Layout, problems: Problems, *, lock: bool) -> None:
        self.context, self.layout, self.problems, self.lock = context, layout, problems, lock
        self.view, self.dialect = layout.view, context.dialect
        self.connection = context.session.connection()
        self._hidden = self._hides_deleted()

    def match(self) -> None:
        """Fill the table of matched rows. Raises Conflict where others change these rows faster than they can be locked."""
        layout, asked = self.layout, self.layout.asked
        if not asked.match:
            self.dialect.make_staged(self.connection, layout.matched, layout.matched.c[ROW])
            return
        self._check_twice()
        self._match()
        if self.lock and self.dialect.supports_row_locks and not rewritten(self.context):
            for _attempt in range(_ATTEMPTS):
                if self._lock_changed():
                    break
                self._match()
            else:
                raise Conflict(_("Others are changing these rows just now. Nothing was imported; try again."))
        if not self._hidden:
            self._check_deleted()

    def _match(self) -> None:
        matched = self.layout.matched
        self.dialect.make_staged(self.connection, matched, matched.c[ROW])
        found = self._found()
        if rewritten(self.context):
            self._collect(found)
        else:
            self.connection.execute(self._kept(found))
        self.dialect.staged_ready(self.connection, matched)

    def _found(self) -> sa.Select[Any]:
        """The rows that are meant, with what differs in them."""
        layout = self.layout
        model: Any = self.view.model
        same = sa.and_(*(getattr(model, name) == layout.values[name] for name in layout.asked.match))
        key = [getattr(model, column.name) for column in self.view.info.key]
        mask: Any = sa.literal("", sa.Text)
        for name in layout.written:
            differs = self.differs(name, getattr(model, name), layout.values[name])
            mask = mask + sa.case((differs, "1"), else_="0")
        old = [value.label(f"old_{n}") for n, value in enumerate(self._known(model))]
        keys = [c.label(f"key_{n}") for n, c in enumerate(key)]
        inner = sa.select(layout.row, *keys, mask.label("mask"), *old)
        inner = inner.select_from(model).join(layout.rows, same).where(*self._seen(model))
        if self.lock and self.dialect.supports_row_locks and rewritten(self.context):
            inner = inner.order_by(*key).with_for_update(of=model)
        return inner

    def _lock_changed(self) -> bool:
        """Hold the rows that are about to change; the others are not written. Whether they are still as they were when they were matched."""
        matched, model = self.layout.matched, self.view.model
        own = [getattr(model, column.name) for column in self.view.info.key]
        same = sa.and_(*(a == b for a, b in zip(own, self.layout.key_of_matched(), strict=True)))
        values = [matched.c[ROW], *self._known(model)]
        now = (
            sa.select(self.dialect.digest(self.connection, values).label("digest"))
            .select_from(model)
            .join(matched, same)
            .where(matched.c.changed, *self._seen(model))
            .order_by(*own)
            .with_for_update(of=model)
            .subquery("now")
        )
        found = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(now.c.digest), 0)).select_from(now)
        known = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(matched.c.digest), 0))
        known = known.select_from(matched).where(matched.c.changed)
        return tuple(self.connection.execute(found).one()) == tuple(self.connection.execute(known).one())

    def _known(self, model: Any) -> list[Any]:
        """The values of a row by which it is told whether it is still what it was."""
        return [getattr(model, name) for name in (*self.layout.written, *self.layout.asked.match)]

    def _seen(self, model: Any) -> list[Any]:
        """What has to hold of rows that may be meant."""
        seen = [mine] if (mine := self._mine(model)) is not None else []
        if self._hidden:
            seen.append(getattr(model, self.view.soft_delete or "").is_(None))
        return seen

    def _collect(self, found: sa.Select[Any]) -> None:
        """Keep them by way of Python."""
        keys = len(self.view.info.key)
        result = self.context.session.execute(found, execution_options={"yield_per": _AT_ONCE})
        for part in result.partitions():
            rows = [
                (*row[: keys + 2], "1" in row.mask, zlib.crc32(repr(tuple(row)).encode()), None)
                for row in part
            ]
            self.dialect.fill_staged(self.connection, self.layout.matched, list(zip(*rows, strict=True)))

    def _kept(self, rows: sa.Select[Any]) -> sa.Insert:
        matched, keys = self.layout.matched, len(self.view.info.key)
        columns = [column.name for column in matched.columns if column.name != "before"]
        found = rows.subquery("found")
        changed = found.c.mask.contains("1")
        digest = self.dialect.digest(
            self.connection, [c for c in found.c if c.name not in columns or c.name == ROW]
        )
        stmt = sa.select(
            *(found.c[name] for name in columns[: keys + 2]), changed, sa.case((changed, digest), else_=0)
        )
        return sa.insert(matched).from_select(columns, stmt)

    def _check_deleted(self) -> None:
        """A row that is marked as deleted stays as it is: it would be changed and nobody saw it."""
        soft, matched = self.view.soft_delete, self.layout.matched
        if soft is None:
            return
        table = self.view.info.columns[soft].column.table
        gone = (
            sa.exists()
            .select_from(matched.join(table, self.layout.is_matched()))
            .where(
                matched.c[ROW] == self.layout.row,
                matched.c.changed,
                self.view.info.columns[soft].column.is_not(None),
            )
        )
        match = self.layout.asked.match
        one = next(one for one in self.layout.given if match[0] in one.own)
        message = _("This row is deleted. Restore it before it is changed.")
        self.problems.add(one.name, "scope", message, gone.correlate(self.layout.rows), one.value)

    def differs(self, name: str, stored: Any, given: Any) -> sa.ColumnElement[bool]:
        """Whether the file has another value of a column than the row has."""
        # Not every type can be compared, and some values can be written in more than one way.
        plain = {Kind.JSON: self.dialect.comparable_json, Kind.OTHER: self.dialect.record_value}
        if (compared := plain.get(self.view.info.columns[name].kind)) is not None:
            stored, given = compared(stored), compared(given)
        found: sa.ColumnElement[bool] = stored.is_distinct_from(given)
        return found

    def _mine(self, model: Any) -> sa.ColumnElement[bool] | None:
        return inside(self.context, self.view.model, model, hide_deleted=False, view=self.view)

    def _hides_deleted(self) -> bool:
        """Whether the key that rows are matched by is that of live rows alone: deleted ones may have the same."""
        if self.view.soft_delete is None or self.layout.asked.match == tuple(
            c.name for c in self.view.info.key
        ):
            return False
        columns = {self.view.info.columns[name].column for name in self.layout.asked.match}
        for index in self.view.info.table.indexes:
            condition = self.dialect.index_condition(index)
            if index.unique and set(index.expressions) == columns and condition is not None:
                return is_live(self.view, condition)
        return False

    def _check_twice(self) -> None:
        """No two rows of the file may mean the same row."""
        own = [self.layout.values[name] for name in self.layout.asked.match]
        name = self.layout.named(self.layout.asked.match[0])
        self.problems.add_repeated(name, own)


def is_new(layout: Layout, *among: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """No row is there that a row of the file means; ``among``: which matched rows have to be looked at for that."""
    matched = layout.matched.c[ROW]
    return sa.not_(sa.exists().where(matched == layout.row, *among).correlate(layout.rows))


def is_meant(layout: Layout) -> sa.ColumnElement[bool]:
    """There is a row that a row of the file means."""
    return sa.exists().where(layout.matched.c[ROW] == layout.row).correlate(layout.rows)
