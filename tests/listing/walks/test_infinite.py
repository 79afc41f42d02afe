"""Times that Python does not have, shown in lists of a model's own."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.testclient import TestClient

from tests.pages import Page, parse
from webadmin import Admin, ModelView


class Base(DeclarativeBase):
    pass


class Contract(Base):
    __tablename__ = "contracts"
    id: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), index=True)


class ContractView(ModelView, model=Contract):
    column_list = (Contract.id, Contract.until)
    column_sortable_list = (Contract.until,)
    page_size = 5
    page_size_options = (5,)


@pytest.fixture
def client(pg_engine: Engine) -> TestClient:
    """An admin over 40 contracts, of which a third each ends never or has never begun."""
    Base.metadata.create_all(pg_engine)
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO contracts SELECT n, CASE mod(n, 3) WHEN 0 THEN 'infinity' WHEN 1 THEN '-infinity'"
            " ELSE timestamptz '2026-01-01 12:00+00' + n * interval '1 day' END FROM generate_series(1, 40) n"
        )
    admin = Admin(pg_engine)
    admin.add_view(ContractView)
    return TestClient(admin)


def _page(client: TestClient, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return parse(answer.text)


WANTED = [str(n) for rest in (1, 2, 0) for n in range(1, 41) if n % 3 == rest]


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_lists_go_through_infinity(client: TestClient, way: str) -> None:
    """Pages and rows by cursor show times without end and go on behind them, up and down."""
    wanted = WANTED if way == "asc" else WANTED[::-1]
    found: list[str] = []
    for number in range(1, 9):
        found += _page(client, f"/contracts/?sort=until:{way}&page={number}").ids()
    assert found == wanted
    piece = _page(client, f"/contracts/rows?sort=until:{way}")
    found = piece.ids()
    while more := piece.css("[data-next]"):
        piece = _page(client, more[-1].get("data-next") or "")
        found += piece.ids()
    assert found == wanted


def test_others_read_as_before(client: TestClient, pg_engine: Engine) -> None:
    """The host's own reads over the same connections fail as they did."""
    _page(client, "/contracts/")
    with Session(pg_engine) as session, pytest.raises(sa.exc.DataError):
        session.scalars(sa.select(Contract.until)).all()
    assert "infinity" in _page(client, "/contracts/3/").text("main")
