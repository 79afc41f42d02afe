"""The admin in a Starlette app, with the options of one model set.

pip install webadmin
python starlette_app.py             then open http://127.0.0.1:8000/admin/
"""

from __future__ import annotations

import enum
import os
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import uvicorn
from sqlalchemy import Numeric, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from webadmin import Admin, ModelView, action
from webadmin.mixins import BigIntKeyMixin, SoftDeleteMixin, TimestampMixin, live_index, unique_live

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///invoices.db"))


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    OPEN = "open"
    PAID = "paid"


class Invoice(BigIntKeyMixin, TimestampMixin, SoftDeleteMixin, Base):
    __tablename__ = "invoices"
    __table_args__ = (
        unique_live("uq_invoices_number", "number"),
        live_index("ix_invoices_total", "total", "id"),
    )

    number: Mapped[str]
    state: Mapped[State] = mapped_column(default=State.OPEN)
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))


class InvoiceView(ModelView, model=Invoice):
    column_list = [Invoice.number, Invoice.state, Invoice.total, Invoice.created_at]
    column_sortable_list = [Invoice.number, Invoice.total]
    column_default_sort = (Invoice.total, True)
    column_filters = [Invoice.state, Invoice.total]
    column_searchable_list = [Invoice.number]
    column_formatters = {Invoice.total: lambda invoice, name: f"€ {invoice.total:,.2f}"}

    @action(label="Mark as paid")
    def mark_paid(self, rows: Sequence[Invoice], request: Any) -> str:
        for invoice in rows:
            invoice.state = State.PAID
        return f"{len(rows)} invoices are paid."


Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    if not session.scalar(select(Invoice).limit(1)):
        session.add_all(
            Invoice(number=f"2026-{n:03}", total=Decimal(n * 37 % 1000) + Decimal("0.50"))
            for n in range(1, 101)
        )

admin = Admin(engine, title="Invoices")
admin.add_view(InvoiceView)


async def home(request: Request) -> PlainTextResponse:
    return PlainTextResponse("The admin is at /admin/")


app = Starlette(routes=[Route("/", home), Mount("/admin", admin)])

if __name__ == "__main__":
    uvicorn.run(app)
