"""An admin whose people have accounts, and browsers that log in to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.bridge import Thing, filled
from tests.pages import Page, parse
from webadmin import Accounts, Admin
from webadmin.auth.accounts import store
from webadmin.auth.cookie import SessionData
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata

PASSWORD = "kettle under violet snow"
KEY = "the tests' own key, which is long enough to sign"


def admin_of(engine: Engine, **options: Any) -> Admin:
    """An admin with accounts over a database with three things; ``options`` are those of ``Accounts``."""
    filled(engine)
    metadata.create_all(engine)
    admin = Admin(engine, title="Things", identify=Accounts(**options), secret_key=KEY)
    admin.add_model(Thing)
    return admin


def person(admin: Admin, name: str, **more: Any) -> UUID:
    """The id of a new account that may do everything with things."""
    given = {"password": PASSWORD, "grants": ["things.*"]} | more
    with Session(admin.runtime.database.engine) as session, session.begin():
        return store.create(session, name, **given)


def write(admin: Admin, table: sa.Table, **values: Any) -> None:
    """Change every row of a table behind the admin's back."""
    with admin.runtime.database.engine.begin() as connection:
        connection.execute(sa.update(table).values(**values))


def rows(admin: Admin, table: sa.Table) -> list[Any]:
    """What the database has."""
    with admin.runtime.database.engine.connect() as connection:
        return list(connection.execute(sa.select(table)).all())


def later(admin: Admin, by: timedelta) -> None:
    """As if all sessions had been used last so long ago."""
    for row in rows(admin, tables.session):
        write(admin, tables.session, seen_at=row.seen_at - by)


class Browser:
    """A browser at some address, without scripts."""

    def __init__(self, admin: Admin, address: str = "192.0.2.1") -> None:
        self.admin = admin
        self.http = TestClient(admin, follow_redirects=False, client=(address, 50_000))

    def get(self, path: str, status: int = 200, **more: Any) -> Page:
        """The page at an address."""
        answer = self.http.get(path, **more)
        assert answer.status_code == status, f"{path} answers {answer.status_code}: {answer.headers}"
        return parse(answer.text or "<p></p>")

    def send(self, page: Page, which: str, typed: dict[str, Any], **more: Any) -> Any:
        """The answer to a form of a page, with what was typed."""
        return self.http.post(page.action(which), data=page.form(which) | typed, **more)

    def enter(self, name: str, password: str = PASSWORD, next: str = "") -> Any:
        """The answer to the login form."""
        path = f"/login/?next={next}" if next else "/login/"
        return self.send(self.get(path), "login", {"name": name, "password": password})

    def logged_in(self, name: str, password: str = PASSWORD) -> Browser:
        """This browser, once somebody has logged in."""
        answer = self.enter(name, password)
        assert answer.status_code == 303, answer.text
        return self

    def may(self) -> bool:
        """Whether things are shown here."""
        return bool(self.http.get("/things/").status_code == 200)

    def copied(self) -> Browser:
        """Another browser to which somebody has taken this one's cookies."""
        other = Browser(self.admin, "203.0.113.9")
        for name, value in self.http.cookies.items():
            other.http.cookies.set(name, value)
        return other

    @property
    def cookie(self) -> SessionData:
        """What the cookie holds."""
        signer = self.admin.runtime.responder.signer
        return signer.read(self.http.cookies.get(signer.name("", "testserver")))
