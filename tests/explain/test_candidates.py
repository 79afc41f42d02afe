"""The indexes that could serve what is asked: which keys in which order, of which rows, with what beside them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from webadmin.dialects import Dialect
from webadmin.dialects.indexes import Index, IndexKey, InvertedIndex
from webadmin.dialects.postgresql import PostgreSQL
from webadmin.dialects.sqlite import SQLite
from webadmin.explain.candidates import Candidate, candidates
from webadmin.explain.structure import read

PARCELS = sa.Table(
    "parcels",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(10)),
    sa.Column("weight", sa.Integer),
    sa.Column("Sent On", sa.Date),
    sa.Column("note", sa.Text),
    sa.Column("words", postgresql.TSVECTOR),
    sa.Column("deleted_at", sa.DateTime),
)
P = PARCELS.c
LIVE = P.deleted_at.is_(None)
PREPARED = postgresql.dialect().identifier_preparer


def _found(
    stmt: sa.Select[object], dialect: Dialect | None = None, *, trigrams: bool = False
) -> list[Candidate]:
    (asked,) = read(stmt, {})
    return candidates(asked, "deleted_at", dialect or PostgreSQL(), trigrams=trigrams)


def _bodies(stmt: sa.Select[object], dialect: Dialect | None = None, *, trigrams: bool = False) -> list[str]:
    found = _found(stmt, dialect, trigrams=trigrams)
    return [one.ddl("", "i", PREPARED).partition(" ON parcels")[2].strip() for one in found]


def test_equality_then_order() -> None:
    """What is compared for equality comes first, then the order; live rows alone; and what else is read, where that is little."""
    page = sa.select(P.id).where(P.kind == "a", LIVE).order_by(P.weight.desc(), P.id.desc()).limit(5)
    assert _bodies(page)[:3] == [
        "(kind, weight, id) WHERE deleted_at IS NULL",
        "(weight, id) WHERE deleted_at IS NULL",
        "(weight, id) INCLUDE (kind) WHERE deleted_at IS NULL",
    ]
    assert "INCLUDE" not in " ".join(_bodies(page, SQLite())), "where the system has none"
    every = sa.select(P.id).where(P.kind == "a").order_by(P.kind, P.weight).limit(5)
    assert _bodies(every)[0] == "(kind, weight)", "of all rows, and what all share is no order"


def test_equality_then_range() -> None:
    """A range comes last, and only one; several values of a column come before an order only as one way to try."""
    counted = sa.select(sa.func.count()).where(P.kind == "a", P["Sent On"] > "2026-01-01", P.weight > 3)
    assert _bodies(counted)[0] == '(kind, "Sent On")'
    several = sa.select(P.id).where(P.kind.in_(["a", "b"])).order_by(P.weight).limit(5)
    assert [body for body in _bodies(several) if "INCLUDE" not in body] == [
        "(weight)",
        "(kind, weight)",
        "(kind)",
    ]
    assert _bodies(sa.select(P.id).where(P.note.is_(None)).limit(5))[0] == "(note)"


def test_joined() -> None:
    """What rows of another table lead to has an index of its own, in which what is compared for equality follows."""
    chosen = sa.select(sa.literal("a").label("kind")).subquery()
    stmt = sa.select(P.note).join(chosen, P.kind == chosen.c.kind).where(P.weight == 3)
    assert _bodies(stmt) == ["(kind, weight)", "(weight)"]
    twin = PARCELS.alias()
    both = sa.select(PARCELS.c.note).join(twin, twin.c.kind == P.kind).where(twin.c.weight == 3)
    bodies = [
        one.ddl("", "i", PREPARED)
        for asked in read(both, {})
        for one in candidates(asked, None, SQLite(), trigrams=False)
    ]
    assert [body.partition(" ON parcels ")[2] for body in bodies] == ["(kind)", "(kind, weight)", "(weight)"]


def test_directions() -> None:
    """In one direction an index is read from either end; mixed ones are written out, and nulls only where they are not usual."""
    both = sa.select(P.id).order_by(P.kind, P.weight.desc()).limit(5)
    assert _bodies(both)[0] == "(kind, weight DESC)"
    usual = sa.select(P.id).order_by(P.weight.desc().nulls_first()).limit(5)
    assert _bodies(usual)[0] == "(weight)"
    odd = sa.select(P.id).order_by(P.weight.desc().nulls_last()).limit(5)
    assert _bodies(odd)[0] == "(weight DESC NULLS LAST)"
    assert _bodies(odd, SQLite())[0] == "(weight)", "there nulls come last by themselves"


def test_nothing_to_propose() -> None:
    """For one row by its key, for all rows, and for what is too long to stand in an index beside its keys."""
    assert _found(sa.select(P.note).where(P.id == 3)) == []
    assert _found(sa.select(P.note)) == []
    assert _bodies(sa.select(P.note).where(P.kind == "a")) == ["(kind)"]


def test_inside() -> None:
    """What is inside of a column has an inverted index, patterns have one where the database knows how."""
    words = sa.select(P.id).where(P.words.op("@@")("x"))
    assert _bodies(words) == ["USING gin (words)"]
    pattern = sa.select(P.id).where(P.note.ilike("%x%"))
    assert _bodies(pattern) == []
    assert _bodies(pattern, trigrams=True) == ["USING gin (note gin_trgm_ops)"]
    assert _bodies(words, SQLite()) == []


def test_what_is_there() -> None:
    """One that begins with the keys serves, whatever the order of those compared for equality; one of fewer rows does not."""
    page = sa.select(P.id).where(P.kind == "a", P.weight == 3, LIVE).order_by(P["Sent On"]).limit(5)
    wanted = _found(page)[0]

    def index(*keys: str, where: str = "", down: bool = False) -> Index:
        return Index(tuple(IndexKey(key, down, down) for key in keys), where)

    assert wanted.served([index("weight", "kind", "sent on", "id")], [])
    assert wanted.served([index("kind", "weight", "sent on", where="deleted_at is null", down=True)], [])
    assert not wanted.served([index("kind", "sent on", "weight")], [])
    assert not wanted.served([index("kind", "weight", "sent on", where="kind='b'")], [])
    assert wanted.holds(index("kind", "weight", where="deleted_at is null"))
    assert not wanted.holds(index("kind", "weight")), "of all rows"
    assert not wanted.holds(index("weight", "kind", where="deleted_at is null"))
    (words,) = _found(sa.select(P.id).where(P.words.op("@@")("x")))
    assert words.served([], [InvertedIndex(("words",))])
    assert not words.served([], [InvertedIndex(("words",), "kind='b'")])
