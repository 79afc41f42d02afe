"""What is on every answer, and what errors look like."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests import bridge
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
