"""What every dialect answers, on both databases and in plain SQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects import for_engine, in_memory, sync_url
from webadmin.dialects.base import Dialect

ROWS = ["Ada 100%", "ada_b", "Bob", "C:\\x", "ÄÖ"]


@pytest.fixture
def things(connection: Connection) -> sa.Table:
    """A table of texts."""
    table = sa.Table(
        "things", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text)
    )
    table.create(connection)
    connection.execute(sa.insert(table), [{"name": name} for name in ROWS])
    return table


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada", ["Ada 100%", "ada_b"]),
        ("100%", ["Ada 100%"]),
        ("%", ["Ada 100%"]),
        ("_", ["ada_b"]),
        ("\\", ["C:\\x"]),
        ("'", []),
    ],
)
@pytest.mark.parametrize("portable", [False, True])
def test_contains(
    connection: Connection, things: sa.Table, text: str, found: list[str], portable: bool
) -> None:
    """A text is looked for whatever its case; signs of patterns stand for themselves."""
    dialect = Dialect() if portable else for_engine(connection.engine)
    stmt = sa.select(things.c.name).where(dialect.contains(things.c.name, text)).order_by(things.c.id)
    assert list(connection.scalars(stmt)) == found


def test_version(connection: Connection) -> None:
    """The system in words, with its version."""
    dialect = for_engine(connection.engine)
    title, _, number = dialect.version(connection).rpartition(" ")
    assert title == dialect.title
    assert number[0].isdigit()


@pytest.mark.parametrize(
    ("url", "sync"),
    [
        (
            "postgresql+asyncpg://u:p@h/d?ssl=require&prepared_statement_cache_size=0",
            "postgresql+psycopg://u:p@h/d?sslmode=require",
        ),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("sqlite+aiosqlite:///x.db", "sqlite:///x.db"),
        ("sqlite:///x.db", "sqlite:///x.db"),
        ("postgresql+psycopg2://h/d", "postgresql+psycopg2://h/d"),
    ],
)
def test_sync_url(url: str, sync: str) -> None:
    """An address for an async driver leads to the same database through a sync one, which need not be installed twice."""
    assert sync_url(url).render_as_string(hide_password=False) == sync


@pytest.mark.parametrize(
    ("url", "memory"),
    [
        ("sqlite://", True), ("sqlite:///:memory:", True), ("sqlite:///file:x?mode=memory&uri=true", True),
        ("sqlite:///file:x?mode=memory&cache=shared&uri=true", False), ("sqlite:///x.db", False), ("postgresql://h/d", False),
    ],
)  # fmt: skip
def test_in_memory(url: str, memory: bool) -> None:
    """Whether a second connection would see another database."""
    assert in_memory(sa.make_url(url)) is memory
