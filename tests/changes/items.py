"""Things on shelves, with every kind of column that a bulk edit can do something with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
import wtforms
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from webadmin import ModelView, SetValue, User
from webadmin.demo.columns import money, texts
from webadmin.mixins import SoftDeleteMixin, TimestampMixin, VersionMixin

ROWS = [
    ("one", 10, "1.00", ["a"]),
    ("two", 20, None, ["b", "a"]),
    ("three", 300, "10.05", []),
    ("foreign", 1, "1", []),
]


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    open: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.name


class Item(VersionMixin, TimestampMixin, SoftDeleteMixin, Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(12))
    stock: Mapped[int] = mapped_column(sa.Integer, sa.CheckConstraint("stock < 1000", name="stock"))
    price: Mapped[Decimal | None] = mapped_column(money(8))
    tags: Mapped[list[str]] = mapped_column(texts(), default=list)
    sold: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[str] = mapped_column(default="hush")
    fixed: Mapped[str] = mapped_column(default="as it is")
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"))
    shelf: Mapped[Shelf | None] = relationship()

    def __str__(self) -> str:
        return self.name


class ItemView(ModelView, model=Item):
    form_columns = ["name", "stock", "price", "tags", "sold", "fixed", "shelf"]
    form_readonly_columns = ["fixed"]
    form_args = {"stock": {"validators": [wtforms.validators.NumberRange(max=500)]}}
    column_default_sort = "id"
    column_filters = [Item.stock, Item.sold]

    def scope(self, stmt: Any, user: User) -> Any:
        return stmt.where(Item.name != "foreign")


class ShelfView(ModelView, model=Shelf):
    def scope(self, stmt: Any, user: User) -> Any:
        return stmt.where(Shelf.open)


class WithHooks(ItemView, model=Item):
    key = "hooked"

    def on_model_change(self, data: dict[str, Any], model: Item, is_created: bool, request: Any) -> None:
        if data.get("stock", 0) > 400:
            raise wtforms.ValidationError("The shelf is full.")
        data["name"] = f"{model.name}!"


class WithReasons(ItemView, model=Item):
    key = "reasoned"
    change_reason = "required"
    sell = SetValue(Item.sold, True)


def fill(engine: Engine) -> None:
    """Four rows, the last of them out of scope."""
    with Session(engine) as session, session.begin():
        session.execute(sa.delete(Item))
        session.execute(sa.delete(Shelf))
        session.add_all([Shelf(id=1, name="left"), Shelf(id=2, name="closed", open=False)])
        session.flush()
        for number, (name, stock, price, tags) in enumerate(ROWS, 1):
            amount = Decimal(price) if price else None
            session.add(Item(id=number, name=name, stock=stock, price=amount, tags=tags, shelf_id=1))
