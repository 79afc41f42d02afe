"""The parameter that names a saved view, where it could mean something else."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.testclient import TestClient

from tests.pages import Page, parse, query
from webadmin import Admin, ModelView
from webadmin.database.own_tables.base import metadata


class Base(DeclarativeBase):
    pass


class Window(Base):
    __tablename__ = "windows"

    id: Mapped[int] = mapped_column(primary_key=True)
    view: Mapped[str]
    side: Mapped[str]


class WindowView(ModelView, model=Window):
    column_filters = [Window.view, Window.side]


@pytest.fixture
def windows(engine: Engine) -> Any:
    """A list that can be filtered by a column called ``view``."""
    Base.metadata.create_all(engine)
    metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all([Window(view="sea", side="left"), Window(view="yard", side="left")])
    admin = Admin(engine)
    admin.add_view(WindowView)
    return TestClient(admin)


def get(client: TestClient, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


def test_a_column_called_view(windows: TestClient) -> None:
    """It is filtered by as any other, and saved views have another parameter."""
    page = get(windows, "/windows/?view.contains=sea")
    assert page.column("view") == ["sea"]
    fields = page.form("/views/") | {"name": "Sea", "default": "1"}
    saved = parse(windows.post(page.action("/views/"), data=fields).text)
    assert saved.column("view") == ["sea"]
    address = saved.one(".wa-tab[aria-current]").get("href")
    assert [name for name, _value in query(address)] == ["_view"]
    assert get(windows, address).column("view") == ["sea"]
    assert get(windows, "/windows/").column("view") == ["sea"]
    assert len(get(windows, "/windows/?_view=none").ids()) == 2


def test_ids_are_never_used_again(windows: TestClient, engine: Engine) -> None:
    """The address of a deleted view leads to no later one."""
    page = get(windows, "/windows/?side=left")
    form = page.form("/views/")
    first = windows.post(page.action("/views/"), data=form | {"name": "One"}).url.query
    id = parse(windows.get("/windows/").text).css(".wa-tab:has(bdi)")[0].get("id").removeprefix("view-")
    windows.post(f"/windows/views/{id}/", data={"csrf_token": form["csrf_token"], "do": "delete"})
    second = windows.post(page.action("/views/"), data=form | {"name": "Two"}).url.query
    assert first != second
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT name FROM webadmin_saved_view")).scalars().all() == ["Two"]
