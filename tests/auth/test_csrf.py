"""No page elsewhere can post in the name of a person who is logged in here."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests import bridge
from tests.pages import parse
from webadmin import Admin
from webadmin.request import AdminRequest, Answer


@pytest.fixture
def admin(sqlite_engine: Engine) -> Admin:
    return bridge.admin_over(bridge.filled(sqlite_engine))


def echo(request: AdminRequest) -> Answer:
    return bridge.page()


def test_csrf(admin: Admin) -> None:
    """A POST needs the session's own token: none, a wrong one, or another session's is refused."""
    app = bridge.through(admin, echo)
    assert bridge.posted(admin, app).status_code == 200
    sender, other = bridge.client(app), bridge.client(app)
    own, foreign = bridge.token(admin, sender), bridge.token(admin, other)
    for data in (
        {},
        {"csrf_token": ""},
        {"csrf_token": foreign},
        {"csrf_token": own[:-1]},
        {"csrf_token": "ü"},
    ):
        assert sender.post("/", data=data).status_code == 403
    assert bridge.client(app).post("/", data={"csrf_token": own}).status_code == 403
    assert sender.post("/", data={"csrf_token": own}).status_code == 200


def test_csrf_by_header(admin: Admin) -> None:
    """htmx sends the token as a header."""
    app = bridge.through(admin, echo)
    sender = bridge.client(app)
    own = bridge.token(admin, sender)
    assert sender.post("/", headers={"X-CSRF-Token": own}).status_code == 200
    assert sender.post("/", headers={"X-CSRF-Token": "no"}).status_code == 403


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)]
)
def test_csrf_by_the_browsers_word(admin: Admin, site: str, status: int) -> None:
    """A browser that says the form comes from elsewhere is believed, right token or not."""
    app = bridge.through(admin, echo)
    sender = bridge.client(app)
    data = {"csrf_token": bridge.token(admin, sender)}
    assert sender.post("/", data=data, headers={"Sec-Fetch-Site": site}).status_code == status


def test_csrf_token_is_on_the_pages(admin: Admin) -> None:
    """The token of the page is the token of the session."""
    sender = bridge.client(admin)
    text = sender.get("/things/add/").text
    assert parse(text).form()["csrf_token"] == bridge.token(admin, sender)
