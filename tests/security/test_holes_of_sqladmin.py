"""What sqladmin and its kin let through, each hole by its name: none of them is one here."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.pages import parse
from tests.people import Browser, person
from tests.people import admin_of as accounts_of
from tests.security.desk import (
    FOREIGN,
    Comment,
    OwnTeam,
    Ticket,
    TicketView,
    Visitor,
    admin_of,
    stored,
    ticket_labels,
)
from webadmin import action
from webadmin.database.own_tables.changes import change_row
from webadmin.database.own_tables.migrate import upgrade
from webadmin.options.uploads import Upload as FileOption

PAGE = b"<html><script>window.pwned=1</script>"


class FilesBase(DeclarativeBase):
    pass


class Upload(FilesBase):
    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes | None]


class UploadView(OwnTeam, model=Upload):
    column_details_list = [Upload.name, Upload.content]
    form_columns = [Upload.name, Upload.content]
    form_uploads = {Upload.content: FileOption()}


class Spoiling(TicketView, model=Ticket):
    key = "tickets"

    @action()
    def spoil(self, rows: list[Ticket], request: Any) -> str:
        request.session.execute(sa.text("INSERT INTO people (id) VALUES (1)"))
        return "Never."


class SecretForm(TicketView, model=Ticket):
    key = "tickets"
    form_columns = [Ticket.title, Ticket.secret, "owner"]


@pytest.fixture
def files(small_desk: Engine) -> Visitor:
    FilesBase.metadata.create_all(small_desk)
    with Session(small_desk) as session, session.begin():
        session.add(Upload(id=1, team="red", name="pyproject.toml", content=PAGE))
        session.add(Upload(id=2, team="blue", name=FOREIGN, content=FOREIGN.encode()))
    return Visitor(admin_of(small_desk, UploadView))


@pytest.fixture
def red(small_desk: Engine) -> Visitor:
    return Visitor(admin_of(small_desk, Spoiling))


def confirmed(visitor: Visitor, path: str, data: dict[str, Any]) -> Any:
    """The answer to the page that asks, sent as it is."""
    asked = visitor.submit(path, data)
    assert asked.status_code == 200
    form = next(
        form for form in parse(asked.text).css("form") if str(form.get("action") or path).endswith(path)
    )
    return visitor.submit(
        path,
        {
            **{field.get("name"): field.get("value") for field in form.cssselect("input[name]")},
            "confirm": "1",
        },
    )


def test_sqladmin_text_column_served_as_a_file(files: Visitor) -> None:
    """A text that looks like a path is a text: no address gives out a file of the server's."""
    for name in ("name", "team", "id", "pyproject.toml", "..%2f..%2fetc%2fpasswd"):
        for path in (f"/uploads/1/file/{name}/", f"/uploads/1/{name}/download/"):
            assert files.get(path).status_code == 404


def test_sqladmin_preview_and_starlette_admin_upload_served_as_html(files: Visitor) -> None:
    """What was uploaded is never a page: no type that a browser runs, kept instead of shown, and a policy that runs nothing."""
    answer = files.get("/uploads/1/file/content/")
    assert answer.content == PAGE
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert files.get("/uploads/1/file/content/", headers={"Range": "bytes=0-3"}).content == PAGE


def test_starlette_admin_file_of_any_row(files: Visitor) -> None:
    """A file is given to whoever may see its row."""
    assert files.get("/uploads/2/file/content/").status_code == 404
    assert Visitor(files.app, "blue").get("/uploads/2/file/content/").content == FOREIGN.encode()


def test_sqladmin_scoped_delete(red: Visitor, small_desk: Engine) -> None:
    """A row that one cannot see cannot be deleted, alone or among others."""
    assert red.submit("/tickets/2/delete/", {"confirm": "1"}).status_code == 404
    red.submit("/tickets/actions/delete/", {"id": ["2", "5"], "confirm": "1"})
    assert stored(small_desk, Ticket, 2).deleted_at is None


def test_sqladmin_and_flask_admin_no_csrf_unless_asked_for(small_desk: Engine) -> None:
    """Without any option a form from elsewhere is refused, actions and the way out are no GET, and a token is good in its session alone."""
    admin = admin_of(small_desk)
    visitor, other = Visitor(admin), Visitor(admin, "blue")
    other.submit("/account/")
    for data in ({}, {"csrf_token": other.token}):  # starlette-admin's is not bound to the session
        assert visitor.post("/tickets/1/change/", data={"title": "Forged", **data}).status_code == 403
    for path in ("/tickets/actions/shout/?id=1&confirm=1", "/logout/"):
        assert visitor.get(path).status_code == 405
    assert stored(small_desk, Ticket, 1).title == "Red one"


def test_sqladmin_saving_replaces_collections(red: Visitor, small_desk: Engine) -> None:
    """What others have added while a form was open stays, in collections and among children."""
    form = red.page("/tickets/1/change/").form("form")
    with Session(small_desk) as session, session.begin():
        session.execute(sa.insert(ticket_labels).values(ticket_id=1, label_id=3))
        session.add(Comment(id=70, team="red", text="meanwhile", ticket_id=1))
    assert red.submit("/tickets/1/change/", {**form, "title": "Saved"}).status_code == 303
    with small_desk.connect() as connection:
        kept = set(
            connection.scalars(sa.select(ticket_labels.c.label_id).where(ticket_labels.c.ticket_id == 1))
        )
    assert kept == {1, 2, 3}
    assert stored(small_desk, Comment, 70).ticket_id == 1


