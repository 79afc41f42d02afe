"""Doing what a preview has shown: all of it or nothing, in the caller's transaction, with its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.changes.constraints import constraint_columns
from webadmin.changes.one_by_one import sees_each_row
from webadmin.changes.progress import Progress
from webadmin.changes.record import change_id, describe
from webadmin.changes.record.staged import Staged
from webadmin.changes.statements import insert_selected, update_staged
from webadmin.errors import Conflict, Forbidden, Unprocessable, WebadminError
from webadmin.options.context import Context
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import Import, Source
from webadmin.transfer.imports.checking import prepare
from webadmin.transfer.imports.layout import PROBLEMS, REFUSED, ROW, Layout, asks_for_context, lay_out
from webadmin.transfer.imports.matching import is_new
from webadmin.transfer.imports.missing import delete_missing
from webadmin.transfer.imports.plan import Moved, Outcome, Preview
from webadmin.transfer.imports.problems import good
from webadmin.transfer.imports.row_by_row import RowByRow

CHANGED_AT_ONCE = 250_000
"""Rows that one statement changes, which may go through the whole table for them: between two it can be given up."""
ADDED_AT_ONCE = 100_000
"""Rows that one statement adds: what it then writes down of them has room in its memory."""
_SORTS = 8
"""So many sorts of changes are written each by itself."""


def apply(
    context: Context,
    asked: Import,
    source: Source,
    progress: Progress,
    *,
    fingerprint: str | None,
    skip_failed: bool,
) -> Outcome:
    """Write what ``asked`` says; the caller commits, or rolls back after any error.

    Everything is looked at again, with the rows locked that are meant, and by one import of a view at a time.

    :param fingerprint: of the preview that was shown; None for whatever comes out.
    :param skip_failed: leave rows out with which something is wrong, instead of writing nothing.
    :param progress: counts the rows that were read, then those that are written.

    Raises Moved where something would come out differently by now, Unprocessable where rows have failed and are not to be left out,
    Conflict where others come in between, Forbidden for a person without the rights, Stopped when it was given up.
    """
    view = asked.view
    for right in _rights(asked):
        if not view.allows(context.user, right):
            raise Forbidden(_("You may not do this with {rows}.").format(rows=view.name_plural))
    context.dialect.hold(context.session.connection(), f"webadmin import {view.info.table.fullname}")
    layout = lay_out(context, asked)
    preview = prepare(context, layout, source, progress, lock=True)
    if fingerprint is not None and fingerprint != preview.fingerprint:
        raise Moved(
            _("Rows have changed since the preview, so nothing was written. Look at it again."), preview
        )
    if preview.failed and not skip_failed:
        raise Unprocessable(
            _("{count} rows cannot be taken, so nothing was written.").format(
                count=format_count(preview.failed)
            )
        )
    if preview.missing and preview.unkeyed:
        raise Unprocessable(
            _("Of some rows that failed nobody can tell which are meant, so none can be deleted as missing.")
        )
    return _Applying(context, layout, preview, progress).run()


def _rights(asked: Import) -> Iterator[str]:
    yield "import"
    if asked.mode != "update":
        yield "add"
    if asked.mode != "insert":
        yield "change"
    if asked.missing == "delete":
        yield "delete"


class _Applying:
    def __init__(self, context: Context, layout: Layout, preview: Preview, progress: Progress) -> None:
        self.context, self.layout, self.preview, self.progress = context, layout, preview, progress
        self.view, self.table = layout.view, layout.view.info.table
        self.connection = context.session.connection()
        self._before = 0
        """Rows that were dealt with before those of the file."""

    def run(self) -> Outcome:
        preview, context = self.preview, self.context
        describe(context, "import", self.view, label=self._label())
        self.progress.begin(preview.new + preview.changed + preview.missing)
        deleted = 0
        try:
            if preview.missing:  # while those that come now are not among them
                deleted = self.progress.done = delete_missing(context, self.layout, preview.missing)
                self._before = deleted
            if self._goes_one_by_one():
                RowByRow(context, self.layout, self.progress).run()
            else:
                self._update()
                self._insert()
        except exc.DBAPIError as error:
            refused = self._refused(error)
            if refused is None:
                raise
            raise refused from error
        context.session.expire_all()
        tables = [self.layout.rows, self.layout.matched, PROBLEMS, REFUSED]
        context.dialect.drop_staged(self.connection, tables)
        wrote = preview.new or preview.changed or deleted
        return Outcome(
            inserted=preview.new,
            updated=preview.changed,
            same=preview.same,
            deleted=deleted,
            failed=preview.failed,
            change_id=change_id(context) if wrote else None,
        )

    def _refused(self, error: exc.DBAPIError) -> WebadminError | None:
        """What to say of a statement that failed: the rows were looked at before, so that others have come in between, or the database
        has rules that it does not tell of."""
        failure = self.context.dialect.failure(error)
        if failure.kind in {"unique", "foreign_key"}:
            return Conflict(
                _(
                    "Others have written rows meanwhile that these do not go with. Nothing was imported; check again."
                )
            )
        if failure.integrity or failure.value or failure.kind == "refused":
            names = ", ".join(
                self.view.label_of(name) for name in constraint_columns(self.view.info, failure)
            )
            message = _("The database refuses one of the rows, so nothing was imported.")
            about = _("It has a rule about {names} that could not be looked at before.").format(names=names)
            return Unprocessable(f"{message} {about}" if names else message, title=_("Not imported"))
        return None

    def _label(self) -> str:
        count = self.preview.new + self.preview.changed + self.preview.missing
        name = self.view.name if count == 1 else self.view.name_plural
        return f"{format_count(count)} {name.lower()}"

    def _goes_one_by_one(self) -> bool:
        columns = self.view.info.columns
        creating = self.layout.asked.mode != "update"
        mapper = self.view.info.mapper
        return (
            sees_each_row(self.view, set(self.layout.values), creating=creating)
            or mapper.polymorphic_on is not None
            or (creating and any(asks_for_context(info.column) for info in columns.values()))
            or (creating and self._counts_in_sql())
        )

    def _counts_in_sql(self) -> bool:
        """Whether a new row's value is worked out of the rows that are there: one statement for many would give all of them the same."""
        defaults: list[Any] = [
            info.column.default
            for name, info in self.view.info.columns.items()
            if name not in self.layout.values and getattr(info.column.default, "is_clause_element", False)
        ]
        dialect = self.connection.dialect
        return any("select" in str(one.arg.compile(dialect=dialect)).lower() for one in defaults)

    def _portions(self, rows: sa.TableClause, count: int) -> Iterator[tuple[int, int]]:
        """The first and the last number of ``count`` of ``rows`` at a time."""
        number = rows.c[ROW]
        first, last = self.connection.execute(sa.select(sa.func.min(number), sa.func.max(number))).one()
        for start in range(first, last + 1, count) if first is not None else ():
            self.progress.check()
            yield start, start + count - 1

    def _update(self) -> None:
        layout, matched = self.layout, self.layout.matched
        if not self.preview.changed:
            return
        count = 0
        for names, alike in self._changes():
            columns = {name: self.view.info.columns[name].column for name in names}
            values = {str(column.key): layout.values[name] for name, column in columns.items()}
            differing = (
                {}
                if alike is not None
                else {
                    columns[name].name: sa.func.substr(matched.c.mask, place + 1, 1) == "1"
                    for place, name in enumerate(layout.written)
                }
            )
            for portion in self._portions(matched, CHANGED_AT_ONCE):
                where = sa.and_(
                    matched.c[ROW].between(*portion),
                    matched.c.changed,
                    good(matched.c[ROW]),
                    sa.true() if alike is None else alike,
                )
                also = layout.row == matched.c[ROW]
                staged = Staged(
                    self.table, matched, layout.is_matched(), where, differing, also, matched.c.before
                )
                count += update_staged(self.context, staged, values)
                self.progress.done = self._before + count
        self._check_count(count, self.preview.changed)

    def _changes(self) -> Iterator[tuple[Sequence[str], sa.ColumnElement[bool] | None]]:
        """The columns that rows get new values of, and which rows those are: a file mostly changes the same columns everywhere, and each
        row is written with those alone. Where it changes others in each row, all of them at once, with None."""
        layout, mask = self.layout, self.layout.matched.c.mask
        known = sa.select(mask).where(layout.matched.c.changed).distinct().limit(_SORTS + 1)
        masks = list(self.connection.scalars(known))
        if len(masks) > _SORTS:
            yield layout.written, None
            return
        for one in masks:
            yield [name for name, sign in zip(layout.written, one, strict=True) if sign == "1"], mask == one

    def _insert(self) -> None:
        if not self.preview.new:
            return
        layout, columns = self.layout, self.view.info.columns
        count = 0
        for names, where in self._sorts():
            selected = [self._new_value(name) for name in names]
            keys = [str(columns[name].column.key) for name in names]
            for portion in self._portions(layout.rows, ADDED_AT_ONCE):
                new = is_new(layout, layout.matched.c[ROW].between(*portion))
                rows = sa.select(*selected).select_from(layout.rows).order_by(layout.row)
                rows = rows.where(layout.row.between(*portion), new, good(layout.row), where)
                count += insert_selected(self.context, self.table, keys, rows)
                self.progress.done = self._before + self.preview.changed + count
            for name in names:  # before others get a key that the database counts
                if name in layout.values and columns[name].primary_key:
                    self.context.dialect.count_on(self.connection, columns[name].column)
        self._check_count(count, self.preview.new)

    def _sorts(self) -> Iterator[tuple[list[str], sa.ColumnElement[bool]]]:
        """Which columns rows bring: keys that the database makes are among them in some rows and not in others."""
        layout, columns = self.layout, self.view.info.columns
        names = list(dict.fromkeys([*layout.values, *layout.made]))
        version = self.view.info.version
        names += [version] if version is not None and version not in names else []
        counted = [
            name
            for name in layout.values
            if columns[name].primary_key
            and columns[name].has_default
            and name not in layout.made
            and columns[name].column.default is None
        ]
        if not counted:
            yield names, sa.true()
            return
        empty = sa.and_(*(layout.values[name].is_(None) for name in counted))
        yield names, sa.not_(empty)
        yield [name for name in names if name not in counted], empty

    def _new_value(self, name: str) -> Any:
        layout, info = self.layout, self.view.info.columns[name]
        if name in layout.made:
            made = layout.made[name][0]
            return sa.func.coalesce(layout.values[name], made) if name in layout.values else made
        if name == self.view.info.version and name not in layout.values:
            return sa.literal(1, info.column.type)
        value = layout.values[name]
        if info.nullable or not info.has_default:
            return value
        default: Any = info.column.default
        if default is not None and default.is_scalar:
            return sa.func.coalesce(value, sa.literal(default.arg, info.column.type))
        if default is not None and default.is_clause_element:
            return sa.func.coalesce(value, default.arg)
        text: Any = getattr(info.column.server_default, "arg", None)
        if isinstance(text, str):
            return sa.func.coalesce(value, sa.cast(sa.literal(text), info.column.type))
        return value if text is None else sa.func.coalesce(value, text)

    def _check_count(self, count: int, expected: int) -> None:
        if count != expected:
            raise Conflict(
                _("Others have changed these rows at the same moment. Nothing was imported; check again.")
            )
