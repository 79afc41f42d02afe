"""A small store whose rows come in from files: every rule that a table can have, on PostgreSQL and on SQLite."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from wtforms import ValidationError
from wtforms.validators import Regexp

from webadmin import ModelView, User
from webadmin.changes.progress import Progress
from webadmin.changes.record import record, written_down
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.dialects import Timeouts
from webadmin.mixins import (
    BigIntKeyMixin,
    SoftDeleteMixin,
    UtcDateTime,
    UUIDKeyMixin,
    VersionMixin,
    unique_live,
)
from webadmin.options.context import Context
from webadmin.options.registry import Registry
from webadmin.transfer.imports.applying import apply
from webadmin.transfer.imports.asked import FileForm, Import, Problem, Target
from webadmin.transfer.imports.checking import check
from webadmin.transfer.imports.files import Limits, Source, open_source
from webadmin.transfer.imports.plan import Outcome, Preview

PATIENCE = Timeouts(statement_ms=120_000)


class Base(DeclarativeBase):
    pass


class Shelf(BigIntKeyMixin, SoftDeleteMixin, Base):
    __tablename__ = "shelves"

    code: Mapped[str]
    room: Mapped[str] = mapped_column(server_default="hall")
    items: Mapped[list[Item]] = relationship(back_populates="shelf")
    __table_args__ = (unique_live("uq_shelves_code", "code"),)


class Item(BigIntKeyMixin, SoftDeleteMixin, VersionMixin, Base):
    __tablename__ = "items"

    number: Mapped[str] = mapped_column(sa.String(12))
    title: Mapped[str] = mapped_column(sa.String(20))
    price: Mapped[Decimal | None] = mapped_column(
        sa.Numeric(8, 2).with_variant(sa.Float(asdecimal=True), "sqlite")
    )
    count: Mapped[int] = mapped_column(default=1, server_default="1")
    lent: Mapped[int] = mapped_column(server_default="0")
    shelf_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shelves.id"))
    bought_on: Mapped[date | None]
    tags: Mapped[Any] = mapped_column(sa.JSON(), nullable=True)
    code: Mapped[str | None] = mapped_column(sa.String(8), unique=True)
    token: Mapped[str | None] = mapped_column(unique=True)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), onupdate=lambda: datetime(2026, 1, 2))
    mark: Mapped[str] = mapped_column(default=lambda: "made")
    gross: Mapped[Decimal | None] = mapped_column(sa.Float, sa.Computed("price * 2"))

    shelf: Mapped[Shelf | None] = relationship(back_populates="items")
    __table_args__ = (
        unique_live("uq_items_number", "number"),
        sa.CheckConstraint("price >= 0", name="price"),
        sa.CheckConstraint("lent <= count", name="lent"),
    )

    def __str__(self) -> str:
        return self.title


class Label(UUIDKeyMixin, Base):
    """Its key is made by Python, and its view looks at each row."""

    __tablename__ = "labels"

    name: Mapped[str] = mapped_column(unique=True)
    weight: Mapped[int | None]


class ItemView(ModelView, model=Item):
    form_columns = ["number", "title", "price", "count", "lent", "shelf", "bought_on", "tags", "code"]
    form_args = {"code": {"validators": [Regexp("^[A-Z]+$", message="Capitals only.")]}}

    def scope(self, stmt: Any, user: User) -> Any:
        return stmt if user.name != "Guest" else stmt.where(Item.title != "Secret")

    def can_write_field(self, name: str, user: User) -> bool:
        return name != "price" or user.name != "Guest"


class ShelfView(ModelView, model=Shelf):
    soft_delete_cascade = ["items"]

    def scope(self, stmt: Any, user: User) -> Any:
        return stmt if user.name != "Guest" else stmt.where(Shelf.code != "vault")


class LabelView(ModelView, model=Label):
    def on_import_row(self, row: dict[str, Any], number: int) -> None:
        if row["name"] == "bad":
            raise ValidationError("Not that one.")
        if row["name"] == "huge":
            row["weight"] = 10**30
        row["name"] = str(row["name"]).strip("!")


class GuestItemView(ItemView, model=Item):
    """The rows that guests see, for everybody: the model's first view has more."""

    key = "few"

    def scope(self, stmt: Any, user: User) -> Any:
        return stmt.where(Item.title != "Secret")


class HookedView(ModelView, model=Item):
    key = "hooked"
    form_columns = ItemView.form_columns

    def on_model_change(self, data: dict[str, Any], model: Any, is_created: bool) -> None:
        data["title"] = f"{data.get('title', model.title)}{'+' if is_created else '*'}"


@dataclass
class Store:
    """Imports by a person into tables of ``engine``."""

    engine: Engine

    def __post_init__(self) -> None:
        self.database = Database(self.engine)

    @contextmanager
    def context(self, person: str = "Ada", *, history: bool = True) -> Iterator[Context]:
        """A transaction of ``person``'s; to be committed by whoever opened it."""
        registry = Registry()
        for view in (ItemView, GuestItemView, ShelfView, LabelView, HookedView):
            registry.add(view)
        with self.database.transaction(read_only=False, timeouts=PATIENCE) as session:
            user = User(person)
            context = Context(session, self.database.dialect, user, registry.for_user(user))
            if history:
                record(context, There(TABLES))
            yield context

    def asked(self, context: Context, key: str, text: str, **options: Any) -> tuple[Import, Source]:
        """An import of CSV: headings are names, ``relation.column`` for one that is named by a column."""
        headings = text.splitlines()[0].split(",")
        targets = []
        for place, heading in enumerate(headings):
            name, _dot, by = heading.partition(".")
            targets.append(Target(place, name, by))
        form = FileForm("csv")
        view = context.registry.views[key]
        source = open_source(io.BytesIO(text.encode("latin-1")), form, Limits())
        return Import(view, form, tuple(targets), **options), source

    def check(
        self, key: str, text: str, person: str = "Ada", **options: Any
    ) -> tuple[Preview, list[Problem]]:
        """What would happen."""
        with self.context(person) as context:
            asked, source = self.asked(context, key, text, **options)
            preview = check(context, asked, source, Progress())
            return preview, list(preview.problems())

    def load(
        self,
        key: str,
        text: str,
        person: str = "Ada",
        *,
        skip: bool = False,
        fingerprint: str | None = None,
        history: bool = True,
        **options: Any,
    ) -> Outcome:
        """Let it happen."""
        with self.context(person, history=history) as context:
            asked, source = self.asked(context, key, text, **options)
            outcome = apply(context, asked, source, Progress(), fingerprint=fingerprint, skip_failed=skip)
            written_down(context)
            context.session.commit()
            return outcome

    def rows(self, table: str, columns: str = "*", order: str = "id") -> list[tuple[Any, ...]]:
        """What stands there."""
        with self.engine.connect() as connection:
            return [
                tuple(row)
                for row in connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY {order}")
            ]


def fill(engine: Engine) -> None:
    """Three shelves and four items, one of them deleted and one called Secret, in empty tables."""
    with Session(engine) as session:
        session.add_all(Shelf(code=code) for code in ("north", "south", "vault"))
        session.flush()
        for number, title in (("A1", "Atlas"), ("A2", "Bible"), ("A3", "Secret"), ("A4", "Gone")):
            item = Item(number=number, title=title, price=Decimal("10.00"), count=5, shelf_id=1)
            item.deleted_at = datetime(2026, 1, 1) if title == "Gone" else None
            session.add(item)
            session.flush()
        session.add(Label(name="old", weight=1))
        session.commit()
