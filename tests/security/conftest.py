"""The desk's admin over an empty database of the test's own, on PostgreSQL and on SQLite."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.security.desk import Visitor, admin_of, fill
from webadmin import Admin


@pytest.fixture
def desk(engine: Engine) -> Engine:
    """The filled help desk, once on PostgreSQL and once on SQLite."""
    fill(engine)
    return engine


@pytest.fixture
def small_desk(sqlite_engine: Engine) -> Engine:
    """The same on SQLite alone, for what does not depend on the database."""
    fill(sqlite_engine)
    return sqlite_engine


@pytest.fixture
def admin(desk: Engine) -> Admin:
    return admin_of(desk)


@pytest.fixture
def red(admin: Admin) -> Visitor:
    """A member of the red team, with every right."""
    return Visitor(admin)
