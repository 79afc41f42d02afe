"""What is wrong with rows of a file, found by conditions and counted by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webadmin.options.context import Context
from webadmin.text import gettext as _
from webadmin.transfer.imports.layout import PROBLEMS, REFUSED, ROW, Layout
from webadmin.transfer.imports.source import SHORTENED

_AT_A_GLANCE = 100
"""Conditions of one statement."""


@dataclass(frozen=True, slots=True)
class Simple:
    """Something that may be wrong with a row."""

    name: str
    kind: str
    message: str
    where: sa.ColumnElement[bool]
    """A condition on the row of the file alone, that few rows meet."""
    more: Sequence[sa.ColumnElement[bool]] = ()
    """What has to hold of such a row too."""
    value: Any = None


class Problems:
    """Writes down which rows of ``layout`` cannot be taken."""

    def __init__(self, context: Context, layout: Layout) -> None:
        self.context, self.layout, self.dialect = context, layout, context.dialect
        self.connection = context.session.connection()
        self.taken = _("Another row has this value already.")

    def add(
        self,
        name: str,
        kind: str,
        message: str,
        where: sa.ColumnElement[bool],
        value: Any = None,
        *,
        source: Any = None,
        row: Any = None,
    ) -> int:
        """Write a problem down of each row of the file for which ``where`` holds; returns of how many.

        :param value: what stands there.
        :param source: what is selected from instead of the rows of the file, with ``row`` as the column of their numbers.
        """
        text = sa.literal("") if value is None else sa.func.coalesce(sa.cast(value, sa.Text), "")
        found = sa.select(
            (self.layout.row if row is None else row).label(ROW),
            sa.literal(name, sa.Text),
            sa.literal(kind, sa.Text),
            sa.func.substr(text, 1, SHORTENED),
            sa.literal(message, sa.Text),
        ).select_from(self.layout.rows if source is None else source)
        columns = [column.name for column in PROBLEMS.columns]
        stmt = sa.insert(PROBLEMS).from_select(columns, found.where(where))
        return max(0, self.connection.execute(stmt, execution_options={"preserve_rowcount": True}).rowcount)

    def add_all(self, simple: Sequence[Simple]) -> None:
        """Write down what a glance at each row by itself shows: one for all of these, and then for those alone that hit."""
        for start in range(0, len(simple), _AT_A_GLANCE):
            some = simple[start : start + _AT_A_GLANCE]
            hits = [sa.func.max(sa.case((one.where, 1), else_=0)) for one in some]
            found = self.connection.execute(sa.select(*hits).select_from(self.layout.rows)).one()
            for one, hit in zip(some, found, strict=True):
                if hit:
                    where = sa.and_(one.where, *one.more)
                    self.add(one.name, one.kind, one.message, where, one.value)

    def add_repeated(
        self, name: str, own: Sequence[Any], *, source: Any = None, row: Any = None, where: Sequence[Any] = ()
    ) -> None:
        """Write down the rows whose values ``own`` stand in an earlier row too; a NULL is like no other."""
        source = self.layout.rows if source is None else source
        row = self.layout.row if row is None else row
        labels = [column.label(f"o{place}") for place, column in enumerate(own)]
        groups = (
            sa.select(*labels, sa.func.min(row).label("first"))
            .select_from(source)
            .where(*(column.is_not(None) for column in own), *where)
            .group_by(*own)
            .having(sa.func.count() > 1)
            .subquery("groups")
        )
        same = [column == groups.c[f"o{place}"] for place, column in enumerate(own)]
        joined = source.join(groups, sa.and_(*same))
        message = _("An earlier row of the file has this value too.")
        value = own[0] if len(own) == 1 else None
        self.add(
            name, "duplicate", message, sa.and_(row > groups.c.first, *where), value, source=joined, row=row
        )

    def without(self, name: str) -> sa.ColumnElement[bool]:
        """Nothing is wrong yet with what a row has of ``name``."""
        known = sa.exists().where(PROBLEMS.c[ROW] == self.layout.row, PROBLEMS.c.name == name)
        return sa.not_(known.correlate(self.layout.rows))

    def close(self) -> None:
        """All is found: the rows are known that cannot be taken."""
        self.dialect.make_staged(self.connection, REFUSED, REFUSED.c[ROW])
        self.connection.execute(sa.insert(REFUSED).from_select([ROW], sa.select(PROBLEMS.c[ROW]).distinct()))
        self.dialect.staged_ready(self.connection, REFUSED)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many problems there are by target and kind."""
        stmt = sa.select(PROBLEMS.c.name, PROBLEMS.c.kind, sa.func.count()).group_by(
            PROBLEMS.c.name, PROBLEMS.c.kind
        )
        return {(name, kind): count for name, kind, count in self.connection.execute(stmt)}


def good(row: Any) -> sa.ColumnElement[bool]:
    """Nothing is wrong with the row of this number."""
    return sa.not_(sa.exists().where(REFUSED.c[ROW] == row).correlate_except(REFUSED))
