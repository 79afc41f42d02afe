"""Rows that have to go through the unit of work, since somebody's function wants to see each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from wtforms import ValidationError

from webadmin.changes.hooks import changed, run_hook
from webadmin.changes.progress import Progress
from webadmin.changes.save import new_row
from webadmin.database import identity
from webadmin.database.inspection import Kind
from webadmin.errors import Conflict, Unprocessable
from webadmin.listing.scope import many
from webadmin.options.context import Context
from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.transfer.imports.layout import ROW, Layout
from webadmin.transfer.imports.matching import is_new
from webadmin.transfer.imports.problems import good

_AT_ONCE = 500


class RowByRow:
    """Writes the rows of ``layout`` that new and changed rows of the view are made of."""

    def __init__(self, context: Context, layout: Layout, progress: Progress) -> None:
        self.context, self.layout, self.progress = context, layout, progress
        self.view, self.session = layout.view, context.session
        self._names = list(layout.values)
        self._values = [layout.values[name] for name in self._names]

    def run(self) -> None:
        """Write them. Raises Unprocessable, with the number of the row, where a hook refuses one, HookRefused where it fails."""
        self._change()
        self._create()

    def _read(self, stmt: sa.Select[Any], last: int) -> list[Any]:
        """The next rows behind ``last``."""
        stmt = stmt.where(self.layout.row > last, good(self.layout.row))
        return list(self.session.connection().execute(stmt.order_by(self.layout.row).limit(_AT_ONCE)))

    def _change(self) -> None:
        matched, keys, last = self.layout.matched, self.layout.key_of_matched(), 0
        stmt = (
            sa.select(self.layout.row, matched.c.mask, *keys, *self._values)
            .join_from(self.layout.rows, matched, matched.c[ROW] == self.layout.row)
            .where(matched.c.changed)
        )
        while found := self._read(stmt, last):
            wanted = {tuple(row[2 : 2 + len(keys)]): row for row in found}
            rows = many(self.context, self.view, list(wanted), lock=True)
            if len(rows) != len(found):
                raise Conflict(
                    _("Others have changed these rows at the same moment. Nothing was imported; check again.")
                )
            for row in rows:
                number, mask, *rest = wanted[tuple(self.view.info.key_of(row))]
                values = dict(zip(self._names, rest[len(keys) :], strict=True))
                signs = dict(zip(self.layout.written, mask, strict=True))
                self._write(
                    row, {name: values[name] for name in signs if signs[name] == "1"}, number, creating=False
                )
            last = self._forget(rows, found)

    def _create(self) -> None:
        last = 0
        stmt = (
            sa.select(self.layout.row, *self._values).select_from(self.layout.rows).where(is_new(self.layout))
        )
        while found := self._read(stmt, last):
            rows = []
            for number, *rest in found:
                values = dict(zip(self._names, rest, strict=True))
                given = {
                    name: value
                    for name, value in values.items()
                    if value is not None or not self.view.info.columns[name].has_default
                }
                rows.append(new_row(self.view, given))
                self._write(rows[-1], given, number, creating=True)
            last = self._forget(rows, found)

    def _forget(self, rows: list[Any], found: list[Any]) -> int:
        for row in rows:
            if row in self.session:
                self.session.expunge(row)
        return int(found[-1][0])

    def _write(self, row: Any, values: Mapping[str, Any], number: int, *, creating: bool) -> None:
        self.progress.step()
        data = dict(values)
        for one in self.layout.given:
            if one.relation is not None and set(one.own) & set(values):
                held = [values[local] for local in one.own]
                data[one.name] = None if None in held else identity.segment(held)
        before = dict(data)
        try:
            run_hook(self.context, self.view, "on_model_change", data, row, creating)
            with self.session.no_autoflush:
                for name, value in data.items():
                    if name in values or value != before.get(name):
                        self._set(row, name, value)
            if creating:
                self.session.add(row)
            self.session.flush()
            run_hook(self.context, self.view, "after_model_change", data, row, creating)
            self.session.flush()
        except ValidationError as error:
            message = _("Row {number}: {why}").format(number=format_number(number), why=str(error))
            raise Unprocessable(message, title=_("Not imported")) from error
        changed(self.context, self.view, "create" if creating else "change", [row])

    def _set(self, row: Any, name: str, value: Any) -> None:
        column = self.view.info.columns.get(name)
        if column is not None and column.kind is Kind.JSON and value is None:
            value = sa.null()
        if name not in self.view.info.relations and hasattr(self.view.model, name):
            setattr(row, name, value)
