"""Which columns of a table are written down, and what tells its rows apart."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webadmin.changes.references import Columns, key_columns
from webadmin.database.kinds import Kind, kind_of
from webadmin.options.secrets import is_secret


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A table as a history sees it; names are those of the database."""

    table: sa.Table
    key: Columns
    """The columns that tell rows apart: the primary key, else, as in a link table, all foreign keys."""
    kept: Mapping[str, Any]
    """The columns whose content is written down, by name."""
    redacted: frozenset[str]
    """Columns of which is only written down that they changed: secrets, and content that is not text."""

    @property
    def key_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.key)


@functools.cache
def recorded(table: sa.Table) -> Recorded:
    """What is written down of ``table``: not what the database computes itself, and no secrets."""
    key = key_columns(table) or tuple(column for column in table.columns if column.foreign_keys)
    names = {column.name for column in key}
    stored = [column for column in table.columns if column.computed is None]
    redacted = frozenset(
        column.name for column in stored if column.name not in names and _is_redacted(column)
    )
    kept = {
        column.name: column
        for column in stored
        if column.name in names
        or (column.name not in redacted and kind_of(column.type) is not Kind.SEARCH_VECTOR)
    }
    return Recorded(table, key, kept, redacted)


def _is_redacted(column: sa.Column[Any]) -> bool:
    return is_secret(column.name) or kind_of(column.type) is Kind.BINARY
