"""Rows as JSONB, and rows out of it by ``jsonb_populate_record``, which knows every type there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from webadmin.dialects.records import Expression, Record, Recording

_AT_ONCE = 50
"""Columns of one call: a function takes a hundred arguments."""
_LONG = 500
"""Characters above which a key's hash stands for it: an entry of an index cannot be much longer than 2,000 bytes."""

_preparer = pg.dialect().identifier_preparer


class _RowOf(sa.types.UserDefinedType[Any]):
    """The row type that comes with a table."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_options: Any) -> str:
        return self.name


class PostgreSQLRecording(Recording):
    def record_value(self, value: Expression) -> Expression:
        return sa.cast(sa.func.to_jsonb(value), sa.Text)

    def record_row(self, columns: Mapping[str, Expression]) -> Expression:
        whole: Any = None
        for some in _portions(columns):
            arguments: list[Any] = []
            for name, value in some.items():
                arguments += [sa.cast(sa.literal(name), sa.Text), value]
            part: Any = sa.func.jsonb_build_object(*arguments, type_=pg.JSONB())
            whole = part if whole is None else whole.op("||", return_type=pg.JSONB())(part)
        return sa.type_coerce(whole, Record())

    def record_key(self, values: Sequence[Expression]) -> Expression:
        plain = values[0] if len(values) == 1 else sa.func.jsonb_build_array(*values)
        text = sa.cast(plain, sa.Text)
        return sa.case((sa.func.length(text) > _LONG, sa.func.md5(text)), else_=text)

    def recorded(
        self, record: Expression, table: sa.Table, columns: Sequence[sa.Column[Any]]
    ) -> dict[str, Expression]:
        empty = sa.cast(sa.null(), _RowOf(_preparer.format_table(table)))
        row = sa.func.jsonb_populate_record(empty, record).table_valued(
            *(sa.column(column.name, column.type) for column in columns), joins_implicitly=True
        )
        return {column.name: row.c[column.name] for column in columns}

    def record_member(self, record: Expression, name: str) -> Expression:
        member = sa.type_coerce(record, pg.JSONB())[sa.cast(sa.literal(name), sa.Text)]
        return sa.cast(member, sa.Text)


def _portions(columns: Mapping[str, Expression]) -> Iterator[dict[str, Expression]]:
    left = iter(columns.items())
    while some := dict(islice(left, _AT_ONCE)):
        yield some
