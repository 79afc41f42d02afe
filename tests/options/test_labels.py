"""How rows are called."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, User
from webadmin.options.labels import model_label


def model(**columns: Any) -> Any:
    """A model with these columns beside its key."""

    class Base(DeclarativeBase):
        pass

    made = {
        name: mapped_column(*kind if isinstance(kind, tuple) else (kind,)) for name, kind in columns.items()
    }
    id = {"id": mapped_column(sa.Integer, primary_key=True)}
    return type("ParkingLot", (Base,), {"__tablename__": "parking_lots", **id, **made})


@pytest.mark.parametrize(
    ("columns", "values", "label"),
    [
        ({"name": sa.String(9), "code": sa.String(9)}, {"name": "Nord", "code": "N"}, "Nord"),
        (
            {"first_name": sa.String(9), "last_name": sa.String(9)},
            {"first_name": "Ada", "last_name": "L"},
            "Ada L",
        ),
        ({"first_name": sa.String(9), "last_name": sa.String(9)}, {"first_name": "Ada"}, "Ada"),
        ({"name": sa.String(9)}, {"name": ""}, "Parking lot 7"),
        ({"name": sa.Text}, {"name": "x" * 500}, "x" * 119 + "…"),
        ({"name": sa.Text}, {"name": " a\n  b "}, "a b"),
        ({"token": sa.String(9), "size": sa.Integer}, {"token": "s3cret"}, "Parking lot 7"),
        ({"size": sa.Integer}, {"size": 3}, "Parking lot 7"),
    ],
)
def test_guessed(columns: dict[str, Any], values: dict[str, Any], label: str) -> None:
    """By a name, else by the key in words: never by a secret, never by Python's own words for an object."""
    made = model(**columns)
    assert model_label(made)(made(id=7, **values)) == label


class Base(DeclarativeBase):
    pass


class Shop(Base):
    __tablename__ = "shop"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))


class Sale(Base):
    __tablename__ = "sale"
    id = mapped_column(sa.Integer, primary_key=True)
    number = mapped_column(sa.String(20))
    shop_id = mapped_column(sa.ForeignKey("shop.id"))
    shop = relationship(Shop)

    def __str__(self) -> str:
        return f"{self.number} of {self.shop.name}"


class Broken(Base):
    __tablename__ = "broken"
    id = mapped_column(sa.Integer, primary_key=True)

    def __str__(self) -> str:
        raise KeyError("no")


def test_str_that_asks_for_more(engine: Engine) -> None:
    """A __str__ that reaches for another row, or fails, costs neither the page nor a statement a row."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Shop(id=n, name=f"Shop {n}") for n in range(1, 31)])
        session.flush()
        session.add_all([Sale(id=n, number=f"No. {n}", shop_id=n) for n in range(1, 31)])
        session.add(Broken(id=1))
        session.commit()
    sent: list[str] = []
    admin = Admin(engine, identify=lambda request: User("Ada"))
    admin.add_models(Base)
    with TestClient(admin) as client:
        sa.event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
        page = parse(client.get("/sale/").text)
        assert len(page.ids()) == 25
        assert len(sent) <= 4
        assert page.table()[0]["number"].startswith("No. ")
        assert parse(client.get("/broken/1/").text).h1 == "Broken 1"
        assert client.get("/sale/1/delete/").status_code == 200
