"""Models that are more than one table, and sessions of the host's that change what is asked: imports go as saves do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    sessionmaker,
    with_loader_criteria,
)

from tests.transfer.imports.store import PATIENCE
from webadmin import ModelView, User
from webadmin.changes.progress import Progress
from webadmin.changes.record import record, written_down
from webadmin.database.own_tables.base import metadata as own_tables
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.errors import BadRequest
from webadmin.options.context import Context
from webadmin.options.registry import Registry
from webadmin.transfer.imports.applying import apply
from webadmin.transfer.imports.asked import FileForm, Import, Mode, Target
from webadmin.transfer.imports.checking import check
from webadmin.transfer.imports.files import Limits, open_source


class Base(DeclarativeBase):
    pass


class Vehicle(Base):
    __tablename__ = "vehicles"

    id: Mapped[int] = mapped_column(primary_key=True)
    plate: Mapped[str] = mapped_column(unique=True)
    owner: Mapped[str] = mapped_column(default="us")
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}


class Car(Vehicle):
    __tablename__ = "cars"

    id: Mapped[int] = mapped_column(sa.ForeignKey("vehicles.id"), primary_key=True)
    doors: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "car"}


class Seat(Base):
    """Its key has two columns."""

    __tablename__ = "seats"

    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(primary_key=True)
    price: Mapped[int] = mapped_column(sa.CheckConstraint("price > 0"))


class Booking(Base):
    """Of a seat, by both of its columns; its code is given by somebody else."""

    __tablename__ = "bookings"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    seat_row: Mapped[int | None]
    seat_place: Mapped[str | None]
    seat: Mapped[Seat | None] = relationship()
    __table_args__ = (sa.ForeignKeyConstraint(["seat_row", "seat_place"], ["seats.row", "seats.place"]),)


class Turn(Base):
    """Its place is worked out of the others'."""

    __tablename__ = "turns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    place: Mapped[int] = mapped_column(
        unique=True, default=sa.text("(SELECT coalesce(max(place), 0) + 1 FROM turns)")
    )


class TurnView(ModelView, model=Turn):
    form_columns = ["name"]


class CarView(ModelView, model=Car):
    pass


class SeatView(ModelView, model=Seat):
    form_include_pk = True

    def scope(self, stmt: Any, user: User) -> Any:
        return stmt.where(Seat.price < 1000)


class BookingView(ModelView, model=Booking):
    form_columns = ["code", "seat"]
    form_readonly_columns = ["code"]


@pytest.fixture
def engine_of(kept_engine: Engine) -> Iterator[Engine]:
    """The engine of a database with these tables."""
    Base.metadata.create_all(kept_engine)
    own_tables.create_all(kept_engine)
    with Session(kept_engine) as session:
        session.add_all([Car(plate="A", doors=3), Vehicle(plate="V"), Car(plate="B", doors=5, owner="them")])
        session.add_all([Seat(row=1, place="a", price=5), Seat(row=1, place="b", price=5)])
        session.add_all(
            [Seat(row=1, place="hidden", price=1000), Booking(code="X", seat_row=1, seat_place="a")]
        )
        session.commit()
    yield kept_engine
    Base.metadata.drop_all(kept_engine)
    own_tables.drop_all(kept_engine)


class Loader:
    """Imports into the tables, in sessions of ``factory``."""

    def __init__(self, engine: Engine, factory: Any = None) -> None:
        self.database = Database(engine, factory=factory)

    @contextmanager
    def asked(
        self, view: type[ModelView], text: str, *match: str, mode: Mode = "upsert"
    ) -> Iterator[tuple[Any, ...]]:
        registry = Registry()
        for one in (CarView, SeatView, BookingView, TurnView):
            registry.add(one)
        with self.database.transaction(read_only=False, timeouts=PATIENCE) as session:
            context = Context(session, self.database.dialect, User("Ada"), registry)
            record(context, There(TABLES))
            targets = tuple(
                Target(place, name) for place, name in enumerate(text.split("\n", 1)[0].split(","))
            )
            found = registry.for_model(view.model)
            assert found is not None
            source = open_source(io.BytesIO(text.encode()), FileForm("csv"), Limits())
            yield context, Import(found, FileForm("csv"), targets, match, mode), source

    def load(
        self, view: type[ModelView], text: str, *match: str, mode: Mode = "upsert"
    ) -> tuple[int, int, int]:
        with self.asked(view, text, *match, mode=mode) as (context, asked, source):
            done = apply(context, asked, source, Progress(), fingerprint=None, skip_failed=True)
            written_down(context)
            context.session.commit()
            return done.inserted, done.updated, done.failed

    def kinds(
        self, view: type[ModelView], text: str, *match: str, mode: Mode = "upsert"
    ) -> list[tuple[int, str, str]]:
        with self.asked(view, text, *match, mode=mode) as (context, asked, source):
            preview = check(context, asked, source, Progress())
            return [(one.row, one.name, one.kind) for one in preview.problems()]


