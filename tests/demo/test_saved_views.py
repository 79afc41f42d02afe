"""The demo makes webadmin's own tables and shares some views of its lists."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin.database.own_tables.base import is_current
from webadmin.database.own_tables.lists import saved_view
from webadmin.demo.app import build
from webadmin.demo.saved_views import SHARED, prepare


def test_views_are_shared_once(shop: Engine) -> None:
    """A view that somebody deletes stays away when the demo starts again."""
    prepare(shop)
    with shop.begin() as connection:
        assert is_current(connection)
        connection.execute(sa.delete(saved_view).where(saved_view.c.name == "To send"))
    prepare(shop)
    with shop.connect() as connection:
        names = connection.execute(sa.select(saved_view.c.name)).scalars().all()
    assert sorted(names) == sorted(name for _key, name, _query in SHARED if name != "To send")


def test_every_view_shows_a_list(shop: Engine) -> None:
    """All that they ask for exists, also on the other database, and is canonical: none is changed when it is opened."""
    prepare(shop)
    client = TestClient(build(shop))
    for key in {key for key, _name, _query in SHARED}:
        for tab in parse(client.get(f"/admin/{key}/").text).css(".wa-tab:has(bdi)"):
            page = parse(client.get(tab.get("href")).text)
            assert page.text(".wa-tab[aria-current] bdi") == tab.cssselect("bdi")[0].text_content()
            assert not page.css(".wa-tab__dot, #save-view")
            again = parse(client.get(page.links("thead a")[next(iter(page.links("thead a")))]).text)
            assert again.css(".wa-tab__dot")
