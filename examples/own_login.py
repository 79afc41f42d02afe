"""The host's own login decides who may use the admin, and what they may do.

pip install webadmin
python own_login.py                 then open http://127.0.0.1:8000/admin/ (log in as ada or guest)
"""

from __future__ import annotations

import os
import secrets

import uvicorn
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from webadmin import Admin, User
from webadmin.errors import LoginRequired

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///articles.db"))

GRANTS = {"ada": ["*"], "guest": ["*.view"]}
"""Who there is. A real host has them in its database, with the hashes of their passwords."""


class Base(DeclarativeBase):
    pass


class Article(Base):
    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)


Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    if not session.scalar(select(Article).limit(1)):
        session.add_all(Article(title=f"Article {n}") for n in range(1, 11))


def identify(request: Request) -> User:
    """Who makes a request to the admin. It may be a coroutine too; ``return None`` would say that nobody does."""
    name = request.session.get("name")
    if name not in GRANTS:
        raise LoginRequired("Log in to go on.", link="/login", link_label="Log in")
    return User(name, grants=GRANTS[name])


async def login(request: Request) -> Response:
    if request.method == "POST":
        name = str((await request.form()).get("name", ""))
        if name in GRANTS:
            request.session["name"] = name
            return RedirectResponse("/admin/", status_code=303)
    return HTMLResponse(
        '<!doctype html><html lang="en"><title>Log in</title><main><h1>Log in</h1><form method="post">'
        '<label>Name <input name="name" required></label> <button>Log in</button></form></main></html>'
    )


admin = Admin(engine, title="Articles", identify=identify)
admin.add_models(Base)

app = Starlette(
    routes=[Route("/login", login, methods=["GET", "POST"]), Mount("/admin", admin)],
    middleware=[
        Middleware(SessionMiddleware, secret_key=os.environ.get("SECRET_KEY") or secrets.token_urlsafe(32))
    ],
)

if __name__ == "__main__":
    uvicorn.run(app)
