"""What comes before a view: limits, methods, CSRF, persons; and what is on every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import httpx2 as httpx
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
    """How many fields were sent."""
    return bridge.page(f"{len(request.form.multi_items()) - 1} fields")


# -- sizes and readability ------------------------------------------------------------------------------------------


def test_a_body_over_the_limit(sqlite_engine: Engine) -> None:
    """A form that is too large is refused with 413, whether its length is declared or not."""
    admin = bridge.admin_over(bridge.filled(sqlite_engine), max_body_size=1024 * 1024)
    sender = bridge.client(admin)
    data = {"csrf_token": bridge.token(admin, sender), "name": "x" * (1024 * 1024)}
    answer = sender.post("/things/add/", data=data)
    assert answer.status_code == 413
    assert "At most 1 MB" in parse(answer.text).text("main")

    def pieces() -> Iterator[bytes]:
        yield b"name="
        for _ in range(30):
            yield b"x" * 50_000

    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = sender.post("/things/add/", content=pieces(), headers=kind)
    assert answer.status_code == 413
    assert bridge.names(sqlite_engine) == ["thing 1", "thing 2", "thing 3"]


def test_a_body_over_the_limit_on_a_server(sqlite_engine: Engine, live: Callable[[Any], str]) -> None:
    """A server's connection is not broken by a body that nobody reads."""
    admin = bridge.admin_over(bridge.filled(sqlite_engine), max_body_size=1024 * 1024)
    with httpx.Client(base_url=live(admin), timeout=30) as sender:
        answer = sender.post("/things/add/", data={"name": "x" * (11 * 1024 * 1024)})
        assert answer.status_code == 413
        assert sender.get("/things/").status_code == 200


def test_too_many_fields(admin: Admin) -> None:
    """More fields than any form has are refused."""
    app = bridge.through(admin, echo)
    assert bridge.posted(admin, app, {f"f{n}": "1" for n in range(4000)}).status_code == 200
    assert bridge.posted(admin, app, {f"f{n}": "1" for n in range(6000)}).status_code == 413


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"no boundary", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", 400),
        ("application/json", b"{}", 422),
        ("text/plain", b"name=1", 422),
        ("", b"name=1", 422),
    ],
)
def test_a_body_that_is_no_form(admin: Admin, kind: str, body: bytes, status: int) -> None:
    """Anything but a form is refused with a plain sentence."""
    answer = bridge.client(admin).post("/things/add/", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert parse(answer.text).h1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=" + "a" * 20_000, 413),
        ("q=%ff", 400),
        ("q=%00", 400),
        ("page=%zz", 400),
        ("&".join(f"a{n}=1" for n in range(600)), 400),
        ("q=%", 200),
        ("q=" + "%C3%A4" * 100, 200),
    ],
)
def test_odd_queries(admin: Admin, query: str, status: int) -> None:
    """A query that is too long or cannot be read is refused, never a fault."""
    answer = bridge.client(admin).get(f"/things/?{query}")
    assert answer.status_code == status
    assert parse(answer.text).h1


@pytest.mark.parametrize(
    "path",
    [
        "/things/%00/",
        "/things/%ff/",
        "/things/1%00/",
        "/%00/",
        "/things/99999999999999999999999/",
        "/%2e%2e/x/",
    ],
)
def test_odd_paths(admin: Admin, path: str) -> None:
    """An address that no row can have does not exist."""
    assert bridge.client(admin).get(path).status_code == 404


def test_a_query_of_ten_megabytes_on_a_server(admin: Admin, live: Callable[[Any], str]) -> None:
    """A server survives an address without end, and says that it is too long."""
    address = live(admin)
    host, _, port = address.removeprefix("http://").partition(":")
    connection = HTTPConnection(host, int(port), timeout=30)
    try:
        connection.request("GET", "/things/?q=" + "a" * 10_000_000)
        status = connection.getresponse().status
    except OSError:
        status = 400  # closed while the address was still being sent
    connection.close()
    assert status in {400, 413, 414}
    assert httpx.get(f"{address}/things/").status_code == 200


def test_nul_bytes_in_a_form(engine: Engine) -> None:
    """A NUL byte in a text is refused at its field, or as a value that cannot be stored."""
    admin = bridge.admin_over(bridge.filled(engine))
    sender = bridge.client(admin)
    data = {"csrf_token": bridge.token(admin, sender), "name": "a\x00b"}
    assert sender.post("/things/add/", data=data).status_code in {400, 422}
    assert bridge.names(engine) == ["thing 1", "thing 2", "thing 3"]


# -- methods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_unknown_methods(admin: Admin, method: str) -> None:
    """A method that an address does not know is 405, with those that it knows."""
    answer = bridge.client(admin).request(method, "/things/")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert bridge.client(admin).request(method, "/things/add/").headers["allow"] == "GET, POST"


def test_a_post_where_only_get_is(admin: Admin) -> None:
    """A list takes no form."""
    assert bridge.posted(admin, admin, path="/things/").status_code == 405


def test_head(admin: Admin, live: Callable[[Any], str]) -> None:
    """HEAD is GET without a body."""
    with httpx.Client(base_url=live(admin)) as sender:
        answer = sender.head("/things/")
        assert (answer.status_code, answer.content) == (200, b"")
        assert sender.head("/things/99/").status_code == 404
