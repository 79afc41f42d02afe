"""A ledger with fields that are not for everybody: what goods cost, what a client may owe, and who looks after them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, column_property, mapped_column, relationship

from tests.pages import parse
from tests.security.desk import Visitor, who
from webadmin import Admin, Filter, Increment, ModelView, SetValue, Transition, User
from webadmin.database.own_tables.base import metadata as own_tables
from webadmin.mixins import search_column

MARK = "Qzxmark"
"""Stands in what clerks may not read, and nowhere else."""
COST = 771_553
"""A number that is nobody's else; those of other rows follow it."""
NOW = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)


class Base(DeclarativeBase):
    pass


class Agent(Base):
    """Is called by a column that clerks may not read."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    clients: Mapped[list[Client]] = relationship(back_populates="agent")
    goods: Mapped[list[Good]] = relationship(back_populates="buyer")


class Client(Base):
    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
    remark: Mapped[str] = mapped_column(index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"), index=True)
    agent: Mapped[Agent | None] = relationship(back_populates="clients")
    goods: Mapped[list[Good]] = relationship(back_populates="client")
    deleted_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))

    def __str__(self) -> str:
        return f"{self.title} {self.remark}"


class Good(Base):
    """``cost``, ``recipe`` and what is made of them are hidden from clerks; ``price`` is only to be read by them."""

    __tablename__ = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="new", server_default="new", index=True)
    price: Mapped[int] = mapped_column(default=7, index=True)
    cost: Mapped[int] = mapped_column(index=True, default=COST)
    recipe: Mapped[str] = mapped_column(sa.Text, default=MARK)
    meta: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    scan: Mapped[bytes | None]
    made_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=NOW, index=True)
    margin: Mapped[int] = mapped_column(sa.Computed("price - cost"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"), index=True)
    buyer_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"), index=True)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    client: Mapped[Client | None] = relationship(back_populates="goods")
    buyer: Mapped[Agent | None] = relationship(back_populates="goods")
    words: Mapped[str | None] = search_column("name", "recipe")

    @property
    def told(self) -> str:
        return f"costs {self.cost}"

    @property
    def spoken(self) -> str:
        return _spoken(self)


Good.double = column_property(Good.cost * 2)  # type: ignore[attr-defined]


def _spoken(row: Any) -> str:
    return f"made of {row.recipe} of {row.client.remark if row.client else ''}"


class Dearer(Filter):
    def condition(self, value: str, user: User) -> sa.ColumnElement[bool]:
        return Good.cost > int(value)


class Kept(ModelView):
    """Clerks may not read, and not write, what these sets name; everybody else may."""

    unread: frozenset[str] = frozenset()
    unwritten: frozenset[str] = frozenset()

    def can_read_field(self, name: str, user: User) -> bool:
        return user.name != "clerk" or name not in self.unread

    def can_write_field(self, user: User, name: str) -> bool:  # type: ignore[override]
        return user.name != "clerk" or name not in self.unwritten


class AgentView(Kept, model=Agent):
    unread = frozenset({"name"})
    row_label = Agent.name
    column_list = [Agent.name, "clients", "goods"]


class ClientView(Kept, model=Client):
    unread = frozenset({"remark", "agent"})
    column_list = [Client.title, Client.remark, "agent", "goods"]
    column_filters = [Client.title, Client.remark, "agent", "agent.name", "goods"]
    column_sortable_list = [Client.title, Client.remark, "agent", "agent.name"]
    column_searchable_list = [Client.title, Client.remark]
    form_columns = [Client.title, Client.remark, "agent"]
    inlines = ["goods"]


class GoodView(Kept, model=Good):
    unread = frozenset({"cost", "recipe", "meta", "scan", "buyer", "dearer"})
    unwritten = frozenset({"price", "state"})
    column_list = [Good.name, Good.state, Good.price, Good.cost, "margin", "double", "told", "spoken", "client", "client.remark", "buyer"]  # fmt: skip
    column_editable_list = [Good.name, Good.price, Good.cost, "buyer"]
    column_formatters = {Good.name: lambda row, _name: f"{row.name} ({row.cost})"}
    column_formatters_detail = {Good.state: lambda row, _name: _spoken(row)}
    column_details_list = [
        Good.name,
        Good.state,
        Good.price,
        Good.cost,
        Good.recipe,
        "told",
        "spoken",
        "client",
        "buyer",
        Good.meta,
    ]
    column_sortable_list = [
        Good.name,
        Good.price,
        Good.cost,
        "double",
        "client",
        "client.remark",
        "buyer",
        sa.func.abs(Good.cost),
    ]
    column_filters = [
        Good.name, Good.price, Good.cost, Good.recipe, "client", "client.remark", "client.agent", "buyer", "buyer.name",
        Good.made_at, "meta.kind", "double", Dearer,
    ]  # fmt: skip
    column_default_sort = (Good.cost, True)
    column_summary_list = [Good.price, Good.cost, Good.made_at]
    row_label = staticmethod(lambda row: f"{row.name} for {row.cost}")
    form_columns = [
        Good.name, Good.state, Good.price, Good.cost, Good.recipe, Good.meta, Good.scan, "client", "buyer",
    ]  # fmt: skip
    form_ajax_refs = {"client": {"fields": ("title", "remark")}}
    save_as = True
    sell = Transition(Good.state, "new", "sold")
    raise_price = Increment(Good.price, 1)
    reprice = SetValue(Good.cost)
    rename = SetValue(Good.name)


VIEWS: tuple[type[ModelView], ...] = (AgentView, ClientView, GoodView)


def fill(engine: Engine) -> None:
    """Goods 1 to 5 of which the last is deleted, and two clients, the second deleted; a history is kept."""
    Base.metadata.create_all(engine)
    own_tables.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(Agent(id=n, name=f"{MARK} agent {n}") for n in (1, 2))
        session.flush()
        session.add(Client(id=1, title="First", remark=f"{MARK} first", agent_id=1))
        session.add(Client(id=2, title="Second", remark=f"{MARK} second", agent_id=2, deleted_at=NOW))
        session.flush()
        for n in range(1, 6):
            good = Good(
                id=n, name=f"Good {n}", price=n, cost=COST + n, recipe=f"{MARK} {n}", client_id=1, buyer_id=1
            )
            good.meta, good.scan = {"kind": MARK}, MARK.encode()
            good.deleted_at = NOW if n == 5 else None
            session.add(good)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for table in ("agents", "clients", "goods"):
                connection.execute(sa.text(f"SELECT setval('{table}_id_seq', 1000)"))


def admin_of(engine: Engine, *views: type[ModelView], **options: Any) -> Admin:
    """The ledger's admin; ``views`` stand in for those of the same models."""
    admin = Admin(engine, identify=who, **options)
    given = {view.model for view in views}
    for view in (*views, *(view for view in VIEWS if view.model not in given)):
        admin.add_view(view)
    return admin


