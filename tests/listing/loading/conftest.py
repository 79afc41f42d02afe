"""Admins over a database, and the statements that each of their pages sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from tests.listing.loading.odd import MODELS, fill
from tests.pages import Page, parse
from webadmin import Admin, ModelView

_SETTINGS = ("SET ", "PRAGMA ", "BEGIN", "SAVEPOINT", "RELEASE", "SELECT set_config")


class Desk:
    """An admin without a host around it, whose statements are counted."""

    def __init__(self, engine: Engine, *views: type[ModelView], **settings: Any) -> None:
        self.admin = Admin(engine, **settings)
        for view in views:
            self.admin.add_view(view)
        self.client = TestClient(self.admin, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000))
        self.engine = engine

    def get(self, path: str, status: int = 200) -> tuple[Page, list[str]]:
        """The page at an address, and the statements that it took."""
        with sent(self.engine) as statements:
            answer = self.client.get(path)
        assert answer.status_code == status, f"{path} answers {answer.status_code}"
        return parse(answer.text), statements


@contextmanager
def sent(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, without what sets up a transaction."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if not sql.startswith(_SETTINGS):
            found.append(sql)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plain(model: type) -> type[ModelView]:
    """A view without a single option."""
    return type(f"{model.__name__}View", (ModelView,), {"model": model})


@pytest.fixture
def odd(engine: Engine) -> Desk:
    """An admin of the odd models, without a single option."""
    fill(engine)
    return Desk(engine, *map(plain, MODELS))
