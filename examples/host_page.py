"""A page of the host's own with a list of the admin inside: more rows come as one scrolls.

    pip install webadmin
    python host_page.py                 then open http://127.0.0.1:8000/

The page needs htmx, which the admin has among its files, and one element with ``hx-get``.
"""

from __future__ import annotations

import os

import uvicorn
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from webadmin import Admin, ModelView
from webadmin.mixins import TimestampMixin

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///orders.db"))


class Base(DeclarativeBase):
    pass


class Order(TimestampMixin, Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(index=True)


class OrderView(ModelView, model=Order):
    column_list = [Order.number, Order.status, Order.created_at]
    column_filters = [Order.status]
    column_default_sort = (Order.id, True)


Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    if not session.scalar(select(Order).limit(1)):
        states = ("open", "paid", "paid", "sent")
        session.add_all(Order(number=f"A-{n:04}", status=states[n % 4]) for n in range(1, 301))

admin = Admin(engine, title="Shop")
admin.add_view(OrderView)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="htmx-config" content='{"includeIndicatorCSS": false}'>
<title>Our shop</title>
<link rel="icon" href="/admin/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/admin/static/css/webadmin.css">
<script src="/admin/static/vendor/htmx.min.js" defer></script>
</head>
<body>
<main>
<h1>Orders that are paid</h1>
<div hx-get="/admin/orders/rows?status=paid&amp;per_page=20" hx-trigger="load" hx-swap="innerHTML">
<p><a href="/admin/orders/?status=paid">See them in the admin</a></p>
</div>
</main>
</body>
</html>
"""


async def page(request: Request) -> HTMLResponse:
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": policy})


app = Starlette(routes=[Route("/", page), Mount("/admin", admin)])

if __name__ == "__main__":
    uvicorn.run(app)
