"""The odd schemas as ``webadmin serve`` shows them, on both databases."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, create_engine
from starlette.testclient import TestClient

from tests.database.reflection.odd import SCHEMAS, load_postgresql, load_sqlite
from tests.pages import Page, parse
from tests.plugins.databases import BOTH, fresh_name
from webadmin import Admin
from webadmin.database.reflection import reflect
from webadmin.demo.server import EmbeddedServer


@dataclass
class Served:
    """A database that has no models, as an HTTP client sees it."""

    client: TestClient
    engine: Engine
    admin: Admin

    def get(self, path: str, status: int = 200) -> Page:
        """The page at an address."""
        answer = self.client.get(path)
        assert answer.status_code == status, f"{path} answers {answer.status_code}"
        return parse(answer.text)

    def post(self, path: str, fields: dict[str, Any], status: int = 303) -> Page:
        """What a POST answers; where it redirects to, the page there."""
        answer = self.client.post(path, data=fields, follow_redirects=False)
        assert answer.status_code == status, f"{path} answers {answer.status_code}: {answer.text[:300]}"
        return self.get(answer.headers["location"]) if status == 303 else parse(answer.text)

    def save(self, path: str, status: int = 303, **typed: Any) -> Page:
        """Open a form, type, send it."""
        page = self.get(path)
        assert set(typed) <= {field.get("name") for field in page.css("#form [name]")}
        return self.post(page.action("form"), page.form("form") | typed, status)

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What the database itself says."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]

    @property
    def keys(self) -> list[str]:
        """The keys of all lists but that of a table which nobody can read."""
        return [key for key in self.admin.registry.views if key != "far_away"]


def serve(engine: Engine) -> Served:
    """An admin over what is in the database, as the command line makes it."""
    admin = Admin(engine, title="Odd")
    admin.add_models(reflect(engine, schemas=SCHEMAS[engine.dialect.name]).models)
    return Served(TestClient(admin), engine, admin)


@pytest.fixture(scope="session")
def odd_template(server: EmbeddedServer) -> str:
    """The name of a PostgreSQL database with the odd schema, to be copied."""
    name = fresh_name()
    load_postgresql(server.create_database(name)).dispose()
    return name


@pytest.fixture(scope="session")
def odd_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the odd schema, to be copied."""
    path = tmp_path_factory.mktemp("odd") / "odd.db"
    load_sqlite(path).dispose()
    return path


@contextmanager
def copies(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Served]]:
    """For each dialect one served copy, made when it is asked for."""
    made: dict[str, Served] = {}

    def get(dialect: str) -> Served:
        if dialect not in made:
            folder = tmp_path_factory.mktemp("served")
            made[dialect] = serve(create_engine(_copy(request, dialect, folder)))
        return made[dialect]

    yield get
    for served in made.values():
        served.engine.dispose()


@pytest.fixture(scope="session")
def served_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Served]]:
    """For each dialect one served copy a worker, to read only."""
    with copies(request, tmp_path_factory) as get:
        yield get


def _copy(request: pytest.FixtureRequest, dialect: str, folder: Path) -> str:
    if dialect == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('odd_file'), folder / 'odd.db')}"
    server: EmbeddedServer = request.getfixturevalue("server")
    return server.create_database(fresh_name(), template=request.getfixturevalue("odd_template"))


@pytest.fixture(params=BOTH)
def served(request: pytest.FixtureRequest, served_once: Callable[[str], Served]) -> Served:
    """The odd schema served, to read; the test runs once for PostgreSQL and once for SQLite."""
    found = served_once(request.param)
    found.client.cookies.clear()
    return found


@pytest.fixture(params=BOTH)
def served_alone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """The test's own odd schema served, to change."""
    engine = create_engine(_copy(request, request.param, tmp_path))
    yield serve(engine)
    engine.dispose()


@pytest.fixture
def served_pg(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """The test's own odd schema served from PostgreSQL, to change."""
    engine = create_engine(_copy(request, "postgresql", tmp_path))
    yield serve(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a small SQLite file, to read."""
    path = tmp_path_factory.mktemp("small") / "small.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("CREATE TABLE other (id INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO thing (name) VALUES ('one')")
    connection.close()
    return f"sqlite:///{path}"
