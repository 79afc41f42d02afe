"""Rows as JSONB, and rows out of it by ``jsonb_populate_record``, which knows every type there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles

from webadmin.dialects.records import Expression, Record, Recording

_AT_ONCE = 50
"""Columns of one call: a function takes a hundred arguments."""
_LONG = 500
"""Characters above which a key's hash stands for it: an entry of an index cannot be much longer than 2,000 bytes."""

_ROOM = sa.text(
    "SELECT set_config('work_mem', '64MB', true)"
    " WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')"
)

_preparer = pg.base.PGDialect().identifier_preparer  # type: ignore[no-untyped-call]


class _RowOf(sa.types.UserDefinedType[Any]):
    """The row type that comes with a table."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_options: Any) -> str:
        return self.name


class PostgreSQLRecording(Recording):
    supports_writing_ctes = True

    def row_before(self, connection: Connection, table: sa.Table) -> sa.FromClause | None:
        # https://www.postgresql.org/docs/18/dml-returning.html; a table of such a name hides what it stands for.
        known = (connection.dialect.server_version_info or (0,)) >= (18,)
        return table.alias("old") if known and table.name not in ("old", "new") else None

    def make_room(self, connection: Connection) -> None:
        # A hash that does not fit is worked off in parts, each of which goes through the whole table and all its indexes.
        connection.execute(_ROOM)

    def record_value(self, value: Expression) -> Expression:
        return sa.cast(sa.func.to_jsonb(_plain(value)), sa.Text)

    def record_row(self, columns: Mapping[str, Expression]) -> Expression:
        whole: Any = None
        for some in _portions(columns):
            arguments: list[Any] = []
            for name, value in some.items():
                arguments += [sa.cast(sa.literal(name, sa.Text), sa.Text), _plain(value)]
            part: Any = sa.func.jsonb_build_object(*arguments, type_=pg.JSONB())
            whole = part if whole is None else _sum(whole, part)
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

    def recorded_key(
        self, record: Expression, table: sa.Table, columns: Sequence[sa.Column[Any]]
    ) -> dict[str, Expression]:
        kinds = [_kind_of_key(column.type) for column in columns]
        if None in kinds:
            return self.recorded(record, table, columns)
        texts = {
            column.name: sa.func.jsonb_extract_path_text(
                record, sa.cast(sa.literal(column.name, sa.Text), sa.Text)
            )
            for column in columns
        }
        return {name: sa.cast(text, kind) for (name, text), kind in zip(texts.items(), kinds, strict=True)}

    def record_names(self, rows: sa.FromClause, record: Expression) -> sa.Select[Any]:
        return sa.select(sa.func.jsonb_object_keys(record)).select_from(rows).distinct()

    def record_agrees(self, now: Expression, record: Expression) -> sa.ColumnElement[bool]:
        one, other = (sa.type_coerce(side, pg.JSONB()) for side in (now, record))
        # Members of one of them alone stand in both sums; of those that both have, the last says what the sum says.
        same = _sum(one, other) == _sum(other, one)
        return sa.or_(same, record.is_(None))

    def record_difference(self, one: Expression, other: Expression, names: Expression) -> Expression:
        each = sa.func.jsonb_each(one).table_valued(
            "key", sa.column("value", pg.JSONB()), joins_implicitly=True
        )
        # As texts: a number with another number of digits is equal, and yet not the same.
        said = sa.cast(each.c.value, sa.Text), sa.cast(_member(other, each.c.key), sa.Text)
        wanted = sa.or_(
            sa.func.jsonb_exists(sa.cast(names, pg.JSONB), each.c.key), said[0].is_distinct_from(said[1])
        )
        members = sa.select(sa.func.jsonb_object_agg(each.c.key, each.c.value, type_=Record())).where(wanted)
        return members.scalar_subquery()

    def insert_keyed(self, table: sa.Table, names: Sequence[str], rows: sa.Select[Any]) -> sa.Insert:
        made = [
            column.name for column in table.columns if column.identity is not None and column.identity.always
        ]
        kind = _Overriding if set(made) & set(names) else sa.Insert
        return kind(table).from_select(list(names), rows)

    def rows_of(self, names: Sequence[str]) -> sa.FromClause:
        bound = [sa.bindparam(name, type_=pg.ARRAY(sa.Text)) for name in names]
        return sa.func.unnest(*bound).table_valued(*names).render_derived(name="told")

    def record_member(self, record: Expression, name: str) -> Expression:
        return sa.cast(_member(record, sa.cast(sa.literal(name, sa.Text), sa.Text)), sa.Text)


class _Overriding(sa.Insert):
    """An INSERT … SELECT that brings values of ``GENERATED ALWAYS`` identities."""

    inherit_cache = True


@compiles(_Overriding, "postgresql")
def _overriding(insert: _Overriding, compiler: Any, **options: Any) -> str:
    text: str = compiler.visit_insert(insert, **options)
    head, columns, rest = text.partition(") ")
    return f"{head}{columns}OVERRIDING SYSTEM VALUE {rest}"


def _kind_of_key(kind: Any) -> Any:
    """The type in which a key's text can be compared with the column, whatever its size; None where the table itself has to say."""
    if isinstance(kind, sa.Integer):
        return sa.BigInteger()
    return sa.Uuid() if isinstance(kind, sa.Uuid) and kind.native_uuid else None


def _plain(value: Expression) -> Expression:
    """An hstore as its text: as an object of JSON it could not be read back."""
    return sa.cast(value, sa.Text) if isinstance(value.type, pg.HSTORE) else value


def _member(record: Expression, name: Expression) -> Expression:
    return sa.func.jsonb_extract_path(record, name, type_=pg.JSONB())


def _sum(one: Expression, other: Expression) -> Expression:
    """An object with the members of both; where both have one, it is that of ``other``."""
    return one.op("||", return_type=pg.JSONB())(other)


def _portions(columns: Mapping[str, Expression]) -> Iterator[dict[str, Expression]]:
    left = iter(columns.items())
    while some := dict(islice(left, _AT_ONCE)):
        yield some
