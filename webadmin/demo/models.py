"""The demo's shop: between them these models have every type, key and relation that webadmin knows.

Every default sort is backed by an index over the live rows. ``Order.due_on`` has none on purpose: sorting by it gives
the EXPLAIN panel something to say.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webadmin.demo.columns import Base as Base
from webadmin.demo.columns import Channel as Channel
from webadmin.demo.columns import OrderStatus as OrderStatus
from webadmin.demo.columns import channels, json_object, money, next_order_number, statuses, texts
from webadmin.mixins import (
    BigIntKeyMixin,
    SoftDeleteMixin,
    TimestampMixin,
    UtcDateTime,
    UUIDKeyMixin,
    VersionMixin,
    fts5_index,
    gin_index,
    live_index,
    search_column,
    server_now,
    unique_live,
)


class Staff(BigIntKeyMixin, TimestampMixin, Base):
    """People who work in the shop."""

    __tablename__ = "staff"

    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    job: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    joined_on: Mapped[date | None]

    def __str__(self) -> str:
        return self.name


class Customer(UUIDKeyMixin, TimestampMixin, SoftDeleteMixin, Base):
    __tablename__ = "customers"

    name: Mapped[str]
    email: Mapped[str]
    country: Mapped[str] = mapped_column(sa.String(2))
    phone: Mapped[str | None]
    born_on: Mapped[date | None]
    newsletter: Mapped[bool | None]
    credit_limit: Mapped[Decimal | None] = mapped_column(money())
    tags: Mapped[list[str]] = mapped_column(texts(), default=list)
    preferences: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict)
    search: Mapped[str | None] = search_column("name", "email", "phone")

    orders: Mapped[list[Order]] = relationship(back_populates="customer", passive_deletes="all")
    reviews: Mapped[list[Review]] = relationship(back_populates="customer", passive_deletes=True)

    __table_args__ = (
        sa.CheckConstraint("credit_limit >= 0", name="credit_limit"),
        unique_live("uq_customers_email", "email"),
        live_index("ix_customers_name", "name", "id"),
        live_index("ix_customers_lower_name", sa.text("lower(name)"), "id"),
        live_index("ix_customers_country", "country", "id"),
        live_index("ix_customers_born_on", "born_on", "id"),
        live_index("ix_customers_created_at", "created_at", "id"),
        gin_index("ix_customers_search", "search"),
        fts5_index("customers_words", "name", "email", "phone"),
    )

    def __str__(self) -> str:
        return self.name


class Category(BigIntKeyMixin, Base):
    """A tree: a category stands below its parent."""

    __tablename__ = "categories"

    name: Mapped[str] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("categories.id", ondelete="RESTRICT"))
    place: Mapped[int] = mapped_column(default=0, server_default="0")

    parent: Mapped[Category | None] = relationship(back_populates="children", remote_side="Category.id")
    children: Mapped[list[Category]] = relationship(back_populates="parent", passive_deletes="all")
    products: Mapped[list[Product]] = relationship(back_populates="category", passive_deletes=True)

    __table_args__ = (sa.Index("ix_categories_parent_id", "parent_id", "place"),)

    def __str__(self) -> str:
        return self.name


product_tags = sa.Table(
    "product_tags",
    Base.metadata,
    sa.Column("product_id", sa.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Tag(BigIntKeyMixin, Base):
    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(unique=True)
    colour: Mapped[str | None] = mapped_column(sa.String(7))

    products: Mapped[list[Product]] = relationship(
        secondary=product_tags, back_populates="tags", passive_deletes=True
    )

    def __str__(self) -> str:
        return self.name


class Product(BigIntKeyMixin, TimestampMixin, SoftDeleteMixin, VersionMixin, Base):
    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(sa.ForeignKey("categories.id", ondelete="SET NULL"))
    price: Mapped[Decimal] = mapped_column(money(10))
    weight: Mapped[float | None] = mapped_column(sa.Float(), comment="Kilograms, with packing")
    stock: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    labels: Mapped[list[str]] = mapped_column(texts(), default=list)
    attributes: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict)
    description: Mapped[str | None] = mapped_column(sa.Text())
    image: Mapped[bytes | None] = mapped_column(sa.LargeBinary(), deferred=True)
    search: Mapped[str | None] = search_column("name", "sku", "description", config="english")

    category: Mapped[Category | None] = relationship(back_populates="products")
    tags: Mapped[list[Tag]] = relationship(
        secondary=product_tags, back_populates="products", passive_deletes=True
    )
    reviews: Mapped[list[Review]] = relationship(
        back_populates="product", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        sa.CheckConstraint("price >= 0", name="price"),
        sa.CheckConstraint("stock >= 0", name="stock"),
        unique_live("uq_products_sku", "sku"),
        live_index("ix_products_name", "name", "id"),
        live_index("ix_products_price", "price", "id"),
        live_index("ix_products_stock", "stock", "id"),
        live_index("ix_products_weight", "weight", "id"),
        sa.Index("ix_products_category_id", "category_id", "id"),
        gin_index("ix_products_labels", "labels"),
        gin_index("ix_products_search", "search"),
        fts5_index("products_words", "name", "sku", "description"),
    )

    def __str__(self) -> str:
        return self.name


class Order(BigIntKeyMixin, TimestampMixin, SoftDeleteMixin, Base):
    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(sa.String(16), default=next_order_number())
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id", ondelete="RESTRICT"))
    status: Mapped[OrderStatus] = mapped_column(
        statuses(), default=OrderStatus.PENDING, server_default=OrderStatus.PENDING.value
    )
    total: Mapped[Decimal] = mapped_column(money(), default=Decimal("0.00"), server_default="0")
    currency: Mapped[str] = mapped_column(sa.String(3), default="EUR", server_default="EUR")
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=server_now())
    due_on: Mapped[date | None]
    delivery_window: Mapped[timedelta | None]
    channel: Mapped[Channel] = mapped_column(
        channels(), default=Channel.WEB, server_default=Channel.WEB.value
    )
    recipient: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(sa.Text())
    tags: Mapped[list[str]] = mapped_column(texts(), default=list)
    meta: Mapped[dict[str, Any]] = mapped_column("metadata", json_object(), default=dict)
    handled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id", ondelete="SET NULL"))
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id", ondelete="SET NULL"))
    # A dash before digits counts as a minus: without it "1000042" finds A-1000042 too.
    search: Mapped[str | None] = search_column(
        sa.text("number || ' ' || replace(number, '-', ' ')"), "recipient", "note"
    )

    customer: Mapped[Customer | None] = relationship(back_populates="orders")
    handled_by: Mapped[Staff | None] = relationship(foreign_keys=handled_by_id)
    approved_by: Mapped[Staff | None] = relationship(foreign_keys=approved_by_id)
    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="OrderLine.position",
    )

    __table_args__ = (
        sa.CheckConstraint("total >= 0", name="total"),
        unique_live("uq_orders_number", "number"),
        live_index("ix_orders_placed_at", "placed_at", "id"),
        live_index("ix_orders_created_at", "created_at", "id"),
        live_index("ix_orders_total", "total", "id"),
        live_index("ix_orders_status", "status", "id"),
        sa.Index("ix_orders_status_placed_at", "status", "placed_at", "id"),
        sa.Index("ix_orders_customer_id", "customer_id", "id"),
        sa.Index("ix_orders_handled_by_id", "handled_by_id", "id"),
        sa.Index("ix_orders_approved_by_id", "approved_by_id", "id"),
        gin_index("ix_orders_tags", "tags"),
        gin_index("ix_orders_metadata", "metadata", postgresql_ops={"metadata": "jsonb_path_ops"}),
        gin_index("ix_orders_search", "search"),
        fts5_index("orders_words", "number", "recipient", "note"),
    )

    def __str__(self) -> str:
        return self.number


class OrderLine(Base):
    """A line of an order; its key has two columns."""

    __tablename__ = "order_lines"

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"))
    quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    unit_price: Mapped[Decimal] = mapped_column(money(10))
    discount: Mapped[float] = mapped_column(
        sa.Float(), default=0.0, server_default="0", comment="A part of the price, 0 to 1"
    )

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()

    __table_args__ = (
        sa.Index("ix_order_lines_product_id", "product_id", "order_id", "position"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("discount >= 0 AND discount < 1", name="discount"),
    )

    def __str__(self) -> str:
        return f"Line {self.position} of order {self.order_id}"


class Review(BigIntKeyMixin, TimestampMixin, Base):
    """What a customer thinks of a product. It has no ``__str__``: the admin finds a label of its own."""

    __tablename__ = "reviews"

    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="CASCADE"))
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id", ondelete="SET NULL"))
    rating: Mapped[int] = mapped_column(sa.SmallInteger())
    text: Mapped[str | None] = mapped_column(sa.Text())
    approved: Mapped[bool | None] = mapped_column(comment="Empty until somebody has read it")

    product: Mapped[Product] = relationship(back_populates="reviews")
    customer: Mapped[Customer | None] = relationship(back_populates="reviews")

    __table_args__ = (
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        sa.Index("ix_reviews_product_id", "product_id", "id"),
        sa.Index("ix_reviews_customer_id", "customer_id", "id"),
        sa.Index("ix_reviews_rating", "rating", "id"),
        sa.Index("ix_reviews_created_at", "created_at", "id"),
        sa.Index("ix_reviews_to_approve", "created_at", "id", postgresql_where=sa.text("approved IS NULL")),
    )


class StaffNote(TimestampMixin, Base):
    """A page of the staff's own notes. Its key is text, and anything may stand in it. It has no ``__str__``."""

    __tablename__ = "staff_notes"

    slug: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(sa.Text())
    pinned: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id", ondelete="SET NULL"), index=True)

    author: Mapped[Staff | None] = relationship()
