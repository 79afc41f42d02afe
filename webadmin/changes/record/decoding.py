"""From records to values: the database reads what it wrote down, in the types of the columns as they are now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.changes.record.columns import recorded
from webadmin.changes.record.sight import Link, Sight, is_kept
from webadmin.database.identity import segment
from webadmin.database.own_tables.changes import change_row
from webadmin.options.context import Context
from webadmin.options.view import View

_PATIENCE = 5000
"""Milliseconds for reading records in the types of today."""


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """What a change did to one row. Values are by attribute of the model, of columns that the person may see."""

    id: int
    change_id: UUID
    kind: str
    """insert, update or delete."""
    view: View
    key: tuple[Any, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    untold: tuple[str, ...]
    """Columns that the person may see and whose content is not kept: that they changed is all there is to say."""
    more: bool
    """There are columns that changed and that the person may not see."""

    @property
    def segment(self) -> str:
        """The key as one segment of an address."""
        return segment(self.key)

    @property
    def id_text(self) -> str:
        """The same, percent-decoded."""
        return unquote(segment(self.key))

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that changed, without the key of a row that stayed where it was."""
        keys = {column.name for column in self.view.info.key}
        found = dict.fromkeys([*self.before, *self.after])
        return tuple(
            name
            for name in found
            if self.kind != "update" or name not in keys or self.before.get(name) != self.after.get(name)
        )


def decode(
    context: Context, sight: Sight, rows: Sequence[Any], lists: Mapping[UUID, str]
) -> list[RecordedRow]:
    """The rows of changes that the person may look at, one statement for each table.

    :param rows: ``id``, ``change_id``, ``table_name`` and ``kind`` of each.
    :param lists: in which list a change was made, by its id.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        groups.setdefault((row.table_name, lists[row.change_id]), []).append(row.id)
    found: dict[int, RecordedRow] = {}
    for (table, key), ids in groups.items():
        seen, link = sight.view_of(table, key), sight.link_of(table, key)
        if seen is not None:
            found |= {row.id: row for row in _Decoder(context, sight, *seen).rows(ids)}
        elif link is not None:
            found |= {row.id: row for row in _Links(context, link).rows(ids)}
    return [found[row.id] for row in rows if row.id in found]


_Read = tuple[Any, dict[str, Any], dict[str, Any]]
"""A record with its values before and after, by the names of the database."""


class _Reader:
    """Reads records of one table."""

    def __init__(self, context: Context, view: View, table: sa.Table, columns: Sequence[Any]) -> None:
        self.context, self.view, self.table = context, view, table
        self.columns = list(dict.fromkeys(columns))

    def read(self, ids: Sequence[int]) -> list[_Read]:
        """These records, in the types that their columns have now."""
        connection = self.context.session.connection()
        try:
            with self.context.dialect.limited(connection, _PATIENCE):
                return self._read(ids, typed=True)
        except (exc.DBAPIError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
                raise
            # A column has another type by now, or a choice is gone: what was written down still says what it was.
            return self._read(ids, typed=False)

    def _read(self, ids: Sequence[int], *, typed: bool) -> list[_Read]:
        dialect, own = self.context.dialect, change_row.c
        sides = (own.before, own.after)
        values: list[Any] = []
        for side in sides if typed else ():
            told = dialect.recorded(side, self.table, self.columns)
            values += [told[column.name].label(f"v{number}") for number, column in enumerate(self.columns)]
        stmt = sa.select(
            own.id,
            own.change_id,
            own.kind,
            own.redacted,
            *(dialect.record_text(side).label(f"t{number}") for number, side in enumerate(sides)),
            *values,
        ).where(own.id.in_(ids))
        found: list[_Read] = []
        count = len(self.columns)
        for row in self.context.session.execute(stmt).all():
            both: list[dict[str, Any]] = []
            for number, text in enumerate(row[4:6]):
                plain: dict[str, Any] = json.loads(text) if text else {}
                if typed:
                    given = zip(self.columns, row[6 + number * count : 6 + (number + 1) * count], strict=True)
                    plain |= {column.name: value for column, value in given if column.name in plain}
                both.append(plain)
            found.append((row, both[0], both[1]))
        return found


class _Decoder(_Reader):
    """Rows of one table, looked at through one list."""

    def __init__(self, context: Context, sight: Sight, view: View, table: sa.Table) -> None:
        of = recorded(table)
        self.shown = sight.columns(view, table)
        self.key = key_in(view, table) or of.key
        self.kept = {
            name: column
            for name, column in self.shown.items()
            if column.name in of.kept and is_kept(view.info.columns[name])
        }
        super().__init__(context, view, table, [*self.key, *self.kept.values()])

    def rows(self, ids: Sequence[int]) -> Iterator[RecordedRow]:
        for row, before, after in self.read(ids):
            key = tuple((after or before).get(column.name) for column in self.key)
            if None not in key:
                yield self._row(row, key, before, after)

    def _row(
        self, row: Any, key: tuple[Any, ...], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> RecordedRow:
        changed = {*before, *after, *filter(None, row.redacted.split(","))} - {c.name for c in self.key}
        untold = [
            name for name, column in self.shown.items() if column.name in changed and name not in self.kept
        ]
        seen = {column.name for column in self.shown.values()}
        return RecordedRow(
            row.id,
            row.change_id,
            row.kind,
            self.view,
            key,
            self._by_attribute(before),
            self._by_attribute(after),
            tuple(untold),
            row.kind == "update" and not changed <= seen,
        )

    def _by_attribute(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: values[column.name] for name, column in self.kept.items() if column.name in values}


class _Links(_Reader):
    """Rows of a link table, as members that rows of a list have got or lost."""

    def __init__(self, context: Context, link: Link) -> None:
        super().__init__(context, link.view, link.table, [link.own, link.far])
        self.link = link

    def rows(self, ids: Sequence[int]) -> Iterator[RecordedRow]:
        name, own, far = self.link.relation.name, self.link.own.name, self.link.far.name
        for row, before, after in self.read(ids):
            key = (after or before).get(own)
            if key is not None:
                had, has = ({name: side[far]} if far in side else {} for side in (before, after))
                yield RecordedRow(row.id, row.change_id, "update", self.view, (key,), had, has, (), False)


def key_in(view: View, table: sa.Table) -> tuple[Any, ...]:
    """The columns of ``table`` that hold the key of a row of ``view``, in the order of its address; none where it has
    others."""
    attributes = view.info.mapper.attrs
    found = tuple(
        column for info in view.info.key for column in attributes[info.name].columns if column.table is table
    )
    return found if len(found) == len(view.info.key) else ()
