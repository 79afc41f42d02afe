"""The two tables of the shop that the peers on SQLAlchemy list."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Status(enum.Enum):
    pending = "pending"
    paid = "paid"
    packed = "packed"
    sent = "sent"
    delivered = "delivered"
    failed = "failed"
    cancelled = "cancelled"


class Channel(enum.Enum):
    web = "web"
    app = "app"
    phone = "phone"
    sales_rep = "sales_rep"


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __str__(self) -> str:
        return self.name


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    number: Mapped[str]
    customer_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    status: Mapped[Status] = mapped_column(sa.Enum(Status, name="order_status"))
    channel: Mapped[Channel] = mapped_column(sa.Enum(Channel, native_enum=False))
    total: Mapped[Decimal]
    placed_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    note: Mapped[str | None]

    customer: Mapped[Customer | None] = relationship()

    def __str__(self) -> str:
        return self.number
