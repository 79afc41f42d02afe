"""Fixtures for pytest: ``pytest_plugins = ["webadmin.testing.plugin"]`` in the topmost ``conftest.py``.

They ask for one fixture of your own, ``webadmin_admin``, which returns the ``Admin``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webadmin.site import Admin
from webadmin.testing.client import Client
from webadmin.testing.transaction import rolled_back


@pytest.fixture(scope="session")
def webadmin_admin() -> Admin:
    """The admin that is tested. To be overridden."""
    raise pytest.UsageError("write a fixture named webadmin_admin that returns your webadmin.Admin")


@pytest.fixture
def webadmin_connection(webadmin_admin: Admin) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back after the test; the admin works in it."""
    with rolled_back(webadmin_admin) as connection:
        yield connection


@pytest.fixture
def webadmin_session(webadmin_connection: Connection) -> Iterator[Session]:
    """A session on :func:`webadmin_connection`; what it commits is seen by the admin, and rolled back after the test."""
    with Session(
        webadmin_connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as session:
        yield session


@pytest.fixture
def webadmin_client(webadmin_admin: Admin, webadmin_connection: Connection) -> Callable[..., Client]:
    """A client for a person: ``webadmin_client(User("ada", grants=["orders.view"]))``."""
    return partial(Client, webadmin_admin)
