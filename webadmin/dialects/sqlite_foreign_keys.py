"""The foreign keys of an SQLite file, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.foreign_keys import ForeignKey, ForeignKeys, Place

# Names count whatever their case. A key that does not say which columns it leads to leads to the primary key.
_ALL = sa.text(
    """
    SELECT m.name AS owner, t.name AS target, p.id, p.seq, p.on_delete,
           coalesce((SELECT c.name FROM pragma_table_xinfo(m.name) c WHERE c.name = p."from" COLLATE NOCASE), p."from")
               AS source,
           coalesce((SELECT c.name FROM pragma_table_xinfo(t.name) c
                      WHERE CASE WHEN p."to" IS NULL THEN c.pk = p.seq + 1 ELSE c.name = p."to" COLLATE NOCASE END),
                    p."to", 'rowid') AS referred,
           (SELECT c."notnull" FROM pragma_table_xinfo(m.name) c WHERE c.name = p."from" COLLATE NOCASE) AS filled,
           (SELECT group_concat(name, char(0)) FROM (SELECT c.name FROM pragma_table_xinfo(m.name) c
                                                WHERE c.pk > 0 ORDER BY c.pk)) AS key
      FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) p
      JOIN sqlite_master t ON t.type = 'table' AND t.name = p."table" COLLATE NOCASE
     WHERE m.type = 'table'
     ORDER BY m.name, p.id, p.seq
    """
)


class SQLiteForeignKeys(ForeignKeys):
    def foreign_keys(self, connection: Connection) -> Sequence[ForeignKey]:
        rows = connection.execute(_ALL).all()
        return [_key(list(parts)) for _, parts in groupby(rows, key=lambda row: (row.owner, row.id))]


def _key(parts: list[Any]) -> ForeignKey:
    first = parts[0]
    return ForeignKey(
        table=_names(first.owner),
        columns=tuple(part.source for part in parts),
        target=_names(first.target),
        referred=tuple(part.referred for part in parts),
        on_delete="" if first.on_delete == "NO ACTION" else first.on_delete,
        nullable=tuple(not part.filled for part in parts),
        key=tuple(first.key.split("\0")) if first.key else (),
    )


def _names(name: str) -> tuple[Place, ...]:
    return (None, name), ("main", name)
