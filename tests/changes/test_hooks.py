"""The host's own functions."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import pytest
import sqlalchemy as sa
import wtforms
from sqladmin import ModelView as SqladminView
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, ModelView, User
from webadmin.changes.hooks import call_hook
from webadmin.errors import Forbidden


async def slow(value: int) -> tuple[int, str]:
    """A coroutine that waits."""
    await anyio.sleep(0)
    return value * 2, threading.current_thread().name


async def fails() -> None:
    """A coroutine that fails as event loops do."""
    raise RuntimeError("from the hook")


def test_plain() -> None:
    """A plain function gives what it gives."""
    assert call_hook(lambda value: value + 1, 1) == 2


def test_coroutine() -> None:
    """A coroutine is run to its end."""
    assert call_hook(slow, 2)[0] == 4
    with pytest.raises(RuntimeError, match="from the hook"):
        call_hook(fails)


def test_coroutine_in_a_worker() -> None:
    """In a worker thread a coroutine runs on the server's own loop."""

    async def server() -> tuple[int, str]:
        with pytest.raises(RuntimeError, match="from the hook"):
            await anyio.to_thread.run_sync(call_hook, fails)
        found: tuple[int, str] = await anyio.to_thread.run_sync(call_hook, slow, 2)
        return found

    assert anyio.run(server) == (4, threading.current_thread().name)


class Other:
    """Hooks in every shape that hosts write them in."""

    def nothing(self) -> str:
        return "nothing"

    def without_request(self, model: str) -> str:
        return model

    def by_name(self, model: str, *, request: str) -> str:
        return f"{model} {request}"

    @classmethod
    def of_the_class(cls, model: str, request: str) -> str:
        return f"{model} {request}"

    @staticmethod
    def of_nothing(model: str, request: str) -> str:
        return f"{model} {request}"

    async def later(self, model: str) -> str:
        await anyio.sleep(0)
        return model

    def all_of_it(self, *args: str) -> str:
        return " ".join(args)

    def more(self, model: str, request: str, extra: str = "x") -> str:
        return f"{model} {request} {extra}"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "nothing"), ("without_request", "row"), ("by_name", "row asked"), ("of_the_class", "row asked"),
        ("of_nothing", "row asked"), ("later", "row"), ("all_of_it", "row asked"), ("more", "row asked x"),
    ],
)  # fmt: skip
def test_it_gets_what_it_takes(name: str, said: str) -> None:
    """A hook gets as many arguments as it takes, the request also by its name, whatever kind of method it is."""
    assert call_hook(getattr(Other(), name), "row", "asked") == said


@pytest.mark.parametrize("sqladmin", [False, True])
def test_pain_20_hooks_have_the_session(cleared: Engine, sqladmin: bool) -> None:
    """What hooks write with the request's session stands or falls with the change; an ``after_commit`` comes after it, and
    cannot undo it. Views written for sqladmin have the same."""
    said: list[Any] = []

    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id = mapped_column(sa.Integer, primary_key=True)
        text = mapped_column(sa.String(50))

    class Log(Base):
        __tablename__ = "log"
        id = mapped_column(sa.Integer, primary_key=True)
        line = mapped_column(sa.String(50))

    class Hooks:
        async def on_model_change(
            self, data: dict[str, Any], model: Any, is_created: bool, request: Any
        ) -> None:
            await anyio.sleep(0)
            assert request.url.path.startswith("/note/")  # and all that Starlette's request has
            request.session.add(Log(line=f"{'new' if is_created else model.text}: {data['text']}"))

        def after_model_change(self, data: dict[str, Any], model: Any, is_created: bool) -> None:
            if data["text"] == "no":
                raise wtforms.ValidationError("Not this word.")
            if data["text"] == "denied":
                raise Forbidden("Ask somebody else.")
            if data["text"] == "broken":
                raise RuntimeError("s3cr3t")

        async def after_commit(self, change: Any, request: Any) -> None:
            with cleared.connect() as connection:  # of its own: it sees what everybody sees
                seen = connection.scalar(sa.select(sa.func.count()).select_from(Note))
            said.append((change.kind, change.ids, change.label, seen))
            if change.kind == "delete":
                raise RuntimeError("s3cr3t")

    base = SqladminView if sqladmin else ModelView
    keywords: dict[str, Any] = {"model": Note}
    view = type(base)("NoteView", (Hooks, base), {}, **keywords)
    Base.metadata.create_all(cleared)
    admin = Admin(cleared, identify=lambda request: User("Ada"))
    admin.add_view(view)

    def logged() -> list[str]:
        with cleared.connect() as connection:
            return list(connection.scalars(sa.select(Log.line).order_by(Log.id)))

    with TestClient(admin, follow_redirects=False) as client:
        form = parse(client.get("/note/add/").text)
        for text, status, message in (
            ("no", 422, "Not this word."),
            ("denied", 403, "Ask somebody else."),
            ("broken", 500, "nothing was changed"),
        ):
            page = client.post("/note/add/", data=form.form("form") | {"text": text})
            assert page.status_code == status
            assert message in parse(page.text).text("main")
            assert "s3cr3t" not in page.text
            assert parse(page.text).form("form")["text"] == text  # what was typed is still there
        assert (logged(), said) == ([], [])
        assert client.post("/note/add/", data=form.form("form") | {"text": "yes"}).status_code == 303
        assert logged() == ["new: yes"]
        (id,) = parse(client.get("/note/").text).ids()
        edit = parse(client.get(f"/note/{id}/change/").text)
        assert (
            client.post(f"/note/{id}/change/", data=edit.form("form") | {"text": "well"}).status_code == 303
        )
        assert logged() == ["new: yes", "yes: well"]
        plan = parse(client.get(f"/note/{id}/delete/").text)
        assert client.post(f"/note/{id}/delete/", data=plan.form("form")).status_code == 303
        after = parse(client.get("/note/").text)
        assert any("afterwards" in message for message in after.messages())
        assert after.ids() == []
    assert said == [
        ("create", (id,), f"Note {id}", 1), ("change", (id,), f"Note {id}", 1), ("delete", (id,), f"Note {id}", 0),
    ]  # fmt: skip
