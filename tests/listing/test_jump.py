"""A page too deep to walk to is found by statistics, and said to be about there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.conftest import context_of, params_of
from webadmin.explain.capture import capture
from webadmin.listing import counts, jump
from webadmin.listing.listing import STATEMENTS, Listing
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


class Mark(Base):
    __tablename__ = "marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)


class MarkView(ModelView, model=Mark):
    column_sortable_list = (Mark.id, Mark.name)
    page_size = 10
    page_size_options = (10,)


ROWS = 60_000


@pytest.fixture
def session(pg_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    Base.metadata.create_all(pg_engine)
    with pg_engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO marks SELECT n, lpad(n::text, 8, '0') FROM generate_series(1, :rows) n"),
            {"rows": ROWS},
        )
    with pg_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE marks")
    monkeypatch.setattr(counts, "SMALL", 1000)
    monkeypatch.setattr(jump, "DEEP", 1000)
    monkeypatch.setattr(jump, "TIME_LIMIT", 1)
    with Session(pg_engine) as session:
        yield session


@pytest.mark.parametrize("sort", ["id:asc", "id:desc", "name:asc", "name:desc"])
def test_a_deep_page_is_about_there(session: Session, sort: str) -> None:
    """Where the walk takes too long the rows come from about the same depth, and the page says about."""
    registry = Registry()
    registry.add(MarkView)
    view = registry.views["marks"]
    listing = Listing.load(context_of(session, registry), view, params_of(view, f"sort={sort}&page=5000"))
    assert len(listing.rows) == 10
    ids = [row.row.id for row in listing.rows]
    assert ids == sorted(ids, reverse=sort.endswith("desc"))
    assert not listing.place_exact
    wanted = 50_000 if sort.endswith("asc") else 10_000
    assert abs(ids[0] - wanted) < ROWS / 50


def test_in_time_the_place_is_exact(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk that ends in time is the page itself."""
    monkeypatch.setattr(jump, "TIME_LIMIT", 60_000)
    registry = Registry()
    registry.add(MarkView)
    view = registry.views["marks"]
    listing = Listing.load(context_of(session, registry), view, params_of(view, "sort=id:asc&page=5000"))
    assert listing.rows[0].row.id == 49_991
    assert listing.place_exact


def test_statements_are_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the walk takes too long and statistics have nothing, a page still takes no more statements than any other."""
    session.execute(sa.text("DELETE FROM pg_statistic WHERE starelid = 'marks'::regclass"))
    registry = Registry()
    registry.add(MarkView)
    view = registry.views["marks"]
    for fresh in (True, False):
        with capture(session) as sent:
            listing = Listing.load(
                context_of(session, registry), view, params_of(view, "sort=name:asc&page=5000"), fresh=fresh
            )
        assert len(listing.rows) == 10
        assert listing.place_exact
        assert len(sent) <= STATEMENTS
