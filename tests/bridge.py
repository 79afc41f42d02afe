"""A small admin, and addresses of the test's own behind the same bridge as all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.pages import parse
from webadmin import Admin
from webadmin.auth import csrf
from webadmin.endpoint import respond
from webadmin.request import AdminRequest, Answer, Page
from webadmin.runtime import Route
from webadmin.views.error import ErrorPage


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def filled(engine: Engine) -> Engine:
    """The database with three things in it."""
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(Thing(id=n, name=f"thing {n}") for n in (1, 2, 3))
    return engine


def names(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [thing.name for thing in session.query(Thing).order_by(Thing.id)]


def admin_over(source: Any, **options: Any) -> Admin:
    admin = Admin(source, **options)
    admin.add_model(Thing)
    return admin


def page(title: str = "Done", status: int = 200) -> Page:
    """An answer that needs no row."""
    return Page("error.html", ErrorPage(status, title, title, None, None, None, ""), status=status)


def through(
    admin: Admin,
    view: Callable[[AdminRequest], Answer],
    *,
    methods: tuple[str, ...] = ("GET", "POST"),
    permission: str = "known",
) -> ASGIApp:
    """An app whose every address is answered by ``view``, through the bridge of ``admin``."""
    route = Route("", view, permission, methods)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await respond(admin.runtime, route, {}, scope, receive, send)

    return app


def client(app: ASGIApp, address: str = "http://testserver") -> TestClient:
    return TestClient(app, base_url=address, follow_redirects=False)


def token(admin: Admin, sender: TestClient) -> str:
    """The token that a form of this client's session would carry; the session begins if there is none."""
    signer = admin.runtime.responder.signer
    found = [cookie.value for cookie in sender.cookies.jar if cookie.name == signer.name("")]
    if not found:
        sender.head("/account/")
        return token(admin, sender)
    return csrf.token(admin.runtime.responder.secret, signer.read(found[0]).id)


def posted(admin: Admin, app: ASGIApp, data: dict[str, Any] | None = None, path: str = "/") -> Any:
    """The answer to a form sent from a page of the admin's own."""
    sender = client(app)
    return sender.post(path, data={**(data or {}), "csrf_token": token(admin, sender)})


def seen_by(request: Request) -> str:
    """A host's function: everybody may do everything."""
    return "ada"


def check_told(answer: Any, heading: str, caplog: pytest.LogCaptureFixture, cause: str) -> None:
    """The answer is a page with this heading and a number, and the log has a line with that number and the cause."""
    assert answer.status_code == 503
    page = parse(answer.text)
    assert page.h1 == heading
    number = answer.headers["x-request-id"]
    assert number in page.text("main")
    said = [record.getMessage() for record in caplog.records if number in record.getMessage()]
    assert any(cause in line for line in said), said