def test_rows_of_two_tables(engine_of: Engine) -> None:
    """Both tables of a row are written and recorded; a row of another class is none of these."""
    loader = Loader(engine_of)
    text = "plate,owner,doors\nA,us,4\nC,us,2\nV,us,1\nB,them,5\n"
    assert loader.kinds(CarView, text, "plate") == [(4, "plate", "taken")]
    assert loader.load(CarView, text, "plate") == (1, 1, 1)
    with engine_of.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT plate, kind, doors FROM vehicles LEFT JOIN cars ON cars.id = vehicles.id ORDER BY vehicles.id"
        ).all()
        records = connection.exec_driver_sql(
            "SELECT table_name, kind FROM webadmin_change_row ORDER BY 1, 2"
        ).all()
    assert [tuple(row) for row in rows] == [
        ("A", "car", 4),
        ("V", "vehicle", None),
        ("B", "car", 5),
        ("C", "car", 2),
    ]
    assert [tuple(row) for row in records] == [("cars", "insert"), ("cars", "update"), ("vehicles", "insert")]


def test_key_of_two_columns(engine_of: Engine) -> None:
    """Rows are told apart by both."""
    loader = Loader(engine_of)
    text = "row,place,price\n1,a,7\n1,c,8\n2,a,9\n1,b,0\n1,a,6\n"
    assert loader.kinds(SeatView, text, "row", "place") == [(5, "price", "check"), (6, "row", "duplicate")]
    assert loader.load(SeatView, text, "row", "place") == (2, 1, 2)
    with engine_of.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM seats WHERE price < 1000 ORDER BY 1, 2").all()
    assert [tuple(row) for row in rows] == [(1, "a", 7), (1, "b", 5), (1, "c", 8), (2, "a", 9)]


def test_values_of_other_rows(engine_of: Engine) -> None:
    """A default that is worked out of the rows that are there is worked out for each new row."""
    assert Loader(engine_of).load(TurnView, "name\na\nb\nc\n", mode="insert") == (3, 0, 0)
    with engine_of.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, place FROM turns ORDER BY place").all()
    assert [tuple(row) for row in rows] == [("a", 1), ("b", 2), ("c", 3)]


def test_a_session_that_narrows(engine_of: Engine) -> None:
    """What the host's session hides from every statement is not there for an import either."""
    factory = sessionmaker(engine_of, expire_on_commit=False)

    def narrow(state: Any) -> None:
        if state.is_select:
            state.statement = state.statement.options(with_loader_criteria(Seat, Seat.place != "b"))

    event.listen(factory, "do_orm_execute", narrow)
    loader = Loader(engine_of, factory)
    text = "row,place,price\n1,a,7\n1,b,8\n"
    assert loader.kinds(SeatView, text, "row", "place") == [(3, "row", "taken")]
    assert loader.load(SeatView, text, "row", "place") == (0, 1, 1)


def test_rows_that_a_key_of_two_columns_leads_to(engine_of: Engine) -> None:
    """They are among those that the person sees, or are as if they were not there; half a key leads nowhere."""
    loader = Loader(engine_of)
    text = "id,seat_row,seat_place\n1,1,b\n"
    assert loader.kinds(BookingView, text, "id", mode="update") == []
    for place in ("hidden", "none"):
        text = f"id,seat_row,seat_place\n1,1,{place}\n"
        assert loader.kinds(BookingView, text, "id", mode="update") == [(2, "seat_row", "missing")]
    with pytest.raises(BadRequest):
        loader.kinds(BookingView, "id,seat_place\n1,hidden\n", "id", mode="update")


def test_what_only_tells_rows_apart(engine_of: Engine) -> None:
    """A column that forms only show is given to no new row either."""
    loader, text = Loader(engine_of), "code,seat_row,seat_place\nX,1,b\n"
    assert loader.kinds(BookingView, text, "code", mode="update") == []
    for mode in ("insert", "upsert"):
        with pytest.raises(BadRequest):
            loader.kinds(BookingView, text, "code", mode=mode)
