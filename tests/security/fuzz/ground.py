"""What is asked at random: the help desk with everything that an admin has, in as many copies as are needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.security.desk import (
    FOREIGN,
    Base,
    Comment,
    CommentView,
    Label,
    LabelView,
    Person,
    PersonView,
    Ticket,
    TicketView,
    fill,
)
from tests.security.logins import SECRET, account, logged_in
from webadmin import Admin, Fieldset, Increment, Inline, SetValue, Upload, User
from webadmin.auth.accounts import roles
from webadmin.auth.accounts.identity import Accounts
from webadmin.database.own_tables.changes import change
from webadmin.database.own_tables.lists import saved_view
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.server import EmbeddedServer
from webadmin.testing.walk import Walker

MARKERS = (FOREIGN, "Qwpfgx", "Mxkcdy", "Hvjqzz", "Wbkxyq", "Ostiaqx")
"""Words that the clerk must not see, each in columns of its own: one may be typed, and the others must not come. The last one stands in
a field of the clerk's own rows that only the chief may read."""
CLERK = [
    f"{key}.{right}"
    for key in ("tickets", "people", "labels", "comments")
    for right in ("view", "add", "change", "delete", "restore", "purge", "export", "import", "share_views")
] + ["tickets.action:shout", "tickets.action:raise-price", "tickets.action:set-body"]
"""All rights of a model but that to see statements."""
ROLES = ("nobody", "clerk", "chief")


class Tickets(TicketView, model=Ticket):
    key = "tickets"
    column_details_list = [*TicketView.column_details_list, Ticket.scan, Ticket.price, Ticket.pause]
    column_filters = [
        *TicketView.column_filters,
        Ticket.price,
        Ticket.pause,
        Ticket.meta,
        Ticket.code,
        Ticket.id,
    ]
    column_editable_list = [*TicketView.column_editable_list, Ticket.price]
    form_columns = [*TicketView.form_columns, Ticket.team, Ticket.scan]
    form_widget_args = {}
    form_uploads = {Ticket.scan: Upload(max_size=2000)}
    form_fieldsets = [
        Fieldset("Text", [Ticket.title, Ticket.code, Ticket.body]),
        Fieldset(
            "Rest", [name for name in form_columns if name not in (Ticket.title, Ticket.code, Ticket.body)]
        ),
    ]
    inlines = [Inline(Ticket.comments, columns=[Comment.text, Comment.team])]
    save_as = True
    raise_price = Increment(Ticket.price)
    set_body = SetValue(Ticket.body)


class People(PersonView, model=Person):
    key = "people"
    column_list = [Person.name, Person.city, "tickets"]
    column_searchable_list = [Person.name, Person.city]

    def can_read_field(self, name: str, user: User) -> bool:
        return name != "city" or user.name == "chief"


VIEWS = (People, LabelView, CommentView, Tickets)


@dataclass
class Ground:
    """A prepared database, to be copied."""

    copied: Callable[[], Any]
    """Gives a context manager with an engine on a copy."""
    cookies: dict[str, dict[str, str]]
    ids: Mapping[str, Sequence[str]]
    """Of rows, changes, saved views and accounts, by the beginning of the routes that they stand in."""
    foreign: list[Any] = field(default_factory=list)
    """The rows of the other team, as they have to stay."""

    @contextmanager
    def fresh(self) -> Iterator[Admin]:
        with self.copied() as engine:
            yield admin_over(engine)


def admin_over(engine: Engine) -> Admin:
    # One hit of a limit in ten thousand requests would be chance; those that are meant to be slow have tests of their own.
    admin = Admin(engine, identify=Accounts(), secret_key=SECRET, statement_timeout=30, lock_timeout=30)
    for view in VIEWS:
        admin.add_view(view)
    return admin


