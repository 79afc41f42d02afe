"""A row that somebody must not see, asked for everywhere."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from tests.security.desk import FOREIGN, Comment, Person, Ticket, TicketView, admin_of, stored
from webadmin import Admin, Inline, ModelView, User
from webadmin.testing import assert_scoped

RED = User("red")


class Base(DeclarativeBase):
    pass


class House(Base):
    __tablename__ = "houses"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    cats: Mapped[list[Cat]] = relationship(back_populates="house")


class Cat(Base):
    __tablename__ = "cats"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    keeper: Mapped[str]
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    house: Mapped[House] = relationship(back_populates="cats")


class CatView(ModelView, model=Cat):
    column_filters = [Cat.name, "house"]
    column_searchable_list = [Cat.name]

    def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
        return stmt.where(Cat.keeper == user.name)


class HouseView(ModelView, model=House):
    column_details_list = [House.name]


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('houses') / 'houses.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add(House(id=1, name="North"))
        session.flush()
        session.add(Cat(id=1, name="Tom", keeper="red", house_id=1))
        session.add(Cat(id=2, name="Whiskerson", keeper="blue", house_id=1))
        session.add(Cat(id=3, name="Tom", keeper="blue", house_id=1))
    engine.dispose()
    return engine


def house_admin(engine: Engine, *views: type[ModelView]) -> Admin:
    admin = Admin(engine)
    for view in views:
        admin.add_view(view)
    return admin


def test_rows_that_are_hidden(small_desk: Engine) -> None:
    """A row out of scope passes, with relations, rows on forms, a history and deleted rows; nothing is changed by it."""

    class WithComments(TicketView, model=Ticket):
        key = "tickets"
        inlines = [Inline(Ticket.comments, columns=[Comment.text])]

    admin = admin_of(small_desk, WithComments)
    before = stored(small_desk, Ticket, 2).title
    assert_scoped(admin, stored(small_desk, Ticket, 2), RED, markers=[FOREIGN])
    assert_scoped(admin, stored(small_desk, Comment, 3), RED, markers=[FOREIGN])
    assert stored(small_desk, Ticket, 2).title == before


def test_a_view_without_a_scope(houses: Engine) -> None:
    """Whoever sees the row after all is told by every address that shows it or changes it."""

    class Unscoped(ModelView, model=Cat):
        key = "cats"

    admin = house_admin(houses, Unscoped, HouseView)
    with pytest.raises(AssertionError) as failed:
        assert_scoped(admin, stored(houses, Cat, 2), RED)
    head, *told = [line.strip() for line in str(failed.value).splitlines()]
    assert head == "red must not see cat 2, and yet:"
    for line in (
        "GET /cats/2/ → 200, and should be 404",
        "GET /cats/2/ → 200 shows “Whiskerson”",
        "POST /cats/2/delete/ → 303 changes it",
        "GET /cats/ → 200 shows “Whiskerson”",
    ):
        assert line in told
    assert stored(houses, Cat, 2).name == "Whiskerson"


def test_a_row_that_another_list_gives_away(houses: Engine) -> None:
    """What a formatter of another view's says of the row is found, though the row's own pages are closed."""

    class Telling(ModelView, model=House):
        key = "houses"
        column_details_list = [House.name]
        column_formatters_detail = {House.name: lambda house, name: "Home of Whiskerson"}

    with pytest.raises(AssertionError) as failed:
        assert_scoped(house_admin(houses, CatView, Telling), stored(houses, Cat, 2), RED)
    told = [line.strip() for line in str(failed.value).splitlines()[1:]]
    assert told == ["GET /houses/1/ → 200 shows “Whiskerson”"]


def test_what_would_test_nothing(houses: Engine) -> None:
    """A row that is not there, has no text of its own or no view, and a person who sees no list at all, are mistakes."""
    admin = house_admin(houses, CatView, HouseView)
    cat = stored(houses, Cat, 2)
    with pytest.raises(ValueError, match="has no view"):
        assert_scoped(admin, Person(id=1), RED)
    with pytest.raises(ValueError, match="there is no cat 99 in the database"):
        assert_scoped(admin, Cat(id=99), RED)
    with pytest.raises(ValueError, match="Cat 3 has no text of its own"):
        assert_scoped(admin, stored(houses, Cat, 3), RED)
    with pytest.raises(ValueError, match="may not see the list cats at all"):
        assert_scoped(admin, cat, User("red", grants=["houses.view"]))
