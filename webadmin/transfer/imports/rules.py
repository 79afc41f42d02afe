"""The rules of a table, asked of the rows as they would be afterwards: by the database, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.sql import visitors

from webadmin.changes.rules import in_words, names_in
from webadmin.database.inspection import ColumnInfo
from webadmin.forms.fields import REQUIRED
from webadmin.listing.scope import personal
from webadmin.options.context import Context
from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.transfer.imports.layout import ROW, Layout, is_live
from webadmin.transfer.imports.matching import is_new
from webadmin.transfer.imports.problems import Problems, Simple

_PATIENCE = 60_000
"""Milliseconds for a rule that may not be understood."""


class Unknown(Exception):
    """What a column will hold is not known before the row is written."""


def check_rules(context: Context, layout: Layout, problems: Problems) -> None:
    """Write down which rows break a rule of the tables of ``layout``'s view."""
    cells = _Cells(layout, problems)
    columns = [(name, info) for name, info in layout.view.info.columns.items() if not info.generated]
    problems.add_all(
        [one for name, info in columns for one in (*cells.empty(name, info), *cells.long(name, info))]
    )
    for table in layout.view.info.mapper.tables:
        if isinstance(table, sa.Table):
            _Rules(context, layout, problems, table).check()


class _Cells:
    """What single values are asked."""

    def __init__(self, layout: Layout, problems: Problems) -> None:
        self.layout, self.problems, self.view = layout, problems, layout.view

    def empty(self, name: str, column: ColumnInfo) -> Iterator[Simple]:
        if column.nullable:
            return
        value, new = self.layout.values.get(name), is_new(self.layout)
        target = self.layout.named(name)
        fits = self.problems.without(target)
        if value is None:
            # What no form asks for is filled in otherwise: by a trigger, say.
            asked = self.layout.asked.mode != "update" and name not in self.layout.made
            asked = asked and column.column is not self.view.info.mapper.polymorphic_on  # the mapper's to say
            if asked and not column.has_default and self._is_on_form(name):
                message = _("New rows need it, and no column of the file goes there.")
                yield Simple(target, "empty", message, self.layout.row.is_not(None), [new])
        elif column.primary_key and not column.has_default:
            yield Simple(target, "empty", _(REQUIRED), value.is_(None), [fits])
        elif not column.primary_key:
            # A new row gets what the column has of itself.
            more = [fits, sa.not_(new)] if column.has_default else [fits]
            yield Simple(target, "empty", _(REQUIRED), value.is_(None), more)

    def _is_on_form(self, name: str) -> bool:
        relations = self.view.info.relations
        shown = {name, *(one.name for one in relations.values() if one.many_to_one and name in one.local)}
        return bool(shown & set(self.view.form_columns))

    def long(self, name: str, column: ColumnInfo) -> Iterator[Simple]:
        inner = column.column.type
        most = getattr(getattr(inner, "impl_instance", inner), "length", None)
        value = self.layout.values.get(name)
        if value is None or not isinstance(most, int) or isinstance(inner, sa.Enum | sa.LargeBinary):
            return
        message = _("At most {most} characters fit here.").format(most=format_number(most))
        yield Simple(
            self.layout.named(name),
            "long",
            message,
            sa.func.length(sa.cast(value, sa.Text)) > most,
            (),
            value,
        )


