"""Views that were written for sqladmin, passed on as they are.

    pip install webadmin
    python sqladmin_views.py            then open http://127.0.0.1:8000/admin/

What a view sets that has no effect here is named in the log at start-up.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

import uvicorn
from sqladmin import ModelView
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from starlette.applications import Starlette
from starlette.routing import Mount

from webadmin import Admin

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///people.db"))


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    people: Mapped[list[Person]] = relationship(back_populates="team")

    def __str__(self) -> str:
        return self.name


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    team: Mapped[Team | None] = relationship(back_populates="people")


class TeamAdmin(ModelView, model=Team):
    column_list: ClassVar = [Team.id, Team.name]
    can_delete = False


class PersonAdmin(ModelView, model=Person):
    name = "Colleague"
    name_plural = "Colleagues"
    icon = "fa-solid fa-user"
    column_list: ClassVar = [Person.name, Person.email, "team"]
    column_searchable_list: ClassVar = [Person.name, Person.email]
    column_sortable_list: ClassVar = [Person.name]
    column_default_sort = "name"
    column_labels: ClassVar = {Person.email: "E-mail"}
    column_formatters: ClassVar = {Person.email: lambda person, name: person.email.lower()}
    form_columns: ClassVar = [Person.name, Person.email, "team"]
    page_size = 20
    list_template = "people.html"  # has no effect in webadmin, which says so

    async def on_model_change(self, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> None:
        data["email"] = data["email"].lower()


Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    if not session.scalar(select(Team).limit(1)):
        team = Team(name="Compilers")
        session.add_all(
            Person(name=name, email=f"{name}@Example.com", team=team) for name in ("Grace", "Frances", "Jean")
        )

admin = Admin(engine, title="People")
admin.add_view(TeamAdmin)
admin.add_view(PersonAdmin)

app = Starlette(routes=[Mount("/admin", admin)])

if __name__ == "__main__":
    uvicorn.run(app)
