"""Saved views and settings of other people: attacked on every address that takes or shows one."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import parse
from tests.security.desk import FOREIGN, Visitor, admin_of
from webadmin import Admin, User
from webadmin.database.own_tables.base import metadata
from webadmin.database.own_tables.lists import list_setting, saved_view
from webadmin.saved.store import person_of

ACTS = ["rename", "save", "share", "unshare", "delete", "default", "no-default", "up", "down"]
SECRET = "Qjxhidden"
FIELDS = {"name": "Taken", "query": "title=x"}


@pytest.fixture
def own(desk: Engine) -> Admin:
    """The desk's admin with webadmin's own tables."""
    metadata.create_all(desk)
    return admin_of(desk)


@pytest.fixture
def red(own: Admin) -> Visitor:
    return Visitor(own, "red")


@pytest.fixture
def blue(own: Admin) -> Visitor:
    """May share, so that only the person is between them and the views of others."""
    return Visitor(own, "blue")


def save(visitor: Visitor, name: str, query: str = "title.contains=e", **more: str) -> str:
    """Save a view of the tickets; its id."""
    answer = visitor.submit("/tickets/views/", {"name": name, "query": query, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("view=")[2])


def everything(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [connection.execute(sa.select(table)).all() for table in (saved_view, list_setting)]


@pytest.mark.parametrize("act", ACTS)
def test_another_persons_view(red: Visitor, blue: Visitor, desk: Engine, act: str) -> None:
    """Nobody reads or changes it, whatever they may do else: it does not exist for them."""
    id = save(red, SECRET, default="1")
    before = everything(desk)
    answer = blue.submit(f"/tickets/views/{id}/", {"do": act, **FIELDS})
    assert answer.status_code == 404
    assert SECRET not in answer.text
    assert everything(desk) == before


def test_its_name_shows_nowhere(red: Visitor, blue: Visitor) -> None:
    """Not in lists, on the page of views, among the numbers, nor by its address."""
    id = save(red, SECRET, f"title={SECRET}")
    for path, status in (
        ("/tickets/", 200), ("/tickets/views/", 200), ("/tickets/views/counts/", 200), (f"/tickets/?view={id}", 400),
        (f"/tickets/?view={id}&title=x", 200), (f"/tickets/rows?view={id}", 200), (f"/tickets/explain/?view={id}", 400),
        (f"/tickets/columns/?view={id}", 400), (f"/tickets/views/{id}/", 405),
    ):  # fmt: skip
        answer = blue.get(path)
        assert answer.status_code == status, path
        assert SECRET not in answer.text, path


def test_somebody_elses_default_is_not_mine(red: Visitor, blue: Visitor) -> None:
    """Settings are of one person: columns, rows per page, density, the default."""
    save(red, "Mine", default="1")
    red.submit("/tickets/settings/", {"density": "compact", "per_page": "10"})
    red.submit("/tickets/columns/", {"column": "title", "order": "title", "do": "keep"})
    page = blue.page("/tickets/")
    assert page.root.get("data-density") == "comfortable"
    assert len(page.css("#results th[data-head]")) > 1
    assert not page.chips()


@pytest.mark.parametrize("act", ["rename", "save", "share", "unshare", "delete"])
def test_a_shared_view_of_somebody_else(own: Admin, red: Visitor, desk: Engine, act: str) -> None:
    """Without the right to share, it is used and not changed."""
    id = save(red, "For all", shared="1")
    before = everything(desk)
    reader = Visitor(own, "blue", grants="tickets.view tickets.change people.*")
    assert reader.submit(f"/tickets/views/{id}/", {"do": act, **FIELDS}).status_code == 403
    assert everything(desk) == before
    assert reader.submit(f"/tickets/views/{id}/", {"do": "default"}).status_code == 303


def test_under_another_list(red: Visitor, desk: Engine) -> None:
    """A view's id means nothing below another list's address."""
    id = save(red, "Tickets")
    for act in ACTS:
        assert red.submit(f"/people/views/{id}/", {"do": act, **FIELDS}).status_code == 404
    assert red.get(f"/people/?view={id}").status_code == 400


def test_of_a_list_that_may_not_be_seen(own: Admin, red: Visitor) -> None:
    """Whoever may not view the model gets at none of its views, shared or not."""
    id = save(red, "For all", shared="1")
    stranger = Visitor(own, "blue", grants="people.*")
    for path in ("/tickets/views/", "/tickets/views/counts/", f"/tickets/?view={id}", "/tickets/columns/"):
        assert stranger.get(path).status_code == 403
    for path in (f"/tickets/views/{id}/", "/tickets/views/", "/tickets/columns/", "/tickets/settings/"):
        assert stranger.submit(path, {"do": "delete", **FIELDS}).status_code == 403


def test_a_shared_view_shows_only_own_rows(red: Visitor, blue: Visitor) -> None:
    """It is a query string and no right: everybody sees, and counts, their own rows."""
    id = save(blue, "All", "deleted=show", shared="1")
    page = red.page(f"/tickets/?view={id}")
    assert sorted(page.ids()) == ["1", "3", "4"]
    assert FOREIGN.lower() not in red.get(f"/tickets/rows?view={id}").text.lower()
    assert red.page("/tickets/views/counts/").text(f"#n-{id}") == "3"
    assert blue.page("/tickets/views/counts/").text(f"#n-{id}") == "2"


def test_hidden_columns_cannot_be_kept(red: Visitor, desk: Engine) -> None:
    """Neither by choosing them nor in a view, and not even where they stand in the tables."""
    red.submit(
        "/tickets/columns/", {"column": ["title", "secret"], "order": ["secret", "title"], "do": "keep"}
    )
    assert [cell.get("data-head") for cell in red.page("/tickets/").css("th[data-head]")] == ["title"]
    answer = red.submit("/tickets/views/", {"name": "x", "query": "columns=title,secret"})
    assert answer.status_code == 400
    with desk.begin() as connection:
        connection.execute(sa.update(list_setting).values(content='{"columns": ["secret", "code"]}'))
    fresh = Visitor(admin_of(desk), "red")
    assert [cell.get("data-head") for cell in fresh.page("/tickets/").css("th[data-head]")] == ["code"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        "7",
        '{"columns": 7, "per_page": "x", "switches": [], "order": {}, "default": 3}',
        '{"columns": [1, null], "per_page": -5, "switches": {"density": "</html>", "nope": []}}',
    ],
)
def test_settings_that_cannot_be_read(red: Visitor, desk: Engine, content: str) -> None:
    """Count as none."""
    red.submit("/tickets/settings/", {"density": "compact"})
    with desk.begin() as connection:
        connection.execute(sa.update(list_setting).values(content=content))
    page = Visitor(admin_of(desk), "red").page("/tickets/")
    assert page.root.get("data-density") == "comfortable"


def test_names_are_text(own: Admin, red: Visitor) -> None:
    """A view's name and its owner's are shown as they are, wherever they stand."""
    evil = '"><img src=x onerror=alert(1)>{{7*7}}'
    id = save(red, evil, shared="1")
    for visitor in (red, Visitor(own, "blue")):
        page = visitor.page("/tickets/")
        assert page.text(f"#view-{id} bdi") == evil
        assert visitor.page("/tickets/views/").texts(".wa-viewlist h2") == [evil]
        assert not page.css("img")
    owner = Visitor(own, "<b>Eve</b>")
    id = save(owner, "Hers", shared="1")
    assert red.page("/tickets/").one(f"#view-{id}").get("title") == "shared by <b>Eve</b>"


def test_another_person_at_the_same_browser(small_desk: Engine) -> None:
    """What one person's cookie keeps is nothing to the next one, who writes over it."""
    admin = admin_of(small_desk)
    first = Visitor(admin, "red")
    save(first, "Mine", default="1")
    first.submit("/tickets/settings/", {"density": "compact"})
    second = Visitor(admin, "blue")
    second.cookies = first.cookies
    page = second.page("/tickets/")
    assert not page.css(".wa-views")
    assert page.root.get("data-density") == "comfortable"
    save(second, "Other")
    assert second.page("/tickets/views/").texts(".wa-viewlist h2") == ["Other"]


