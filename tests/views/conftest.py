"""The demo's shop as an HTTP client sees it: to read on a shared copy, to write on one of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.pages import Page, parse
from tests.plugins.databases import BOTH
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.app import build

_SETTINGS = ("SET ", "PRAGMA ", "BEGIN", "SAVEPOINT", "RELEASE", "SELECT set_config")


@dataclass
class Admin:
    """The shop's admin below ``/admin``, with the engine under it."""

    client: TestClient
    engine: Engine

    def get(self, path: str, status: int = 200, **headers: str) -> Page:
        """The page at an address below the mount point, or at a whole one."""
        answer = self.client.get(self._whole(path), headers=headers)
        assert answer.status_code == status, f"{path} answers {answer.status_code}"
        return parse(answer.text)

    def post(self, path: str, fields: dict[str, Any], status: int = 303) -> Page:
        """What a POST answers; where it redirects to, the page there."""
        answer = self.client.post(self._whole(path), data=fields, follow_redirects=False)
        assert answer.status_code == status, f"{path} answers {answer.status_code}"
        return self.get(answer.headers["location"]) if status == 303 else parse(answer.text)

    def confirm(self, page: Page, which: str = "form", **changed: Any) -> Page:
        """Send a form of a page as it stands, but for what is changed; the page that follows."""
        return self.post(page.action(which), page.form(which) | changed)

    def act(self, list_page: Page, action: str, ids: list[str], status: int = 200) -> Page:
        """Press a button of the bar of chosen rows."""
        token = list_page.one("#bulk input[name=csrf_token]").get("value")
        button = list_page.one(f'#bulk button[value="{action}"]')
        return self.post(button.get("formaction"), {"csrf_token": token, "id": ids}, status)

    def value(self, statement: sa.Executable) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(statement).scalar()

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The statements that reach the database meanwhile, without what sets up a transaction."""
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith(_SETTINGS):
                seen.append(statement)

        sa.event.listen(self.engine, "before_cursor_execute", note)
        yield seen
        sa.event.remove(self.engine, "before_cursor_execute", note)

    @staticmethod
    def _whole(path: str) -> str:
        return path if path.startswith("/admin") else f"/admin{path}"


@pytest.fixture(scope="session")
def readers(kept_shop: Callable[[str], Engine]) -> Callable[[str], Admin]:
    """For each dialect one admin a worker."""
    made: dict[str, Admin] = {}

    def get(dialect: str) -> Admin:
        if dialect not in made:
            engine = kept_shop(dialect)
            made[dialect] = Admin(TestClient(build(engine)), engine)
        return made[dialect]

    return get


@pytest.fixture(params=BOTH)
def reader(request: pytest.FixtureRequest, readers: Callable[[str], Admin]) -> Admin:
    """The shop, to read only; the test runs once for PostgreSQL and once for SQLite."""
    found = readers(request.param)
    found.client.cookies.clear()
    return found


@pytest.fixture
def admin(shop: Engine) -> Admin:
    """The test's own shop, to change."""
    return Admin(TestClient(build(shop)), shop)


@pytest.fixture
def kept(shop: Engine) -> Admin:
    """The test's own shop, to change, with a history of what is changed."""
    upgrade(shop)
    return Admin(TestClient(build(shop)), shop)
