"""The admin in a Litestar app.

pip install webadmin litestar
python litestar_app.py              then open http://127.0.0.1:8000/admin/
"""

from __future__ import annotations

import os
from datetime import datetime

import uvicorn
from litestar import Litestar, asgi, get
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from webadmin import Admin
from webadmin.mixins import TimestampMixin, UUIDKeyMixin

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///tickets.db"))


class Base(DeclarativeBase):
    pass


class Ticket(UUIDKeyMixin, TimestampMixin, Base):
    __tablename__ = "tickets"

    subject: Mapped[str] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]


class Label(Base):
    """Its key is text: every character may stand in an address."""

    __tablename__ = "labels"

    name: Mapped[str] = mapped_column(primary_key=True)


Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    if not session.scalar(select(Ticket).limit(1)):
        session.add_all(Ticket(subject=f"The printer is on fire, part {n}") for n in range(1, 61))
        session.add_all(Label(name=name) for name in ("größer", "50 % done", "a/b?c#d"))

admin = Admin(engine, title="Tickets")
admin.add_models(Base)


@get("/", sync_to_thread=False)
def home() -> str:
    return "The admin is at /admin/"


app = Litestar([home, asgi("/admin", is_mount=True, copy_scope=True)(admin)])

if __name__ == "__main__":
    uvicorn.run(app)