@contextmanager
def on_file(folder: Path) -> Iterator[Ground]:
    """Copies of a file."""
    template, numbers = folder / "template.db", count()

    @contextmanager
    def copied() -> Iterator[Engine]:
        path = shutil.copy(template, folder / f"copy{next(numbers)}.db")
        with _opened(f"sqlite:///{path}") as engine:
            yield engine
        Path(path).unlink()

    with _opened(f"sqlite:///{template}") as engine:
        cookies, ids = prepare(engine)
    with copied() as engine:
        rows = foreign_rows(engine)
    yield Ground(copied, cookies, ids, rows)


@contextmanager
def on_server(server: EmbeddedServer, name: str) -> Iterator[Ground]:
    """Copies of a server's database."""
    numbers = count()

    @contextmanager
    def copied() -> Iterator[Engine]:
        copy = f"{name}_{next(numbers)}"
        with _opened(server.create_database(copy, template=name)) as engine:
            yield engine
        server.drop_database(copy)

    with _opened(server.create_database(name, template="template1")) as engine:
        cookies, ids = prepare(engine)
    with copied() as engine:
        rows = foreign_rows(engine)
    yield Ground(copied, cookies, ids, rows)
    server.drop_database(name)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def prepare(engine: Engine) -> tuple[dict[str, dict[str, str]], dict[str, Sequence[str]]]:
    """Rows with a word in each column, accounts that are logged in, changes and saved views of both teams."""
    fill(engine)
    upgrade(engine)
    admin = admin_over(engine)
    accounts: dict[str, UUID] = {}
    cookies: dict[str, dict[str, str]] = {"nobody": {}}
    with Session(engine) as session, session.begin():
        of_others = Ticket.team == "blue"
        session.execute(sa.update(Ticket).values(scan=b"%PDF", meta={"k": 1}, price=3))
        session.execute(
            sa.update(Ticket).where(of_others).values(body=f"{MARKERS[1]} body", meta={"k": MARKERS[1]})
        )
        session.execute(sa.update(Person).where(Person.team == "blue").values(city=f"{MARKERS[2]}ville"))
        session.execute(sa.update(Person).where(Person.team == "red").values(city=MARKERS[5]))
        session.execute(sa.update(Comment).where(Comment.team == "blue").values(text=f"{MARKERS[3]} says"))
        session.execute(sa.update(Label).where(Label.team == "blue").values(name=f"{MARKERS[4]} label"))
        # The clerk's name is the team's: that is how the views know their rows.
        for name, role, grants in (("red", "clerk", CLERK), ("blue", "", CLERK), ("chief", "chief", ["*"])):
            accounts[name] = account(session, name, grants)
            cookies[role or name] = logged_in(admin, session, accounts[name])
    for role, id in (("clerk", "4"), ("blue", "2"), ("chief", "1")):
        with Walker(admin, cookies[role]) as walker:
            assert walker.ask("POST", "/tickets/actions/shout/", {"id": id, "confirm": "1"}).status == 303
            assert walker.ask("POST", "/tickets/views/", {"name": role, "query": "sort=title"}).status == 303
    with Session(engine) as session, session.begin():
        clerks = roles.new("clerks", "", False, ["*.view"])
        roles.save(session, clerks)
        changes = [str(id) for id in session.scalars(sa.select(change.c.id))]
        views = [str(id) for id in session.scalars(sa.select(saved_view.c.id))]
    return cookies, {
        "{key}": ("1", "2", "3", "4", "5", "99"),
        "{key}/views": views,
        "changes": changes,
        "account/people": [str(id) for id in accounts.values()],
        "account/roles": [str(clerks.id)],
    }


def foreign_rows(engine: Engine) -> list[Any]:
    """All columns of the rows that only the other team may change."""
    with engine.connect() as connection:
        return [
            [
                tuple(row)
                for row in connection.execute(
                    sa.select(table).where(table.c.team == "blue").order_by(table.c.id)
                )
            ]
            for table in (Base.metadata.tables[name] for name in ("tickets", "people", "labels", "comments"))
        ]
