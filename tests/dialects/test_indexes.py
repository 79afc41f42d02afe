"""Indexes as databases tell of them, and expressions in a form that can be compared."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.listing.sorting.goods import Base, Good, fill
from webadmin.dialects import for_engine
from webadmin.dialects.indexes import Index, IndexKey, TableStatistics, normalised, sql_of

SAME = [
    ("lower((name)::text)", "lower(goods.name)".replace("goods.", "")),
    ("COALESCE(nick, 'none'::character varying)", "coalesce(nick, 'none')"),
    ("(price - cost)", "price - cost"),
    ("(deleted_at IS NULL)", '"deleted_at" IS NULL'),
    ("EXTRACT(year FROM made_at)", "extract(YEAR from made_at)"),
    ("(meta ->> 'source'::text)", "meta ->> 'source'"),
    ("(name)::integer", "CAST(name AS INTEGER)"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_written_otherwise(one: str, other: str) -> None:
    """What the database writes, and what we write, is the same text in the end."""
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a - (b - c)", "(a - b) - c"), ("coalesce(a, 'X')", "coalesce(a, 'x')"), ("lower(a)", "a")],
)
def test_different_ones_stay_different(one: str, other: str) -> None:
    """Parentheses that mean something and the case of texts are kept."""
    assert normalised(one) != normalised(other)


def _of(engine: Engine) -> TableStatistics:
    with engine.connect() as connection:
        return for_engine(engine).statistics(connection, Good.__table__)  # type: ignore[arg-type]


def test_what_postgresql_tells(pg_engine: Engine) -> None:
    """Columns and expressions with their directions, conditions, and what cannot sort as usual; the size."""
    fill(pg_engine, 500)
    with pg_engine.begin() as connection:
        connection.execute(text("CREATE INDEX odd ON goods (note text_pattern_ops, cost DESC NULLS LAST)"))
        connection.execute(text('CREATE INDEX other ON goods (name COLLATE "C")'))
        connection.execute(text("CREATE INDEX no_order ON goods USING hash (note)"))
    found = _of(pg_engine)
    assert found.rows == 500
    assert found.indexes is not None
    id = IndexKey("id")
    assert {
        Index((id,)),
        Index((IndexKey("lower(name)"), id), "deleted_at is null"),
        Index((IndexKey("price-cost"), id)),
        Index((IndexKey("coalesce(nick,'none')"), id)),
        Index((IndexKey("price"), IndexKey("made_at", True, True), IndexKey("id", True, True))),
        Index((IndexKey("note", plain=False), IndexKey("cost", True, False))),
        Index((IndexKey("name", plain=False),)),
    } <= set(found.indexes)
    assert not [index for index in found.indexes if index.keys == (IndexKey("note"),)]


def test_what_sqlite_tells(sqlite_engine: Engine) -> None:
    """The same, with the row's number at every index's end, and a bound on the size."""
    fill(sqlite_engine, 500)
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE INDEX odd ON goods (note COLLATE NOCASE, cost DESC)"))
    found = _of(sqlite_engine)
    assert (found.rows, found.at_most) == (None, 500)
    assert found.indexes is not None
    id = IndexKey("id", nulls_first=True)
    assert {
        Index((id,)),
        Index((IndexKey("lower(name)", nulls_first=True), id, id), "deleted_at is null"),
        Index((IndexKey("coalesce(nick,'none')", nulls_first=True), id, id)),
        Index((IndexKey("note", False, True, False), IndexKey("cost", True, False), id)),
    } <= set(found.indexes)


def test_nothing_of_no_table() -> None:
    """A table that is not there has no statistics; the list itself says that it is gone."""
    assert _of(create_engine("sqlite://")) == TableStatistics()


def test_expressions_as_in_ddl(sqlite_engine: Engine) -> None:
    """Without the table's name and with constants in place."""
    assert sql_of(Good.price - 5, sqlite_engine.dialect) == "price - 5"
    assert Base.metadata.tables["goods"] is Good.__table__
