"""What a list costs that may have saved views: as little as one that has none, nearly always."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.pages import parse
from tests.views.conftest import Admin
from tests.views.saved.conftest import Person, tabs, who
from webadmin import Admin as Site
from webadmin.database.own_tables import there
from webadmin.database.own_tables.base import metadata
from webadmin.database.own_tables.lists import list_setting, saved_view
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.models import Customer
from webadmin.demo.views import register
from webadmin.saved import shelf

HEAVY = "/orders/?customer=KEY&status=paid&status=sent&q=gift&columns=number,customer,lines,status"


def visitor(engine: Engine, name: str = "Ada") -> Person:
    """Somebody at a process of its own."""
    site = Site(engine, identify=who, secret_key="shared by all processes")
    register(site)
    app = Starlette(routes=[Mount("/admin", site)])
    return Person(TestClient(app, headers={"x-user": name}), engine)


def cost(person: Admin, path: str = "/orders/") -> int:
    with person.statements() as sent:
        person.get(path)
    return len(sent)


def asked_own(person: Admin) -> int:
    """How many statements a list sends to webadmin's own tables."""
    with person.statements() as sent:
        person.get("/orders/")
    return len([stmt for stmt in sent if "webadmin_" in stmt])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered for any time."""
    monkeypatch.setattr(shelf, "FRESH", -1.0)
    monkeypatch.setattr(there, "_ASK_AGAIN", -1.0)


def test_no_tables_cost_nothing(shop: Engine) -> None:
    """Not even on the first page, and nothing is said or logged about them."""
    person = visitor(shop)
    assert asked_own(person) == 0


def test_one_statement_in_half_a_minute(shop: Engine) -> None:
    """Views and settings come together, and are remembered, also where there are none."""
    metadata.create_all(shop)
    person = visitor(shop)
    for name in ("One", "Two"):
        assert asked_own(person) == 1
        assert asked_own(person) == 0
        person.save("status=paid", name)
        person.client.cookies.clear()


@pytest.mark.parametrize(
    "path",
    ["/orders/", HEAVY, "/orders/?columns=tags,lines,customer&customer=KEY&page=last", "/products/?q=zzzz"],
)
def test_never_more_than_four(shop: Engine, path: str, impatient: None) -> None:
    """With the one for views and settings too, also when none is remembered."""
    metadata.create_all(shop)
    person = visitor(shop)
    path = path.replace("KEY", str(person.value(sa.select(Customer.id).limit(1))))
    assert cost(person, path) <= 4
    assert cost(person, path) <= 4


def test_own_changes_are_seen_at_once(shop: Engine) -> None:
    """In every process: the cookie tells the others that there is something new."""
    metadata.create_all(shop)
    here, there = visitor(shop), visitor(shop)
    for person in (here, there):
        assert not person.views()
    here.save("status=paid", "Paid")
    assert list(here.views()) == ["Paid"]
    there.client.cookies = here.client.cookies
    assert list(there.views()) == ["Paid"]


def test_changes_of_others_are_seen_soon(shop: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same process at once, elsewhere when what is remembered is old."""
    metadata.create_all(shop)
    ada, elsewhere = visitor(shop), visitor(shop, "Bob")
    neighbour = Person(TestClient(ada.client.app, headers={"x-user": "Bob"}), shop)
    assert not neighbour.views()
    assert not elsewhere.views()
    ada.save("status=paid", "Paid", shared="1")
    assert list(neighbour.views()) == ["Paid"]
    assert not elsewhere.views()
    later = time.monotonic() + shelf.FRESH + 1
    monkeypatch.setattr(shelf.time, "monotonic", lambda: later)
    assert list(elsewhere.views()) == ["Paid"]


def test_tables_come_and_go(shop: Engine, impatient: None) -> None:
    """Made while the program runs, they are used soon; gone, one page fails and all others go on without."""
    person = visitor(shop)
    page = person.get("/orders/?status=paid")
    assert page.css("#save-view .wa-help")
    upgrade(shop)
    assert not person.get("/orders/?status=paid").css("#save-view .wa-help")
    person.save("status=paid", "Paid")
    with shop.begin() as connection:
        saved_view.drop(connection)
        list_setting.drop(connection)
    assert person.client.get("/admin/orders/").status_code == 503
    assert person.get("/orders/?status=paid").css("#save-view .wa-help")


@pytest.fixture
def without_right(shop_pg: Engine) -> Iterator[Engine]:
    """The shop as a role sees it that may do everything but use webadmin's tables."""
    upgrade(shop_pg)
    with shop_pg.begin() as connection:
        connection.execute(sa.text("CREATE ROLE poor LOGIN"))
        connection.execute(sa.text("GRANT ALL ON ALL TABLES IN SCHEMA public TO poor"))
        connection.execute(sa.text("REVOKE INSERT ON webadmin_saved_view FROM poor"))
    engine = sa.create_engine(shop_pg.url.set(username="poor"))
    yield engine
    engine.dispose()
    with shop_pg.begin() as connection:
        connection.execute(sa.text("DROP OWNED BY poor"))
        connection.execute(sa.text("DROP ROLE poor"))


def test_no_right_to_the_tables(without_right: Engine) -> None:
    """The browser keeps the views then."""
    person = visitor(without_right)
    page = person.save("status=paid", "Paid")
    assert list(tabs(page)) == ["Paid"]
    assert person.get("/orders/views/").css("main .wa-note")


def test_a_database_that_does_not_tell(without_right: Engine, shop_pg: Engine) -> None:
    """An account that may not even ask gets its lists all the same."""
    with shop_pg.begin() as connection:
        connection.execute(sa.text("GRANT ALL ON webadmin_saved_view TO poor"))
        connection.execute(sa.text("REVOKE EXECUTE ON FUNCTION to_regclass(text) FROM PUBLIC"))
    assert visitor(without_right).get("/orders/?status=paid").css("#save-view .wa-help")


def test_a_read_only_admin_writes_nothing(shop: Engine) -> None:
    """Not even views: the browser keeps them."""
    metadata.create_all(shop)
    site = Site(shop, read_only=True)
    register(site)
    client = TestClient(site)
    page = client.get("/orders/?status=paid")
    assert page.status_code == 200
    person = Person(client, shop)
    token = _token(client)
    answer = client.post("/orders/views/", data={"csrf_token": token, "name": "x", "query": "status=paid"})
    assert answer.status_code == 200
    assert person.value(sa.select(sa.func.count()).select_from(saved_view)) == 0


def _token(client: TestClient) -> str:
    return str(parse(client.get("/account/").text).one("#form input[name=csrf_token]").get("value"))
