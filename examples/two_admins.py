"""Two admins over two databases in one app: each with its own links, session and files.

pip install webadmin
python two_admins.py                then open http://127.0.0.1:8000/sales/ and /stock/
"""

from __future__ import annotations

import uvicorn
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.routing import Mount

from webadmin import Admin

sales_engine = create_engine("sqlite:///sales.db")
stock_engine = create_engine("sqlite:///stock.db")


class SalesBase(DeclarativeBase):
    pass


class StockBase(DeclarativeBase):
    pass


class Sale(SalesBase):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(index=True)


class Part(StockBase):
    """Its table has the same name as that of the other database."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf: Mapped[str] = mapped_column(index=True)


SalesBase.metadata.create_all(sales_engine)
StockBase.metadata.create_all(stock_engine)
with Session(sales_engine) as session, session.begin():
    if not session.scalar(select(Sale).limit(1)):
        session.add_all(Sale(customer=name) for name in ("Ada", "Grace", "Barbara"))
with Session(stock_engine) as session, session.begin():
    if not session.scalar(select(Part).limit(1)):
        session.add_all(Part(shelf=shelf) for shelf in ("A1", "A2"))

sales = Admin(sales_engine, title="Sales")
sales.add_models(SalesBase)
stock = Admin(stock_engine, title="Stock", read_only=True)
stock.add_models(StockBase)

app = Starlette(routes=[Mount("/sales", sales), Mount("/stock", stock)])

if __name__ == "__main__":
    uvicorn.run(app)
