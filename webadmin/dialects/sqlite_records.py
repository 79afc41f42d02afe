"""Rows as JSON text, put together value by value: its own functions give a number fifteen digits, and fail for bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.dialects.records import Expression, Record, Recording

_LARGEST = "1.7976931348623157e308"


class SQLiteRecording(Recording):
    def record_value(self, value: Expression) -> Expression:
        plain = _plain(value)
        number = sa.case(
            (plain > sa.literal_column(_LARGEST), "9.0e999"),
            (plain < sa.literal_column(f"-{_LARGEST}"), "-9.0e999"),
            else_=sa.func.printf("%!.17g", plain),
        )
        return sa.case(
            (sa.func.typeof(plain) == "real", number),
            (sa.func.typeof(plain) == "blob", sa.func.json_quote(sa.func.hex(plain))),
            else_=sa.func.json_quote(plain),
        )

    def record_row(self, columns: Mapping[str, Expression]) -> Expression:
        text: Any = sa.literal("{", sa.Text)
        for number, (name, value) in enumerate(columns.items()):
            quoted = sa.func.json_quote(sa.literal(name, sa.Text))
            text = text + ("," if number else "") + quoted + ":" + self.record_value(value)
        return sa.type_coerce(text + "}", Record())

    def record_key(self, values: Sequence[Expression]) -> Expression:
        if len(values) == 1:
            return sa.cast(_text_of(values[0]), sa.Text)
        text: Any = sa.literal("[", sa.Text)
        for number, value in enumerate(values):
            text = text + ("," if number else "") + self.record_value(value)
        whole: Expression = text + "]"
        return whole

    def recorded(
        self, record: Expression, table: sa.Table, columns: Sequence[sa.Column[Any]]
    ) -> dict[str, Expression]:
        return {
            column.name: sa.type_coerce(sa.func.json_extract(record, _path(column.name)), column.type)
            for column in columns
        }

    def record_names(self, rows: sa.FromClause, record: Expression) -> sa.Select[Any]:
        each = sa.func.json_each(record).table_valued("key", joins_implicitly=True)
        return sa.select(each.c.key).select_from(rows).distinct()

    def record_agrees(self, now: Expression, record: Expression) -> sa.ColumnElement[bool]:
        each = sa.func.json_each(record).table_valued("key", "value", joins_implicitly=True)
        path = sa.literal('$."', sa.Text) + each.c.key + '"'
        other = sa.and_(
            sa.func.json_type(now, path).is_not(None),
            sa.func.json_extract(now, path).is_distinct_from(each.c.value),
        )
        return sa.not_(sa.exists(sa.select(sa.literal(1)).select_from(each).where(other)))

    def record_member(self, record: Expression, name: str) -> Expression:
        value = sa.func.json_extract(record, _path(name))
        kind = sa.func.json_type(record, _path(name))
        return sa.case((kind.is_(None), sa.null()), else_=self.record_value(value))


def _path(name: str) -> str:
    return f'$."{name}"'


def _plain(value: Expression) -> Any:
    """A column as it is stored; a value that is bound needs its type on the way there."""
    return value if isinstance(value, sa.BindParameter) else sa.type_coerce(value, sa.types.NullType())


def _text_of(value: Expression) -> Expression:
    plain = _plain(value)
    return sa.case((sa.func.typeof(plain) == "blob", sa.func.hex(plain)), else_=plain)