def test_sqladmin_deleting_a_parent_nulls_its_children(small_desk: Engine) -> None:
    """Nothing happens to rows that the page which asks has not shown."""
    chief = Visitor(admin_of(small_desk), "chief")
    page = chief.page("/people/1/delete/")
    assert "Red one" in page.text("main")
    with small_desk.begin() as connection:
        connection.execute(sa.update(Ticket).where(Ticket.id == 4).values(owner_id=1))
    answer = chief.submit(
        "/people/1/delete/", {"plan": page.one("input[name=plan]").get("value"), "confirm": "1"}
    )
    assert answer.status_code == 409
    assert "Red four" in answer.text
    assert [stored(small_desk, Ticket, id).owner_id for id in (1, 4)] == [1, 1]


def test_sqladmin_and_starlette_admin_raw_sql_shown(red: Visitor) -> None:
    """What the database says of a failure, its statement and its values are in no answer, and no text of an address poses as one."""
    for answer in (
        red.submit("/tickets/actions/spoil/", {"id": "1"}),
        confirmed(red, "/tickets/actions/spoil/", {"id": "1"}),
    ):
        for word in ("INSERT", "constraint", "sqlite", "NOT NULL", "sqlalche.me", "VALUES"):
            assert word not in answer.text
    assert FOREIGN not in red.get(f"/login/?error={FOREIGN}").text
    assert FOREIGN not in red.get(f"/?error={FOREIGN}&message={FOREIGN}").text


def test_sqladmin_export_ignores_filters_and_every_peer_writes_formulas(
    red: Visitor, small_desk: Engine
) -> None:
    """An export has the rows of the list, of one's own scope, and no cell that a spreadsheet computes."""
    with small_desk.begin() as connection:
        connection.execute(
            sa.update(Ticket).where(Ticket.id == 1).values(title='=HYPERLINK("http://evil.example")')
        )
    whole = red.get("/tickets/export/?format=csv&columns=title").text
    assert FOREIGN not in whole
    assert "Red four" in whole
    assert not [line for line in whole.splitlines() if line.lstrip('"').startswith(("=", "+", "-", "@"))]
    assert (
        "Red four" not in red.get("/tickets/export/?format=csv&columns=title&title.contains=HYPERLINK").text
    )


def test_sqladmin_validators_add_up(red: Visitor) -> None:
    """A form is the same after it was shown many times."""
    first = red.get("/tickets/1/change/").text
    for _ in range(5):
        last = red.get("/tickets/1/change/").text
    assert abs(len(first) - len(last)) < 200, "tokens and messages aside"
    answer = red.submit("/tickets/1/change/", {"title": ""})
    assert answer.status_code == 422
    assert all(len(messages) == 1 for messages in [[text] for text in parse(answer.text).errors().values()])


def test_sqladmin_audit_keeps_passwords(small_desk: Engine) -> None:
    """That a secret was changed is written down, and never which it is; nothing is of a change that was not kept."""
    upgrade(small_desk)
    visitor = Visitor(admin_of(small_desk, SecretForm))
    form = visitor.page("/tickets/1/change/").form("form")
    assert (
        visitor.submit(
            "/tickets/1/change/", {**form, "secret": "hunter2-new", "title": "Renamed"}
        ).status_code
        == 303
    )
    assert stored(small_desk, Ticket, 1).secret == "hunter2-new"
    with small_desk.connect() as connection:
        records = str(connection.execute(sa.select(change_row)).all())
    assert "Renamed" in records
    assert "hunter2" not in records
    assert "s3cr3t" not in records
    assert "hunter2" not in visitor.get("/tickets/1/history/").text


def test_sqladmin_two_admins_of_one_app(small_desk: Engine) -> None:
    """Each leads to its own pages alone."""
    app = Starlette(routes=[Mount("/a", admin_of(small_desk)), Mount("/b", admin_of(small_desk))])
    for own, other in (("/a/", "/b/"), ("/b/", "/a/")):
        text = Visitor(app).get(f"{own}tickets/").text
        assert f'href="{own}' in text
        assert f'"{other}' not in text


def test_sqladmin_login_that_never_waits_and_forgets_where_to_go(sqlite_engine: Engine) -> None:
    """Guessing is slowed down, and a login leads to the page that was asked for, if it is one of ours."""
    admin = accounts_of(sqlite_engine)
    person(admin, "Ada")
    assert "next=%2Fthings%2F" in Visitor(admin, "").get("/things/").headers["location"]
    assert Browser(admin).enter("Ada", next="/things/").headers["location"] == "/things/"
    guesses = [Browser(admin, "203.0.113.7").enter("Ada", f"guess {n}").status_code for n in range(8)]
    assert guesses[0] == 422
    assert guesses[-1] == 429
