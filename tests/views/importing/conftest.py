"""A desk whose tickets are imported, on both databases."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import Page, parse
from tests.security.desk import Ticket, TicketView, Visitor, admin_of, fill
from webadmin import Admin, ModelView
from webadmin.database.own_tables.imports import import_
from webadmin.database.own_tables.migrate import upgrade


class Tickets(TicketView, model=Ticket):
    key = "tickets"
    form_columns = [*TicketView.form_columns, Ticket.team]
    form_widget_args = {}


@dataclass
class Wizard:
    """Somebody who imports tickets."""

    admin: Admin
    engine: Engine
    visitor: Visitor
    waits: bool = True
    """Whether the server itself does the work, so that its end is what a form leads to."""

    def send(self, content: str | bytes, name: str = "tickets.csv", status: int = 303) -> Page:
        """Upload a file; the page that follows, ``url`` says where it is."""
        data = content.encode() if isinstance(content, str) else content
        answer = self.visitor.submit("/tickets/import/", files={"file": (name, data, "text/csv")})
        assert answer.status_code == status, answer.text[:1500]
        return self.open(answer.headers["location"]) if status == 303 else parse(answer.text)

    def open(self, path: str) -> Page:
        return self.visitor.page(path)

    def go(self, page: Page, form: str, do: str, status: int = 303, **typed: str) -> Page:
        """Send a form of ``page`` as it stands, but for what is typed."""
        path = page.action(form)
        answer = self.visitor.submit(path, page.form(form) | typed | {"do": do})
        assert answer.status_code == status, answer.text[:1500]
        if status != 303:
            return parse(answer.text)
        page, until = self.open(answer.headers["location"]), time.monotonic() + 60
        while self.waits and page.css("#working") and time.monotonic() < until:
            page = self.open(answer.headers["location"])
        return page

    def titles(self) -> dict[str, str]:
        """Titles of live tickets by code."""
        live = sa.select(Ticket.code, Ticket.title).where(Ticket.deleted_at.is_(None))
        with self.engine.connect() as connection:
            return {row.code: row.title for row in connection.execute(live)}

    def state(self) -> str:
        """That of the newest import."""
        newest = sa.select(import_.c.state).order_by(import_.c.id.desc()).limit(1)
        with self.engine.connect() as connection:
            return str(connection.execute(newest).scalar())


def wizard_over(engine: Engine, *views: type[ModelView], name: str = "red", **options: Any) -> Wizard:
    """A desk in a new database, and somebody of the red team with all rights."""
    fill(engine)
    upgrade(engine)
    admin = admin_of(engine, *(views or (Tickets,)), **options)
    return Wizard(admin, engine, Visitor(admin, name), waits="jobs" not in options)


@pytest.fixture
def wizard(engine: Engine) -> Wizard:
    return wizard_over(engine)


@pytest.fixture
def small_wizard(sqlite_engine: Engine) -> Wizard:
    """The same, for what does not depend on the database."""
    return wizard_over(sqlite_engine)
