"""Deleting and restoring, in the transaction of the request, with hooks."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from starlette.testclient import TestClient
from wtforms import ValidationError

from tests.forms.posting import context, registry, view_of
from tests.pages import Page, parse
from webadmin import Admin, ModelView, User, action
from webadmin.changes.apply import delete, restore
from webadmin.errors import Conflict
from webadmin.mixins import UtcDateTime


def soft(type_: Any) -> Any:
    """A model with a unique name among the live rows, whose mark of deletion is of this type."""

    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id = mapped_column(sa.Integer, primary_key=True)
        name = mapped_column(sa.String(20))
        deleted_at = mapped_column(type_)
        version = mapped_column(sa.Integer, nullable=False)
        __mapper_args__ = {"version_id_col": version}
        __table_args__ = (
            sa.Index(
                "one_live",
                name,
                unique=True,
                postgresql_where=deleted_at.is_(None),
                sqlite_where=deleted_at.is_(None),
            ),
        )

    return Note


@pytest.mark.parametrize(
    "type_", [sa.Date(), sa.DateTime(), sa.DateTime(timezone=True), UtcDateTime()], ids=str
)
def test_marks(cleared: Engine, type_: Any) -> None:
    """A deleted row is marked with the time, in the way of its column; restoring takes the mark off; versions go on."""
    note = soft(type_)
    note.metadata.create_all(cleared)
    with context(cleared, registry(note)) as ctx:
        row = note(id=1, name="a")
        ctx.session.add(row)
        ctx.session.flush()
        assert delete(ctx, view_of(ctx, note), [row]) == 1
        ctx.session.refresh(row)
        found, now = row.deleted_at, dt.datetime.now(dt.UTC)
        if isinstance(found, dt.datetime):
            moment = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
            assert abs(now - moment) < dt.timedelta(minutes=1)
        else:
            assert abs(now.date() - found) < dt.timedelta(days=2)
        assert restore(ctx, view_of(ctx, note), [row]) == 1
        ctx.session.refresh(row)
        assert (row.deleted_at, row.version) == (None, 3)


def test_in_the_way(cleared: Engine) -> None:
    """A row whose unique value a live row has taken is not restored; the other is named, with a link."""
    note = soft(sa.DateTime())
    note.metadata.create_all(cleared)
    with context(cleared, registry(note)) as ctx:
        gone = [note(id=n, name="same", deleted_at=dt.datetime(2026, 1, n)) for n in (1, 2)]
        ctx.session.add_all([*gone, note(id=3, name="same")])
        ctx.session.commit()
        with pytest.raises(Conflict) as raised:
            restore(ctx, view_of(ctx, note), gone[:1])
        assert raised.value.message.startswith("Name “same” is now used by same.")
        assert (raised.value.link, raised.value.link_label) == ("./3/", "same")
        ctx.session.rollback()
        ctx.session.delete(ctx.session.get_one(note, 3))
        ctx.session.commit()
        with pytest.raises(Conflict, match="used by same too"):  # two of the same name at once
            restore(ctx, view_of(ctx, note), gone)


Ask = Callable[..., Any]


class Site:
    """An admin over notes whose hooks write down what they see, and a person who uses it."""

    def __init__(self, engine: Engine) -> None:
        self.note = note = soft(sa.DateTime())
        self.engine = engine
        self.seen: list[Any] = []
        self.refuse: Exception | None = None
        site = self

        class NoteView(ModelView, model=note):
            async def on_model_delete(self, model: Any, request: Any) -> None:
                await asyncio.sleep(0)
                assert request.session.get(note, model.id) is model
                site.seen.append(("delete", model.id))
                if site.refuse is not None and model.id == 2:
                    raise site.refuse

            def after_model_delete(self, model: Any, request: Any) -> None:
                site.seen.append(("deleted", model.id))

            def on_model_change(self, data: Any, model: Any, is_created: bool, request: Any) -> None:
                site.seen.append(("change", model.id))
                if site.refuse is not None and model.id == 2:
                    raise site.refuse

            @action()
            async def shout(self, rows: Any, request: Any) -> str:
                for row in rows:
                    row.name = row.name.upper()
                if site.refuse is not None:
                    raise site.refuse
                return f"{len(rows)} louder"

        note.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([note(id=n, name=f"n{n}") for n in range(1, 5)])
            session.commit()
        admin = Admin(engine, identify=lambda request: User("Ada"))
        admin.add_view(NoteView)
        self.client = TestClient(admin, follow_redirects=False, raise_server_exceptions=False)

    def post(self, address: str, **data: Any) -> Any:
        token = parse(self.client.get("/note/add/").text).form("form")["csrf_token"]
        return self.client.post(address, data={"csrf_token": token, **data})

    def live(self) -> list[int]:
        note = self.note
        with Session(self.engine) as session:
            return list(
                session.scalars(sa.select(note.id).where(note.deleted_at.is_(None)).order_by(note.id))
            )

    def next_page(self) -> Page:
        return parse(self.client.get("/note/").text)


@pytest.fixture
def site(cleared: Engine) -> Site:
    return Site(cleared)


def test_delete_and_restore(site: Site) -> None:
    """One row and several, through the pages, with hooks in the transaction."""
    assert site.client.get("/note/1/delete/").status_code == 200
    assert site.post("/note/1/delete/").status_code == 303
    assert site.live() == [2, 3, 4]
    assert site.post("/note/1/delete/").status_code == 404
    assert site.post("/note/1/restore/").status_code == 303
    assert site.post("/note/1/restore/").status_code == 303
    assert site.live() == [1, 2, 3, 4]
    asked = site.post("/note/actions/delete/", id=["1", "3", "99", "x"])
    assert asked.status_code == 200
    assert site.live() == [1, 2, 3, 4]
    assert site.post("/note/actions/delete/", id=["1", "3"], confirm="1").status_code == 303
    assert site.live() == [2, 4]
    assert site.post("/note/actions/restore/", id=["1", "2", "3"]).status_code == 303
    assert site.live() == [1, 2, 3, 4]
    assert site.seen == [
        ("delete", 1), ("deleted", 1), ("change", 1), ("delete", 1), ("delete", 3), ("deleted", 1), ("deleted", 3),
        ("change", 1), ("change", 3),
    ]  # fmt: skip
    assert site.client.get("/note/1/restore/").status_code == 405


@pytest.mark.parametrize(
    ("error", "status"), [(ValidationError("Not on Sundays."), 422), (RuntimeError("secret text"), 500)]
)
def test_hooks_that_fail(site: Site, error: Exception, status: int) -> None:
    """A hook that fails takes all back; only what it says on purpose is shown."""
    site.refuse = error
    answer = site.post("/note/actions/delete/", id=["1", "2", "3"], confirm="1")
    assert answer.status_code == status
    text = " ".join(parse(answer.text).texts("main"))
    assert ("Not on Sundays." in text) is (status == 422)
    assert "secret text" not in answer.text
    assert site.live() == [1, 2, 3, 4]
    site.refuse = None
    site.post("/note/actions/delete/", id=["1", "2"], confirm="1")
    site.refuse = error
    assert site.post("/note/actions/restore/", id=["1", "2"]).status_code == status
    assert site.live() == [3, 4]


def test_restore_all_or_none(site: Site) -> None:
    """Where one of the chosen rows cannot come back, none does, and the page leads to the row in the way."""
    site.post("/note/actions/delete/", id=["1", "2"], confirm="1")
    with Session(site.engine) as session:
        session.get_one(site.note, 3).name = "n2"
        session.commit()
    answer = site.post("/note/actions/restore/", id=["1", "2"])
    assert answer.status_code == 409
    assert site.live() == [3, 4]
    page = parse(answer.text)
    assert "Name “n2” is now used by n2." in " ".join(page.texts("main"))
    links = [link.get("href") for link in page.css("main a")]
    assert "/note/3/" in links
    assert site.client.get("/note/3/").status_code == 200


def test_purge(site: Site) -> None:
    """Only a deleted row can be removed for good."""
    assert site.client.get("/note/1/purge/").status_code == 404
    site.post("/note/1/delete/")
    plan = parse(site.client.get("/note/1/purge/").text).form("form")
    assert (
        site.post("/note/1/purge/", **{name: plan[name] for name in ("plan", "confirm")}).status_code == 303
    )
    assert site.client.get("/note/1/").status_code == 404


def test_actions(site: Site) -> None:
    """An action of one's own asks first, then acts and says so."""
    asked = site.post("/note/actions/shout/", id=["1", "2"])
    assert asked.status_code == 200
    assert site.post("/note/actions/shout/", id=["1", "2"], confirm="1").status_code == 303
    assert "2 louder" in " ".join(site.next_page().messages())
    site.refuse = ValidationError("Not on Sundays.")
    refused = site.post("/note/actions/shout/", id=["3"], confirm="1")
    assert refused.status_code == 422
    assert "Not on Sundays." in " ".join(parse(refused.text).texts("main"))
    assert site.post("/note/actions/nothing/", id=["1"]).status_code in {403, 404}
    assert site.post("/note/actions/shout/").status_code == 400
    assert site.post("/note/actions/shout/", id=["99"]).status_code == 404
    assert site.post("/note/actions/delete/", id=[str(n) for n in range(1001)]).status_code == 413


