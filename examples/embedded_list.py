"""A FastAPI app whose own page, a Jinja template, shows each salesperson the latest of their orders out of the admin.

    pip install webadmin fastapi
    python embedded_list.py             then open http://127.0.0.1:8000/ (log in as ada or ben)

The page imports a macro. Who may see which rows is decided once, by the admin's ``identify`` and the view's ``scope``.
"""

from __future__ import annotations

import os
import secrets
from typing import Annotated

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import DictLoader, Environment
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.middleware.sessions import SessionMiddleware
from starlette.templating import Jinja2Templates

from webadmin import Admin, ModelView, User, templating
from webadmin.mixins import TimestampMixin

engine = sa.create_engine(os.environ.get("DATABASE_URL", "sqlite:///sales.db"))
PEOPLE = ("ada", "ben")


class Base(DeclarativeBase):
    pass


class Order(TimestampMixin, Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(index=True)
    sold_by: Mapped[str] = mapped_column(index=True)
    commission: Mapped[int]


class OrderView(ModelView, model=Order):
    column_list = [Order.number, Order.status, Order.commission, Order.created_at]
    column_filters = [Order.status, Order.commission]
    column_default_sort = (Order.id, True)

    def scope(self, stmt: sa.Select[tuple[Order]], user: User) -> sa.Select[tuple[Order]]:
        return stmt.where(Order.sold_by == user.name)


Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    if not session.scalar(sa.select(Order).limit(1)):
        states = ("open", "paid", "sent")
        session.add_all(
            Order(number=f"A-{n:04}", status=states[n % 3], sold_by=PEOPLE[n % 2], commission=n % 50)
            for n in range(1, 401)
        )

PAGE = """{% import "webadmin/embed.html" as admin %}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sales</title>
{{ admin.head("/admin") }}
</head>
<body>
<main>
<h1>Sales</h1>
{% if name %}
<h2>Orders of {{ name }} that are under way</h2>
{{ admin.rows("/admin/orders/?commission.gte=10", status=["open", "sent"], per_page=15, columns=["number", "status"]) }}
{% else %}
<form method="post"><label>Name <input name="name" required></label> <button>Log in</button></form>
{% endif %}
</main>
</body>
</html>
"""

templates = Jinja2Templates(env=Environment(loader=DictLoader({"page.html": PAGE}), autoescape=True))
templating.install(templates.env)


def identify(request: Request) -> User | None:
    """Who is logged in: may look, and change nothing."""
    name = request.session.get("name")
    return User(name, grants=["*.view"]) if name in PEOPLE else None


admin = Admin(engine, title="Sales", identify=identify)
admin.add_view(OrderView)

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("SECRET_KEY") or secrets.token_urlsafe(32))


@app.get("/", response_class=HTMLResponse)
def page(request: Request) -> HTMLResponse:
    return templates.TemplateResponse(request, "page.html", {"name": request.session.get("name")})


@app.post("/")
def login(request: Request, name: Annotated[str, Form()]) -> RedirectResponse:
    request.session["name"] = name
    return RedirectResponse("/", status_code=303)


app.mount("/admin", admin)

if __name__ == "__main__":
    uvicorn.run(app)
