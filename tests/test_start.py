"""What it takes to serve a database of many tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin
from webadmin.database.reflection import reflect

MANY = 300


def _fill(engine: Engine, tables: int) -> None:
    """Tables with many kinds of columns, two foreign keys each, indexes."""
    metadata = sa.MetaData()
    for number in range(tables):
        sa.Table(
            f"table_{number}",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("code", sa.String(20), unique=True),
            sa.Column("state", sa.Enum("new", "done", name="state")),
            sa.Column("total", sa.Numeric(10, 2)),
            sa.Column("active", sa.Boolean),
            sa.Column("created_at", sa.DateTime(timezone=True), index=True),
            sa.Column("notes", sa.Text),
            sa.Column("data", sa.JSON),
            sa.Column("parent_id", sa.ForeignKey(f"table_{number // 2}.id"), index=True),
            sa.Column("other_id", sa.ForeignKey(f"table_{number // 3}.id")),
        )
    metadata.create_all(engine)


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def _started(engine: Engine) -> TestClient:
    admin = Admin(engine)
    admin.add_models(reflect(engine).models)
    admin.check()
    return TestClient(admin)


def test_statements_do_not_grow_with_the_tables(pg_engine: Engine) -> None:
    """The catalog is read at once, for ten tables as for more; the first pages take as few as any."""
    counts = []
    for tables in (10, 40):
        _fill(pg_engine, tables)
        with _counted(pg_engine) as seen:
            client = _started(pg_engine)
        counts.append(len(seen))
        with _counted(pg_engine) as seen:
            assert client.get("/").status_code == 200
            assert client.get("/table_7/").status_code == 200
        counts.append(len(seen))
    first, first_pages, second, second_pages = counts
    assert second <= first <= 12  # a new engine asks the server who it is
    assert second_pages == first_pages <= 6


def test_three_hundred_tables_are_served(engine: Engine) -> None:
    """From nothing to the first and the last list, each of all the tables in the navigation."""
    _fill(engine, MANY)
    client = _started(engine)
    for number in (0, MANY - 1):
        assert client.get(f"/table_{number}/").status_code == 200
    page = parse(client.get("/").text)
    assert {f"/table_{number}/" for number in range(MANY)} <= set(page.links("nav a").values())
