"""Statements that write many rows at once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

from tests.changes.record.bookshop import rows
from tests.forms.posting import context, registry
from webadmin.changes.record import record, written_down
from webadmin.changes.statements import update_rows
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.migrate import upgrade
from webadmin.database.own_tables.there import There


class Base(DeclarativeBase):
    pass


class Plain(Base):
    __tablename__ = "plain"
    id = mapped_column(sa.Integer, primary_key=True)
    number = mapped_column(sa.Integer)
    counted = mapped_column("count of changes", sa.Integer, onupdate=sa.text('"count of changes" + 1'))


class Old(Base):
    __tablename__ = "old"
    id = mapped_column(sa.Integer, primary_key=True)
    number = mapped_column(sa.Integer)
    counted = mapped_column("count of changes", sa.Integer, onupdate=sa.text('"count of changes" + 1'))


@pytest.mark.parametrize("model", [Plain, Old])
def test_written_down(cleared: Engine, model: Any) -> None:
    """What rows were and are stands in the record, of a table with any name: "old" has a meaning of its own to a database."""
    Base.metadata.create_all(cleared)
    upgrade(cleared)
    table = model.__table__
    with cleared.begin() as connection:
        values = [{"id": id, "number": id * 10, "count of changes": 0} for id in (1, 2, 3)]
        connection.execute(sa.insert(table), values)
    with context(cleared, registry(model)) as ctx:
        record(ctx, There(TABLES))
        assert update_rows(ctx, table, {"number": table.c.number + 1}, table.c.id > 1) == 2
        written_down(ctx)
        ctx.session.commit()
    assert [(key, before, after) for _table, key, _kind, before, after, _redacted in rows(cleared)] == [
        (
            str(id),
            {"id": id, "number": id * 10, "count of changes": 0},
            {"id": id, "number": id * 10 + 1, "count of changes": 1},
        )
        for id in (2, 3)
    ]
