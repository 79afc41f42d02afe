"""The help desk as a user of ``webadmin.testing`` has an application of their own: one database for all tests of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from tests.plugins.databases import BOTH, database_of, file_of
from tests.security.desk import admin_of, fill
from webadmin import Admin, User
from webadmin.database.own_tables.migrate import upgrade
from webadmin.testing import plugin
from webadmin.testing.client import Client

webadmin_connection = plugin.webadmin_connection
webadmin_session = plugin.webadmin_session
webadmin_client = plugin.webadmin_client

RED = User("red")


def _fill(engine: Engine) -> None:
    fill(engine)
    upgrade(engine)


@pytest.fixture(scope="module")
def small_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The filled help desk with a history on SQLite, for what does not depend on the database."""
    with file_of(tmp_path_factory.mktemp("desk") / "desk.db", _fill) as engine:
        yield engine


@pytest.fixture(scope="module", params=BOTH)
def desk(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The filled help desk with a history, which no test changes for good; on PostgreSQL and on SQLite."""
    if request.param == "postgresql":
        with database_of(request.getfixturevalue("server"), _fill) as engine:
            yield engine
    else:
        yield request.getfixturevalue("small_desk")


@pytest.fixture(scope="module")
def webadmin_admin(desk: Engine) -> Admin:
    return admin_of(desk)


@pytest.fixture
def red(webadmin_client: Callable[..., Client]) -> Client:
    """A member of the red team, with every right."""
    return webadmin_client(RED)
