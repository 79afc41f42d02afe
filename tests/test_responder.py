"""What is on every answer, and what errors look like."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests import bridge, people
from webadmin import Admin


@pytest.fixture
def admin(sqlite_engine: Engine) -> Admin:
    return bridge.admin_over(bridge.filled(sqlite_engine))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/things/", 200),
        ("GET", "/things", 308),
        ("GET", "/things/99/", 404),
        ("GET", "/things/?page=x", 400),
        ("POST", "/things/add/", 403),
        ("PUT", "/", 405),
        ("GET", "/static/css/webadmin.css", 200),
        ("GET", "/static/none.css", 404),
        ("POST", "/static/css/webadmin.css", 405),
        ("GET", "/things/?q=" + "a" * 20_000, 413),
    ],
)
def test_security_headers(admin: Admin, method: str, path: str, status: int) -> None:
    """Every answer has the headers, also errors, redirects and files."""
    answer = bridge.client(admin).request(method, path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    if not path.startswith("/static/") and status != 308:
        assert answer.headers["cache-control"] == "no-store"


def test_how_long_it_took(sqlite_engine: Engine) -> None:
    """Pages say it to people who are logged in, and to nobody else; each answer has a number of its own."""
    admin = people.admin_of(sqlite_engine)
    people.person(admin, "ada")
    browser = people.Browser(admin)
    for outside in ("/login/", "/things/"):
        assert "server-timing" not in browser.http.get(outside).headers
    assert "server-timing" not in browser.enter("ada", "wrong").headers
    browser.logged_in("ada")
    answers = [browser.http.get("/things/", headers={"X-Request-ID": "mine"}) for _ in range(2)]
    assert len({answer.headers["x-request-id"] for answer in answers} - {"mine"}) == 2
    parts = dict(part.split(";dur=") for part in answers[0].headers["server-timing"].split(", "))
    assert set(parts) == {"database", "render"}
    assert all(float(milliseconds) >= 0 for milliseconds in parts.values())
