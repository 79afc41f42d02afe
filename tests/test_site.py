"""``Admin``: what it is given, what it checks at start-up, how it stands in an app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests import bridge
from tests.pages import parse
from webadmin import Admin, ModelView, OptionsError
from webadmin.auth.identity import HostIdentity, LocalUser, TokenLogin

# -- what it is given --------------------------------------------------------------------------------------------------


def _async(engine: Engine) -> Any:
    url = engine.url
    return create_async_engine(
        url.set(drivername="sqlite+aiosqlite") if url.get_backend_name() == "sqlite" else url
    )


SOURCES: dict[str, Callable[[Engine], Any]] = {
    "engine": lambda engine: engine,
    "url": lambda engine: engine.url,
    "text": lambda engine: engine.url.render_as_string(hide_password=False),
    "sessionmaker": lambda engine: sessionmaker(engine),
    "async engine": _async,
    "async sessionmaker": lambda engine: async_sessionmaker(_async(engine)),
}


@pytest.mark.parametrize("source", SOURCES)
def test_sources(engine: Engine, source: str) -> None:
    """An engine, an async one, a URL, and a sessionmaker of either kind all lead to the same rows."""
    given = SOURCES[source](bridge.filled(engine))
    admin = bridge.admin_over(given)
    sender = bridge.client(admin)
    assert parse(sender.get("/things/").text).count() == 3
    form = parse(sender.get("/things/1/change/").text).form()
    assert sender.post("/things/1/change/", data={**form, "name": "renamed"}).status_code == 303
    assert bridge.names(engine)[0] == "renamed"
    if admin.runtime.database.engine is not engine:
        admin.runtime.database.engine.dispose()
    if "async" in source:
        asyncio.run((given.kw["bind"] if source == "async sessionmaker" else given).dispose())


def test_the_hosts_sessions(sqlite_engine: Engine) -> None:
    """With a sessionmaker, hooks and scopes get sessions of the host's own class."""
    seen: list[type] = []

    class HostSession(Session):
        pass

    class ThingView(ModelView, model=bridge.Thing):
        def scope(self, stmt: Any, user: Any) -> Any:
            seen.append(type(user.request.session))
            return stmt

    admin = Admin(sessionmaker(bridge.filled(sqlite_engine), class_=HostSession))
    admin.add_view(ThingView)
    assert bridge.client(admin).get("/things/").status_code == 200
    assert all(issubclass(found, HostSession) for found in seen)


@pytest.mark.parametrize("source", [None, 42, object(), "sqlite://", sessionmaker()])
def test_sources_that_are_none(source: Any) -> None:
    """Anything else is refused at once, with what is allowed."""
    with pytest.raises(TypeError, match=r"Engine|memory"):
        Admin(source)


def test_identities(sqlite_engine: Engine) -> None:
    """Nothing, a function or an identity of webadmin's own."""
    assert isinstance(Admin(sqlite_engine).identity, LocalUser)
    assert isinstance(Admin(sqlite_engine, identify=bridge.seen_by).identity, HostIdentity)
    login = TokenLogin()
    assert Admin(sqlite_engine, identify=login).identity is login


# -- registering ----------------------------------------------------------------------------------------------------------


def test_add_models(sqlite_engine: Engine) -> None:
    """Everything that is mapped on a base, once, also where one model has a view already."""

    class ThingView(ModelView, model=bridge.Thing):
        name_plural = "Odds and ends"

    admin = Admin(bridge.filled(sqlite_engine))
    admin.add_view(ThingView)
    admin.add_models(bridge.Base)
    links = parse(bridge.client(admin).get("/").text).links("main a")
    assert links["Odds and ends"] == "/things/"
    assert [view.model for view in admin.registry].count(bridge.Thing) == 1


def test_add_view_is_a_decorator(sqlite_engine: Engine) -> None:
    """It gives the class back."""
    admin = Admin(bridge.filled(sqlite_engine))

    @admin.add_view
    class ThingView(ModelView, model=bridge.Thing):
        page_size = 2

    assert ThingView.page_size == 2
    assert len(parse(bridge.client(admin).get("/things/").text).ids()) == 2


def test_two_views_of_one_model(sqlite_engine: Engine) -> None:
    """Each has an address of its own."""
    admin = Admin(bridge.filled(sqlite_engine))
    admin.add_model(bridge.Thing)
    admin.add_model(
        bridge.Thing, key="first-things", scope=lambda self, stmt, user: stmt.where(bridge.Thing.id == 1)
    )
    sender = bridge.client(admin)
    assert parse(sender.get("/things/").text).count() == 3
    assert parse(sender.get("/first-things/").text).count() == 1
    assert sender.get("/first-things/2/").status_code == 404


# -- checks at start-up ---------------------------------------------------------------------------------------------------


