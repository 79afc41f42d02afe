"""Models whose mappers say unusual things about loading, with a few rows of each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, ForeignKey, ForeignKeyConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    Session,
    WriteOnlyMapped,
    column_property,
    mapped_column,
    relationship,
    synonym,
)

ROWS = 12


class Base(DeclarativeBase):
    pass


words = sa.Table(
    "leaf_words",
    Base.metadata,
    sa.Column("leaf_id", ForeignKey("leaves.id"), primary_key=True),
    sa.Column("word_id", ForeignKey("words.id"), primary_key=True),
)


class Word(Base):
    __tablename__ = "words"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    leaves: Mapped[list[Leaf]] = relationship(secondary=words, back_populates="words", lazy="joined")


class Leaf(Base):
    """Of each way to load a relation one; a tree of itself, two ways to one table, and columns that are computed."""

    __tablename__ = "leaves"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column()
    body: Mapped[str] = mapped_column(deferred=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("leaves.id"))
    writer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    parent: Mapped[Leaf | None] = relationship(
        remote_side=[id], back_populates="children", lazy="joined", join_depth=2
    )
    children: Mapped[list[Leaf]] = relationship(back_populates="parent", lazy="selectin", join_depth=2)
    writer: Mapped[Person | None] = relationship(
        foreign_keys=[writer_id], back_populates="written", lazy="selectin"
    )
    reader: Mapped[Person | None] = relationship(
        foreign_keys=[reader_id], back_populates="read", lazy="raise"
    )
    words: Mapped[list[Word]] = relationship(secondary=words, back_populates="leaves", lazy="subquery")
    notes: DynamicMapped[Note] = relationship(back_populates="leaf", order_by="Note.id")
    marks: WriteOnlyMapped[Mark] = relationship(back_populates="leaf")

    double = column_property(size * 2)
    same = synonym("name")

    @hybrid_property
    def half(self) -> float:
        return self.size / 2

    @hybrid_property
    def cautious(self) -> str:
        """It makes sense for a row alone."""
        return "big" if self.size > 5 else "small"

    @property
    def title(self) -> str:
        return f"{self.name} ({self.size})"


class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    written: Mapped[list[Leaf]] = relationship(
        foreign_keys=[Leaf.writer_id], back_populates="writer", lazy="joined"
    )
    read: Mapped[list[Leaf]] = relationship(foreign_keys=[Leaf.reader_id], back_populates="reader")


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaves.id"))
    leaf: Mapped[Leaf] = relationship(back_populates="notes", lazy="joined")


class Mark(Base):
    __tablename__ = "marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaves.id"), index=True)
    leaf: Mapped[Leaf] = relationship(back_populates="marks", lazy="immediate")


class Seat(Base):
    """A key of two columns, which another table's foreign key points to."""

    __tablename__ = "seats"
    row: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    tickets: Mapped[list[Ticket]] = relationship(back_populates="seat", lazy="selectin")


class Ticket(Base):
    __tablename__ = "tickets"
    code: Mapped[str] = mapped_column(primary_key=True)
    seat_row: Mapped[str | None] = mapped_column()
    seat_number: Mapped[int | None] = mapped_column()
    seat: Mapped[Seat | None] = relationship(back_populates="tickets", lazy="joined")
    __table_args__ = (ForeignKeyConstraint([seat_row, seat_number], [Seat.row, Seat.number]),)


class Vehicle(Base):
    """Subclasses in tables of their own, which the mapper loads each by a statement more."""

    __tablename__ = "vehicles"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    owner: Mapped[Person | None] = relationship(lazy="joined")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}

    def __str__(self) -> str:
        return f"vehicle {self.name}"


class Car(Vehicle):
    __tablename__ = "cars"
    id: Mapped[int] = mapped_column(ForeignKey("vehicles.id"), primary_key=True)
    doors: Mapped[int]
    wheels: Mapped[list[Wheel]] = relationship(back_populates="car", lazy="selectin")
    __mapper_args__ = {"polymorphic_identity": "car", "polymorphic_load": "selectin"}

    def __str__(self) -> str:
        return f"car {self.name} with {self.doors} doors"


class Boat(Vehicle):
    __tablename__ = "boats"
    id: Mapped[int] = mapped_column(ForeignKey("vehicles.id"), primary_key=True)
    sails: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "boat", "polymorphic_load": "inline"}


class Wheel(Base):
    __tablename__ = "wheels"
    id: Mapped[int] = mapped_column(primary_key=True)
    car_id: Mapped[int] = mapped_column(ForeignKey("cars.id"))
    car: Mapped[Car] = relationship(back_populates="wheels")


class Animal(Base):
    """Subclasses in the same table."""

    __tablename__ = "animals"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    barks: Mapped[int | None]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Dog(Animal):
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Stone(Base):
    """Subclasses each with a whole table of their own."""

    __tablename__ = "stones"
    id: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "stone", "concrete": True}


class Gem(Stone):
    __tablename__ = "gems"
    id: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[int]
    price: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "gem", "concrete": True}


MODELS: tuple[Any, ...] = (
    Leaf, Word, Person, Note, Mark, Seat, Ticket, Vehicle, Car, Boat, Wheel, Animal, Dog, Stone, Gem,
)  # fmt: skip


def fill(engine: Engine, rows: int = ROWS) -> None:
    """``rows`` rows of each model, each with relations to some others."""
    Base.metadata.create_all(engine)
    numbers = range(1, rows + 1)
    with Session(engine) as session:
        session.add_all(Person(id=n, name=f"Person {n}") for n in numbers)
        session.add_all(Word(id=n, text=f"word {n}") for n in numbers)
        session.add_all(Seat(row="A", number=n) for n in numbers)
        session.flush()
        session.add_all(
            Leaf(
                id=n, name=f"leaf {n}", size=n, body="x" * n, parent_id=n // 2 or None, writer_id=n, reader_id=rows + 1 - n,
            )
            for n in numbers
        )  # fmt: skip
        session.flush()
        session.execute(words.insert(), [{"leaf_id": n, "word_id": w} for n in numbers for w in {1, n}])
        session.add_all(Note(leaf_id=n) for n in numbers for _ in range(n % 3))
        session.add_all(Mark(leaf_id=n) for n in numbers for _ in range(n % 4))
        session.add_all(
            Ticket(code=f"t{n}", seat_row="A" if n % 3 else None, seat_number=n if n % 3 else None)
            for n in numbers
        )
        session.add_all(Car(name=f"car {n}", doors=n, owner_id=n) for n in numbers)
        session.add_all(Boat(name=f"boat {n}", sails=n, owner_id=n) for n in numbers)
        session.flush()
        session.add_all(Wheel(car_id=n) for n in numbers for _ in range(2))
        session.add_all(Dog(name=f"dog {n}", barks=n) for n in numbers)
        session.add_all(Stone(id=n, weight=n) for n in numbers)
        session.add_all(Gem(id=n, weight=n, price=n) for n in numbers)
        session.commit()
