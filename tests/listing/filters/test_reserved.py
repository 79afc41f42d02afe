"""Columns that are called like the parameters that every list has."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.conftest import context_of, params_of
from webadmin.listing.listing import Listing
from webadmin.listing.panel import filter_controls
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry


class _Base(DeclarativeBase):
    pass


class Leaf(_Base):
    __tablename__ = "leaves"

    id: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[int]
    q: Mapped[str]
    where: Mapped[str]
    sort: Mapped[bool]


class LeafView(ModelView, model=Leaf):
    column_filters = [Leaf.page, Leaf.q, Leaf.where, Leaf.sort]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("page.eq=2", [2, 3]),
        ("page.gte=2&page=1", [2, 3]),
        ("q.eq=b", [2]),
        ("where=there", [3]),
        ("sort.eq=true&sort=id:desc", [3, 1]),
    ],
)
def test_such_a_column_is_filtered_by(engine: Engine, query: str, ids: list[int]) -> None:
    """With its operator written out a column of any name can be filtered by, and the form and links say it so too."""
    _Base.metadata.create_all(engine)
    registry = Registry()
    registry.add(LeafView)
    view = registry.views["leaves"]
    with Session(engine) as session:
        session.execute(
            sa.insert(Leaf),
            [
                {"id": 1, "page": 1, "q": "a", "where": "here", "sort": True},
                {"id": 2, "page": 2, "q": "b", "where": "here", "sort": False},
                {"id": 3, "page": 2, "q": "c", "where": "there", "sort": True},
            ],
        )
        session.commit()
        params = params_of(view, query)
        listing = Listing.load(context_of(session, registry), view, params)
    assert sorted(listed.row.id for listed in listing.rows) == sorted(ids)
    assert params_of(view, params.query()) == params
    controls = filter_controls(params, listing.labels, url=lambda text: text, lookup_url=lambda name: name)
    names = {control.name for filter_ in controls for control in filter_.inputs}
    assert not names & {"page", "q", "sort"}
