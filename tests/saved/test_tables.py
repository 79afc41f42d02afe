"""Saved views and settings in the tables, written by several requests at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, User
from webadmin.database.own_tables.base import metadata
from webadmin.database.own_tables.lists import list_setting, saved_view
from webadmin.demo.views import register

AT_ONCE = 8

Browser = tuple[TestClient, str]
"""With the token of its session."""


@pytest.fixture
def browsers(shop: Engine) -> list[Browser]:
    """One person at several browsers."""
    metadata.create_all(shop)
    admin = Admin(shop, identify=lambda request: User("Ada"))
    register(admin)
    clients = [TestClient(admin) for _number in range(AT_ONCE)]
    field = "#form input[name=csrf_token]"
    return [(client, parse(client.get("/account/").text).one(field).get("value")) for client in clients]


def all_at_once(browsers: list[Browser], path: str, **fields: str) -> list[int]:
    def send(browser: Browser) -> int:
        client, token = browser
        return client.post(path, data={"csrf_token": token, **fields}, follow_redirects=False).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, browsers))


def rows(engine: Engine, table: sa.Table) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_the_first_settings_of_a_person(browsers: list[Browser], shop: Engine) -> None:
    """Sent from several browsers at once, they make one row and no error."""
    assert set(all_at_once(browsers, "/orders/settings/", density="compact")) == {303}
    assert rows(shop, list_setting) == 1


def test_one_name(browsers: list[Browser], shop: Engine) -> None:
    """Of several views of one name that are saved at once, one is; the others are told."""
    statuses = all_at_once(browsers, "/orders/views/", name="Paid", query="status=paid")
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 409, 422}
    assert rows(shop, saved_view) == 1
