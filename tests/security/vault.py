"""Clients of a bank: columns that no page shows, one that is shown only in part, and the branches that they belong to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from tests.security.desk import Visitor
from webadmin import Admin, ModelView
from webadmin.mixins import search_column

HIDDEN = "Quuxword"
"""Stands in columns that no page shows, and in no other."""
IBAN = "DE89370400440532013000"
"""Of every client; pages show its ends."""
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Base(DeclarativeBase):
    pass


class Branch(Base):
    __tablename__ = "branches"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    safe: Mapped[str] = mapped_column(default=HIDDEN)


class Client(Base):
    """``remark``, ``score`` and ``password`` are shown nowhere; the list is sorted by the score."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    iban: Mapped[str]
    remark: Mapped[str] = mapped_column(default=HIDDEN)
    score: Mapped[int] = mapped_column(index=True)
    money: Mapped[Any] = mapped_column(sa.Numeric(12, 2), default=0)
    password: Mapped[str] = mapped_column(default=HIDDEN)
    met_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), index=True)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    home: Mapped[Branch | None] = relationship()
    words: Mapped[str | None] = search_column("name", "remark", "iban")


def masked(row: Any, _name: str) -> str:
    return f"{row.iban[:2]}…{row.iban[-2:]}"


class ClientView(ModelView, model=Client):
    row_label = Client.name
    column_list = [Client.name, Client.money, Client.met_at, "home"]
    column_details_list = [Client.name, Client.iban, Client.money]
    column_formatters_detail = {Client.iban: masked}
    column_default_sort = (Client.score, True)


class BranchView(ModelView, model=Branch):
    column_list = [Branch.name]
    column_details_list = [Branch.name]


def fill(engine: Engine, clients: int = 12) -> None:
    """Clients 1 to ``clients``, whose scores begin at 770001; the last one is deleted."""
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all([Branch(id=1, name="North"), Branch(id=2, name="South")])
        session.flush()
        session.add_all(
            Client(
                id=n, name=f"Client {n}", iban=IBAN, score=770_000 + n, money=n, met_at=START + dt.timedelta(n),
                home_id=1 + n % 2, deleted_at=START if n == clients else None,
            )
            for n in range(1, clients + 1)
        )  # fmt: skip


def visitor_of(engine: Engine) -> Visitor:
    """A teller, who may do everything."""
    admin = Admin(engine, identify=lambda request: "teller")
    for view in (ClientView, BranchView):
        admin.add_view(view)
    return Visitor(admin)
