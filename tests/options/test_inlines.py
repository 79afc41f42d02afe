"""Related rows on a form: what a view says of them, and what is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from webadmin import Inline, ModelView, OptionsError
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


class House(Base):
    __tablename__ = "houses"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    rooms: Mapped[list[Room]] = relationship(back_populates="house", order_by="Room.place")
    street_id: Mapped[int | None] = mapped_column(ForeignKey("streets.id"))
    street: Mapped[Street | None] = relationship(back_populates="houses")


class Room(Base):
    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    house: Mapped[House] = relationship(back_populates="rooms")
    place: Mapped[int]
    name: Mapped[str]


class Street(Base):
    __tablename__ = "streets"

    id: Mapped[int] = mapped_column(primary_key=True)
    houses: Mapped[list[House]] = relationship(back_populates="street")


def built(*inlines: Any, others: tuple[type, ...] = (Room,)) -> Any:
    registry = Registry()
    registry.add(type("HouseView", (ModelView,), {"inlines": inlines, "model": House}))
    for model in others:
        registry.add(type(f"{model.__name__}View", (ModelView,), {"model": model}))
    return registry.views["houses"].inlines


def test_what_is_guessed() -> None:
    """A relation by its name is enough: its rows have the fields of their own form but what ties them to their row."""
    (inline,) = built("rooms")
    assert (inline.label, inline.columns, inline.order_by, inline.page_size) == (
        "Rooms",
        ("place", "name"),
        (),
        20,
    )
    assert built() == ()


def test_what_is_said() -> None:
    """Columns, order and sizes as they are written."""
    (inline,) = built(
        Inline(
            House.rooms,
            columns=[Room.name],
            order_by=[(Room.place, True), Room.id],
            page_size=5,
            can_add=False,
        )
    )
    assert (inline.columns, inline.order_by) == (("name",), (("place", True), ("id", False)))
    assert (inline.page_size, inline.can_add, inline.can_delete) == (5, False, True)
    assert built(Inline("rooms", order_by=(Room.place, True)))[0].order_by == (("place", True),)


@pytest.mark.parametrize(
    ("inline", "word"),
    [
        ("street", "one-to-many"),
        ("name", "one-to-many"),
        (Inline("rooms", columns=["house"]), "leave it out"),
        (Inline("rooms", columns=["house_id"]), "leave it out"),
        (Inline("rooms", columns=["colour"]), "has no such field"),
        (Inline("rooms", order_by="colour"), "colour"),
        (Inline("rooms", order_by="house"), "columns of their own"),
        (Inline("rooms", page_size=0), "page_size"),
    ],
)
def test_what_cannot_be_used(inline: Any, word: str) -> None:
    """Faults stand in the one error of the start, with a remedy."""
    with pytest.raises(OptionsError) as caught:
        built(inline)
    (fault,) = caught.value.faults
    assert (fault.view, fault.option) == ("HouseView", "inlines")
    assert word in fault.remedy


def test_a_view_of_their_own() -> None:
    """Whose rights and scope nobody has written down are not edited."""
    with pytest.raises(OptionsError, match="add a view of Room"):
        built("rooms", others=())


def test_reasons_cannot_be_gone_round() -> None:
    """Rows that are changed with a reason alone are not changed on a form that asks for none."""
    registry = Registry()
    registry.add(type("HouseView", (ModelView,), {"inlines": ["rooms"], "model": House}))
    registry.add(type("RoomView", (ModelView,), {"change_reason": "required", "model": Room}))
    with pytest.raises(OptionsError, match="RoomView asks for a reason"):
        registry.build()