def clerk_of(admin: Admin) -> Visitor:
    """Somebody with every right, but not to every field."""
    return Visitor(admin, name="clerk")


def boss_of(admin: Admin) -> Visitor:
    return Visitor(admin, name="boss")


def tells(text: str) -> str:
    """What a text tells of what clerks may not read; empty for nothing."""
    found = next(
        (
            word
            for word in (MARK.lower(), str(COST)[:5], f"{COST:,}"[:6], str(2 * COST)[:5], f"{2 * COST:,}"[:6])
            if word in text.lower()
        ),
        "",
    )
    return text[max(0, text.lower().index(found) - 200) : text.lower().index(found) + 80] if found else ""


def money(value: Any) -> Decimal:
    return Decimal(str(value))


def saved(visitor: Visitor, path: str, typed: dict[str, Any], **more: Any) -> Any:
    """The answer to the form of a page, sent with what was typed."""
    return visitor.submit(path, visitor.page(path).form() | typed, **more)


def _confirmed(visitor: Visitor, path: str, typed: dict[str, Any]) -> Any:
    """The answer to the page that asks before many rows are changed."""
    plan = parse(visitor.submit(path, typed | {"step": "preview"}).text)
    return visitor.submit(path, plan.form() | {"confirm": "1"})


def with_history(engine: Engine) -> None:
    """The filled ledger with changes by somebody who reads everything, and a list that they share."""
    fill(engine)
    boss = boss_of(admin_of(engine))
    shared = {"name": "Dear ones", "query": f"cost.gte={COST}&recipe.contains={MARK}", "shared": "1"}
    answers = [
        saved(
            boss,
            "/goods/1/change/",
            {"cost": str(COST + 11), "recipe": f"{MARK} anew", "state": "sent", "buyer": "2"},
        ),
        saved(boss, "/goods/2/cell/cost/", {"cost": str(COST + 12)}),
        saved(boss, "/goods/add/", {"name": "New", "cost": str(COST + 13), "recipe": MARK}),
        _confirmed(
            boss, "/goods/actions/edit/", {"id": ["3", "4"], "op-cost": "add", "with-cost": "1000000"}
        ),
        saved(boss, "/clients/1/change/", {"title": "Client", "remark": f"{MARK} again", "agent": "2"}),
        boss.submit("/goods/4/delete/", {"confirm": "1"}),
        boss.submit("/goods/5/purge/", {"confirm": "1"}),
        boss.submit("/goods/views/", shared),
    ]
    assert [answer.status_code for answer in answers] == [303] * len(answers)