def faulty(engine: Engine) -> Admin:
    class First(ModelView, model=bridge.Thing):
        column_list = ["nmae", "id"]
        column_sortable_list = ["missing"]
        colum_labels = {"id": "Number"}
        column_filter = ["name"]
        page_size = 0

    class Second(ModelView, model=bridge.Thing):
        key = "login"
        column_searchable_list = ["absent"]
        soft_delete_column = "name"
        can_delete = "no"
        form_columns = "name"

    class Third(ModelView):
        pass

    admin = Admin(engine)
    for view in (First, Second, Third):
        admin.add_view(view)
    return admin


def test_one_error_with_every_fault(sqlite_engine: Engine) -> None:
    """One error names each fault of each view: view, option, value and remedy."""
    with pytest.raises(OptionsError) as caught:
        faulty(sqlite_engine).check()
    places = {(fault.view, fault.option) for fault in caught.value.faults}
    assert places >= {
        ("First", "column_filter"),
        ("First", "page_size"),
        ("Second", "key"),
        ("Second", "can_delete"),
        ("Second", "form_columns"),
        ("Third", "model"),
    }
    text = str(caught.value)
    assert "did you mean column_filters" in text
    assert all(str(fault) in text for fault in caught.value.faults)


def test_names_that_do_not_exist(sqlite_engine: Engine) -> None:
    """What an option names must exist."""
    admin = Admin(sqlite_engine)
    admin.add_model(
        bridge.Thing,
        column_list=["nmae", "id"],
        column_sortable_list=["missing"],
        column_searchable_list=["absent"],
        column_filters=["nothing"],
        soft_delete_column="name",
        form_columns=["void"],
    )
    with pytest.raises(OptionsError) as caught:
        admin.check()
    options = {fault.option for fault in caught.value.faults}
    assert options == {
        "column_list",
        "column_sortable_list",
        "column_searchable_list",
        "column_filters",
        "soft_delete_column",
        "form_columns",
    }


def test_the_program_does_not_start(sqlite_engine: Engine) -> None:
    """Served by itself, an admin with faulty options stops the server before the first request."""
    with pytest.raises(OptionsError), TestClient(faulty(sqlite_engine)):
        pass


@pytest.mark.parametrize("view", [bridge.Thing, object, "things", None])
def test_views_that_are_none(sqlite_engine: Engine, view: Any) -> None:
    """``add_view`` takes view classes only, and says so."""
    with pytest.raises(TypeError, match="ModelView"):
        Admin(sqlite_engine).add_view(view)


# -- in an app ----------------------------------------------------------------------------------------------------------------


TARGETS = {
    "/things": "/things/",
    "/things?page=1&q=a%20b": "/things/?page=1&q=a%20b",
    "/things/a%2Cb": "/things/a,b/",
    "/things/%C3%BC%3F%25": "/things/%C3%BC%3F%25/",
    "//evil.example/things": "/evil.example/things/",
    "///evil.example": "/evil.example/",
    "/%5Cevil.example": "/evil.example/",
    "/%5C%5Cevil.example/x": "/evil.example/x/",
    "/%2F%2Fevil.example/x": "/evil.example/x/",
}


def test_a_missing_slash(sqlite_engine: Engine, live: Callable[[Any], str]) -> None:
    """It is added, the query stays, and nobody is led to another host."""
    connection = HTTPConnection(live(bridge.admin_over(bridge.filled(sqlite_engine))).removeprefix("http://"))
    for path, target in TARGETS.items():
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, answer.headers["location"]) == (308, target)
    connection.close()


def test_lifespan(sqlite_url: str) -> None:
    """Served by itself, it closes the pool that it made at the end."""
    engine = create_engine(sqlite_url)
    bridge.filled(engine)
    engine.dispose()
    admin = bridge.admin_over(sqlite_url)
    with TestClient(admin) as sender:
        assert sender.get("/things/").status_code == 200
        pool = admin.runtime.database.engine.pool
    assert admin.runtime.database.engine.pool is not pool


def test_requests_at_the_same_time(sqlite_engine: Engine, live: Callable[[Any], str]) -> None:
    """More requests than connections wait for each other and all get their page."""
    bridge.filled(sqlite_engine)
    small = create_engine(sqlite_engine.url, pool_size=2, max_overflow=0, pool_timeout=5)
    address = live(bridge.admin_over(small))

    async def ask() -> list[int]:
        async with httpx.AsyncClient(base_url=address, timeout=30) as sender:
            answers = await asyncio.gather(*(sender.get("/things/") for _ in range(20)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(ask()) == [200] * 20
    small.dispose()


def test_own_templates(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A template of the host's wins over webadmin's."""
    (tmp_path / "error.html").write_text(
        '{% extends "base.html" %}{% block main %}<h1>Oh no</h1>{% endblock %}'
    )
    admin = bridge.admin_over(bridge.filled(sqlite_engine), templates_dir=tmp_path)
    assert parse(bridge.client(admin).get("/nope/").text).h1 == "Oh no"


def test_a_websocket_is_refused(sqlite_engine: Engine) -> None:
    """There is nothing to talk to."""
    app = Starlette(routes=[Mount("/admin", bridge.admin_over(sqlite_engine))])
    with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect("/admin/things/"):
        pass