def test_a_cookie_of_ones_own_making(small_desk: Engine) -> None:
    """A cookie that is not signed by this program keeps nothing."""
    admin, other = admin_of(small_desk), admin_of(small_desk)
    forger = Visitor(other, "red")
    save(forger, "Forged")
    visitor = Visitor(admin, "red")
    visitor.cookies = forger.cookies
    assert not visitor.page("/tickets/").css(".wa-views")


def test_who_is_who() -> None:
    """An id is not taken for a name, long or odd names stay apart, and nobody is nobody."""
    assert person_of(User("5")) != person_of(User("Ada", id="5"))
    assert person_of(User("id:5")) != person_of(User("Ada", id="5"))
    assert person_of(User("a" * 500 + "b")) != person_of(User("a" * 500 + "c"))
    assert person_of(User("a\x00b")) != person_of(User("ab"))
    assert all(len(person_of(User(name))) <= 200 for name in ("ö" * 300, "\ud800", "a\nb"))
    assert person_of(User("")) == ""


@pytest.mark.parametrize(
    "path", ["/tickets/views/", "/tickets/views/X/", "/tickets/columns/", "/tickets/settings/"]
)
def test_nothing_changes_by_get(red: Visitor, desk: Engine, path: str, own: Admin) -> None:
    """Addresses that change something do so by POST alone."""
    id = save(red, "Mine")
    before = everything(desk)
    query = "name=x&query=&do=delete&column=title&density=compact&per_page=10&shared=1&default=1"
    assert red.get(f"{path.replace('X', id)}?{query}").status_code in {200, 400, 405}
    assert everything(desk) == before


@pytest.mark.parametrize("id", ["none", "", "../x", "%00", "\u0660", "a" * 5000, "1 OR 1=1"])
def test_ids_that_are_none(red: Visitor, id: str) -> None:
    """Are a page that says so."""
    answer = red.get("/tickets/", params={"view": id})
    assert answer.status_code == (200 if id in {"none", ""} else 400)
    assert parse(answer.text).h1


@pytest.mark.parametrize(
    "letters", ["abc", "\u4e2d\u6587\u5b57\u7b26", "\U0001f600\U0001f680\U0001f9e6", '"\\<']
)
def test_a_cookie_is_never_too_large(small_desk: Engine, letters: str) -> None:
    """Whatever is kept in it, and however it is written, a browser takes the cookie; what has no room is refused."""
    visitor = Visitor(admin_of(small_desk), "red")
    chance = random.Random(1)
    statuses = set()
    for number in range(40):
        name = "".join(chance.choices(letters, k=30)) + str(number)
        query = f"title={''.join(chance.choices(letters, k=60))}"
        answer = visitor.submit("/tickets/views/", {"name": name, "query": query})
        statuses.add(answer.status_code)
        for value in answer.headers.get_list("set-cookie"):
            assert len(value) < 4096
    assert statuses == {303, 422}
    assert visitor.get("/tickets/").status_code == 200