def test_a_plan_that_changed(cleared: Engine) -> None:
    """A deletion that reaches other rows than the page showed is shown again, of one row and of several."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id = mapped_column(sa.Integer, primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id = mapped_column(sa.Integer, primary_key=True)
        parent_id = mapped_column(sa.ForeignKey("parent.id", ondelete="CASCADE"))

    Base.metadata.create_all(cleared)
    admin = Admin(cleared, identify=lambda request: User("Ada"))
    admin.add_models(Base)
    with Session(cleared) as session, TestClient(admin, follow_redirects=False) as client:
        session.add_all([Parent(id=1), Parent(id=2)])
        session.commit()
        one = parse(client.get("/parent/1/delete/").text).form("form")
        token = {"csrf_token": one["csrf_token"]}
        several = parse(client.post("/parent/actions/delete/", data=token | {"id": ["1", "2"]}).text).form(
            "form"
        )
        session.add(Child(id=1, parent_id=1))
        session.commit()
        for address, form in (("/parent/1/delete/", one), ("/parent/actions/delete/", several)):
            answer = client.post(address, data=form)
            assert answer.status_code == 409
            again = parse(answer.text)
            assert [line.get("data-rows") for line in again.css("#plan-deleted li")] == ["1"]
        assert client.post("/parent/actions/delete/", data=again.form("form")).status_code == 303
        assert session.scalar(sa.select(sa.func.count()).select_from(Child)) == 0
