"""A help desk of two teams that must not see each other's rows, and ways to ask it as one person or another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from tests.pages import Page, parse
from webadmin import Admin, ModelView, User, action

NOW = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
FOREIGN = "Zyxwv"
"""A word that stands in every row of the other team and nowhere else."""


class Base(DeclarativeBase):
    pass


ticket_labels = sa.Table(
    "ticket_labels",
    Base.metadata,
    sa.Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    sa.Column("label_id", ForeignKey("labels.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(index=True)
    city: Mapped[str]
    tickets: Mapped[list[Ticket]] = relationship(back_populates="owner", foreign_keys="Ticket.owner_id")


class Label(Base):
    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    name: Mapped[str]


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (
        sa.Index(
            "uq_tickets_code",
            "code",
            unique=True,
            postgresql_where=sa.text("deleted_at IS NULL"),
            sqlite_where=sa.text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    title: Mapped[str]
    code: Mapped[str]
    body: Mapped[str] = mapped_column(sa.Text, default="")
    secret: Mapped[str] = mapped_column(default="s3cr3t")
    price: Mapped[Any] = mapped_column(sa.Numeric(12, 2), default=0)
    pause: Mapped[dt.timedelta | None]
    meta: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    scan: Mapped[bytes | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    deleted_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    owner: Mapped[Person | None] = relationship(back_populates="tickets", foreign_keys=[owner_id])
    labels: Mapped[list[Label]] = relationship(secondary=ticket_labels)
    comments: Mapped[list[Comment]] = relationship(back_populates="ticket", cascade="all, delete-orphan")


class Comment(Base):
    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    text: Mapped[str]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    ticket: Mapped[Ticket] = relationship(back_populates="comments")


class OwnTeam(ModelView):
    """Everybody sees the rows of their own team; the chief those of all."""

    def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
        return stmt if user.name == "chief" else stmt.where(getattr(self.model, "team") == user.name)  # noqa: B009


class PersonView(OwnTeam, model=Person):
    column_list = [Person.name, "tickets"]


class LabelView(OwnTeam, model=Label):
    pass


class CommentView(OwnTeam, model=Comment):
    pass


class TicketView(OwnTeam, model=Ticket):
    row_label = Ticket.title
    column_list = [Ticket.title, "owner", Ticket.code, "labels", "comments"]
    column_editable_list = [Ticket.title, "owner"]
    column_details_list = [Ticket.title, Ticket.body, "owner", Ticket.code, Ticket.meta, "comments", "labels"]
    column_sortable_list = [Ticket.title, "owner", "owner.city"]
    column_filters = [Ticket.title, "owner", "owner.city", "labels", "comments"]
    column_searchable_list = [Ticket.title, "owner.name"]
    form_columns = [
        Ticket.title, Ticket.code, Ticket.body, Ticket.price, Ticket.pause, Ticket.meta, "owner", "reviewer_id", "labels"
    ]  # fmt: skip
    form_widget_args = {"code": {"readonly": True}}

    @action()
    def shout(self, rows: list[Ticket], request: Any) -> str:
        for row in rows:
            row.title = row.title.upper()
        return "Shouted."


VIEWS = (PersonView, LabelView, CommentView, TicketView)


def fill(engine: Engine) -> None:
    """Rows 1 and 3 of each table are the red team's, row 2 the blue team's; ticket 1 of the red team leads to
    a person, a label and a comment of the blue one too. Ticket 3 is deleted."""
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        for model in (Person, Label):
            extra = {"city": "Rome"} if model is Person else {}
            session.add_all(
                [
                    model(id=1, team="red", name="Ada", **extra),
                    model(
                        id=2,
                        team="blue",
                        name=f"{FOREIGN} Bob",
                        **({"city": f"{FOREIGN}ville"} if extra else {}),
                    ),
                    model(id=3, team="red", name="Cy Lookaway", **extra),
                ]
            )
        session.flush()
        session.add_all(
            [
                Ticket(id=1, team="red", title="Red one", code="R1", owner_id=1),
                Ticket(
                    id=2, team="blue", title=f"{FOREIGN} two", code=f"{FOREIGN}2", owner_id=2, body=FOREIGN
                ),
                Ticket(id=3, team="red", title="Red gone", code="R3", owner_id=1, deleted_at=NOW),
                Ticket(id=4, team="red", title="Red four", code="R4", owner_id=2),
                Ticket(id=5, team="blue", title=f"{FOREIGN} gone", code=f"{FOREIGN}5", deleted_at=NOW),
            ]
        )
        session.flush()
        session.add_all(
            [
                Comment(id=1, team="red", text="hello", ticket_id=1),
                Comment(id=2, team="blue", text=f"{FOREIGN} says", ticket_id=1),
                Comment(id=3, team="blue", text=f"{FOREIGN} says", ticket_id=2),
            ]
        )
        links = [(1, 1), (1, 2), (2, 2)]
        session.execute(sa.insert(ticket_labels), [{"ticket_id": t, "label_id": n} for t, n in links])
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for table in ("people", "labels", "tickets", "comments"):
                connection.execute(sa.text(f"SELECT setval('{table}_id_seq', 1000)"))


def who(request: HTTPConnection) -> User | None:
    """The person whose name and rights stand in headers."""
    name = request.headers.get("x-user")
    if not name:
        return None
    return User(name, grants=request.headers.get("x-grants", "*").split())


def admin_of(engine: Engine, *views: type[ModelView], **options: Any) -> Admin:
    """The desk's admin; ``views`` stand in for those of the same models."""
    admin = Admin(engine, identify=who, **options)
    given = {view.model for view in views}
    for view in (*views, *(view for view in VIEWS if view.model not in given)):
        admin.add_view(view)
    return admin


class Visitor(TestClient):
    """Somebody at a browser: sends the token of their session with every form."""

    def __init__(
        self, app: ASGIApp, name: str = "red", grants: str = "*", base: str = "http://testserver"
    ) -> None:
        headers = {"x-user": name, "x-grants": grants} if name else {}
        super().__init__(
            app, base_url=base, headers=headers, follow_redirects=False, raise_server_exceptions=True
        )
        self.token = ""

    def page(self, path: str, status: int = 200) -> Page:
        answer = self.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
        return parse(answer.text)

    def submit(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Post a form as a page of the admin would."""
        if not self.token:
            found = parse(self.get("/account/").text).css("input[name=csrf_token]")
            self.token = found[0].get("value")
        return self.post(path, data={"csrf_token": self.token, **(data or {})}, **more)


def stored(engine: Engine, model: type[Any], key: int) -> Any:
    """The row as it is in the database, or None."""
    with Session(engine, expire_on_commit=False) as session:
        return session.get(model, key)