class _Rules:
    """The rules of one table."""

    def __init__(self, context: Context, layout: Layout, problems: Problems, table: sa.Table) -> None:
        self.context, self.layout, self.problems = context, layout, problems
        self.view, self.table = layout.view, table
        self.live: Any = table.alias("live")
        attributes = layout.view.info.mapper.attrs
        self.by_column = {
            column: (name, info)
            for name, info in layout.view.info.columns.items()
            for column in attributes[name].columns
            if column.table is table
        }
        own = {name: column for column, (name, _info) in self.by_column.items()}
        self.key = [own[column.name] for column in layout.view.info.key if column.name in own]

    def check(self) -> None:
        """Write down what breaks one."""
        for condition in self._checks():
            self._check(condition)
        for rule in self.table.constraints:
            if isinstance(rule, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
                self._unique(list(rule.columns), None)
        for index in self.table.indexes:
            if index.unique:
                self._unique(list(index.expressions), self._condition(index))

    # -- a row as it would be ------------------------------------------------------------------------------------

    def final(self, column: Any) -> Any:
        """What ``column`` of the table will hold; raises Unknown where that is not known."""
        name, info = self.by_column.get(column, ("", None))
        if info is None or info.generated:
            raise Unknown
        given = self.layout.values.get(name)
        if given is not None and (info.nullable or not info.has_default):
            return given
        stored = self.live.c[column.key] if self.layout.asked.match else None
        try:
            made = self._default(name, info)
        except Unknown:
            if stored is None or self.layout.asked.mode != "update":
                raise
            made = sa.null()
        if given is not None:
            return sa.func.coalesce(given, made)
        return made if stored is None else sa.case((self.layout.matched.c[ROW].is_(None), made), else_=stored)

    def _default(self, name: str, info: ColumnInfo) -> Any:
        """What a new row gets where nothing is given."""
        if name in self.layout.made:
            return self.layout.made[name][0]
        column = info.column
        default: Any = column.default
        if default is not None and default.is_scalar:
            return sa.literal(default.arg, column.type)
        if default is None and info.has_default:
            text: Any = getattr(column.server_default, "arg", None)
            if isinstance(text, str):
                return sa.cast(sa.literal(text), column.type)
        if info.has_default:
            raise Unknown
        return sa.cast(sa.null(), column.type)

    def _source(self, columns: Sequence[Any]) -> Any:
        """What the rows are selected from when ``columns`` are asked about."""
        layout = self.layout
        rows: Any = layout.rows
        if all(self.by_column[column][0] in layout.values for column in columns) or not layout.asked.match:
            return rows
        return rows.outerjoin(layout.matched, layout.matched.c[ROW] == layout.row).outerjoin(
            self.live, self._same()
        )

    def _same(self) -> sa.ColumnElement[bool]:
        key = [self.live.c[column.key] for column in self.key]
        return sa.and_(*(a == b for a, b in zip(key, self.layout.key_of_matched(), strict=True)))

    def _touches(self, columns: Sequence[Any]) -> bool:
        return any(self.by_column.get(column, ("",))[0] in self.layout.values for column in columns)

    # -- checks ------------------------------------------------------------------------------------------------

    def _checks(self) -> Iterator[str]:
        """The conditions that the database holds rows to; those of the models where it does not say."""
        connection = self.context.session.connection()
        found: list[str] = []
        try:
            told = sa.inspect(connection).get_check_constraints(self.table.name, schema=self.table.schema)
            found = [str(one["sqltext"]) for one in told]
        except (NotImplementedError, exc.NoSuchTableError):
            for rule in self.table.constraints:
                if isinstance(rule, sa.CheckConstraint):
                    found.append(str(rule.sqltext.compile(dialect=connection.dialect)))
        found += self.context.dialect.column_rules(connection, self.table)
        yield from dict.fromkeys(found)

    def _check(self, rule: str) -> None:
        names = {column.name: column for column in self.table.columns}
        columns = [names[name] for name in names_in(rule, names)]
        if not columns or not self._touches(columns):
            return
        try:
            values = {column.name: self.final(column) for column in columns}
        except Unknown:
            return
        row = self.layout.row
        inner = sa.select(row.label(ROW), *(value.label(name) for name, value in values.items()))
        inner = inner.select_from(self._source(columns))
        whole = inner.subquery(self.table.name)
        first = next(name for c in columns if (name := self.by_column[c][0]) in self.layout.values)
        target = self.layout.named(first)
        where = sa.not_(sa.literal_column(f"({rule})", sa.Boolean()))
        value = whole.c[self.view.info.columns[first].column.name]
        message = in_words(rule)
        connection = self.context.session.connection()
        try:
            with connection.begin_nested():
                self.problems.add(target, "check", message, where, value, source=whole, row=whole.c[ROW])
        except exc.DBAPIError as error:
            # It speaks of what only a row of the table has: writing says whether it holds.
            if self.context.dialect.failure(error).kind in {"connection_lost", "statement_timeout"}:
                raise

    # -- unique ------------------------------------------------------------------------------------------------

    def _condition(self, index: sa.Index) -> Any:
        """The condition of a partial index, as an expression also where it is the usual text about rows that are not deleted."""
        condition, marked = self.context.dialect.index_condition(index), self.view.soft_delete
        if condition is None or marked is None or not is_live(self.view, condition):
            return condition
        return self.view.info.columns[marked].column.is_(None)

    def _unique(self, parts: Sequence[Any], condition: Any) -> None:
        asked = [*parts, *([] if condition is None else [condition])]
        columns = list(dict.fromkeys(column for part in asked for column in self._columns(part)))
        own = [name for c in columns if (name := self.by_column.get(c, ("",))[0]) in self.layout.values]
        if not own or self._is_match(parts):
            return
        try:
            final = {column: self.final(column) for column in columns}
            values = [_replaced(part, final) for part in parts]
            holds = [] if condition is None else [_replaced(condition, final)]
        except Unknown:
            return
        source, row = self._source(columns), self.layout.row
        target = self.layout.named(own[0])
        fits = [self.problems.without(target)]
        self.problems.add_repeated(target, values, source=source, row=row, where=[*holds, *fits])
        other: Any = self.table.alias("other")
        theirs = {column: other.c[column.key] for column in columns}
        same = [a == b for a, b in zip((_replaced(part, theirs) for part in parts), values, strict=True)]
        if condition is not None:
            same.append(_replaced(condition, theirs))
        taken = sa.exists().select_from(other).where(*same).correlate_except(other)
        if self.layout.asked.match:
            key = [other.c[column.key] for column in self.key]
            own_row = (
                sa.exists()
                .select_from(self.layout.matched)
                .where(
                    self.layout.matched.c[ROW] == row,
                    *(a == b for a, b in zip(self.layout.key_of_matched(), key, strict=True)),
                )
            )
            taken = (
                sa.exists()
                .select_from(other)
                .where(*same, sa.not_(own_row.correlate(other, self.layout.rows)))
            )
            taken = taken.correlate_except(other)
        value = values[0] if len(values) == 1 else None
        self.problems.add(
            target, "taken", self.problems.taken, sa.and_(taken, *holds, *fits), value, source=source, row=row
        )

    def _is_match(self, parts: Sequence[Any]) -> bool:
        """Whether rows are matched by this very rule, and all that have such a value were found by it."""
        names = tuple(
            self.by_column.get(part, ("",))[0] if isinstance(part, sa.Column) else "" for part in parts
        )
        alone = not personal(self.context, self.view) and self.view.info.mapper.inherits is None
        return alone and names == self.layout.asked.match

    def _columns(self, part: Any) -> list[Any]:
        if isinstance(part, sa.Column):
            return [part]
        found = [one for one in visitors.iterate(part) if isinstance(one, sa.ColumnClause)]
        names = {column.name: column for column in self.table.columns}
        text = [names[name] for name in names_in(str(part), names)]
        return [names[one.name] for one in found if one.name in names] or text


def _replaced(part: Any, values: dict[Any, Any]) -> Any:
    """``part`` of an index with other expressions in place of columns. Raises Unknown where it is a text."""
    by_name = {column.name: value for column, value in values.items()}
    if isinstance(part, sa.Column):
        return by_name[part.name]
    if any(isinstance(one, sa.TextClause) for one in visitors.iterate(part)):
        raise Unknown

    def instead(one: Any, **_more: Any) -> Any:
        return by_name.get(one.name) if isinstance(one, sa.ColumnClause) else None

    traverse: Any = visitors.replacement_traverse
    return traverse(part, {}, instead)
