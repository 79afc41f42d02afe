"""Rows of a file in temporary tables. Their values have no limits of size here, and a row is put together as text."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.records import Expression, Record
from webadmin.dialects.staging import Staging

_DIGEST = "webadmin_digest"


class SQLiteStaging(Staging):
    staged_schema = "temp."

    def digest(self, connection: Connection, values: Sequence[Expression]) -> Expression:
        raw: Any = connection.connection.driver_connection
        raw.create_function(_DIGEST, -1, _crc, deterministic=True)
        plain = (sa.type_coerce(value, sa.types.NullType()) for value in values)
        return sa.Function(_DIGEST, *plain, type_=sa.Integer())

    def index_condition(self, index: sa.Index) -> sa.ColumnElement[bool] | None:
        found: sa.ColumnElement[bool] | None = index.dialect_options["sqlite"]["where"]
        return found

    def record_of(
        self, columns: Mapping[str, Expression], kept: Mapping[str, sa.ColumnElement[bool]]
    ) -> Expression:
        text: Any = sa.literal("", sa.Text)
        for name, value in columns.items():
            member = sa.literal(",", sa.Text) + sa.func.json_quote(sa.literal(name, sa.Text)) + ":"
            member += self.record_value(value)  # type: ignore[attr-defined]
            text = text + (sa.case((kept[name], member), else_="") if name in kept else member)
        return sa.type_coerce(sa.literal("{", sa.Text) + sa.func.substr(text, 2) + "}", Record())


def _crc(*values: Any) -> int:
    return zlib.crc32(repr(values).encode("utf-8", "backslashreplace"))
