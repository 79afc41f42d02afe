"""What nobody should send: a plain sentence and the right status on every address, never a fault of the program's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import anyio
import pytest
from sqlalchemy import Engine, create_engine
from starlette.testclient import TestClient

from tests.pages import parse
from tests.plugins.databases import BOTH
from tests.plugins.served import Served, copies
from webadmin.demo.app import build

PLAIN = {400, 404, 413, 422}
HUGE = "9" * 30
MEGABYTES = b"q=" + b"x" * 10_000_000

IDS = (
    "nothing", "0", "-1", HUGE, "1.5", "%00", "1%00", "%ff", "%ff%fe", "..%2f", "..%2f..%2fetc%2fpasswd", "%2e%2e", "1,2,3", ",",
    "~", "~zz", "~00", "~n", "%20", "%0a", "'", "%22", "%F0%9F%98%80", "1;drop", "a" * 3000, "NaN", "true",
    "00000000-0000-0000-0000-000000000000", "2026-02-31", "0x10", "%C2%B2", "1e5",
)  # fmt: skip
QUERIES = (
    ("page=one", 400), ("page=1.5", 400), ("page=%00", 400), ("page=%ff", 400), ("page=%C2%B2", 400), ("page=", 200),
    ("page=-1", 200), ("page=0", 200), ("page=99999999999999999999", 200), (f"page=-{HUGE}", 200), ("page=last", 200),
    ("per_page=0", 400), ("per_page=-1", 400), ("per_page=many", 400), (f"per_page={HUGE}", 400), ("per_page=", 200),
    ("sort=nothing", 400), ("sort=:desc", 400), ("sort=%00", 400), ("sort=1%3Bdrop", 400), ("sort=,,,", 200),
    ("columns=nothing", 400), ("columns=%00", 400), ("deleted=perhaps", 400), ("nothing=1", 400), ("nothing.gte=1", 400),
    ("after=broken", 400), ("before=broken", 400), ("after=%00", 400), ("after=W10", 400), ("after=bnVsbA", 400),
    ("after=W1tbW1tbW1tb", 400), ("after=" + "A" * 5000, 400), ("q=%00", 400), ("q=%ff", 400), ("q=%ED%A0%80", 400),
    ("q=%F0%9F%98%80", 200), ("q=%25", 200), ("q='", 200), ("q=%5C", 200), ("q=%22%22%22", 200), ("q=" + "x" * 3000, 200),
    ("&&&===", 400), ("=", 400), ("%", 400), ("&".join(f"a{n}=1" for n in range(600)), 400),
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """An admin, and lists of it with keys of several kinds."""

    client: TestClient
    app: Any
    root: str
    keys: tuple[str, ...]


SHOP = ("orders", "order_lines")
ODD = {
    "postgresql": ("film", "date_key", "bytes_key", "payment", "no_key"),
    "sqlite": ("text_key", "pair_key", "film_list", "odd_types"),
}


@pytest.fixture(scope="module")
def shop_app(kept_shop: Callable[[str], Engine]) -> Callable[[str], Any]:
    """For each dialect the demo, made once."""
    return cache(lambda dialect: build(kept_shop(dialect)))


@pytest.fixture(scope="module")
def odd_app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Served]]:
    """For each dialect the odd schema, served for this file alone: some of what is sent can be saved."""
    with copies(request, tmp_path_factory) as get:
        yield get


@pytest.fixture(params=[f"{what}-{dialect}" for what in ("shop", "odd") for dialect in BOTH])
def target(
    request: pytest.FixtureRequest, shop_app: Callable[[str], Any], odd_app: Callable[[str], Served]
) -> Target:
    """The demo and the odd schema, each on both databases."""
    what, _dash, dialect = request.param.partition("-")
    if what == "shop":
        app = shop_app(dialect)
        return Target(TestClient(app, raise_server_exceptions=False), app, "/admin", SHOP)
    served = odd_app(dialect)
    return Target(TestClient(served.admin, raise_server_exceptions=False), served.admin, "", ODD[dialect])


def _check(answer: Any, allowed: set[int], what: object) -> None:
    """The status is one of ``allowed``; an error is a page with a sentence and a way on, and without a word of the
    database's or of the program's."""
    assert answer.status_code in allowed, (what, answer.status_code)
    if answer.status_code < 400:
        return
    page = parse(answer.text)
    assert len(page.css("main")) == 1, what
    assert page.h1, what
    assert page.css("main a[href]"), what
    for word in ("Traceback", "psycopg", "sqlite3", "sqlalchemy", "SELECT", "Error:"):
        assert word not in page.text("main"), (what, word)


@pytest.mark.parametrize("id", IDS)
def test_ids_that_no_row_has(target: Target, id: str) -> None:
    """The page of a row that is not there, and in turn its form or its deletion, which read the address in the same way: not found, or
    a list that takes no such address."""
    if id == "%0a" and target.root:
        return  # no route of the host's has a line end in it
    for number, key in enumerate(target.keys, IDS.index(id)):
        for page in ("", ("change/", "delete/")[number % 2]):
            answer = target.client.get(f"{target.root}/{key}/{id}/{page}", follow_redirects=False)
            allowed = PLAIN | ({403} if page else set())
            # An id may be in use all the same, as 0, true and an empty text are somewhere.
            _check(answer, allowed | {200, 307, 308}, (key, id, page))
            if id in {"nothing", HUGE, "%00", "%ff", "..%2f..%2fetc%2fpasswd", "1,2,3", "~zz"}:
                _check(answer, allowed, (key, id, page))


@pytest.mark.parametrize(("query", "status"), QUERIES, ids=[query[:30] for query, _ in QUERIES])
def test_query_strings(target: Target, query: str, status: int) -> None:
    """Numbers that are none, unknown names, broken places: 400 with a link to the list without them. A page out of
    range is the nearest one. The other pages of a list read them as the list does. Places are tried with every kind of key, the rest
    with two of them."""
    for key in target.keys if query.startswith(("after", "before", "sort")) else target.keys[:2]:
        answer = target.client.get(f"{target.root}/{key}/?{query}")
        allowed = {status, 400} if query.startswith(("page=last", "q=")) else {status}
        _check(answer, allowed, (key, query[:60]))
    for place in ("rows", "explain/"):
        address = f"{target.root}/{target.keys[0]}/{place}?{query}"
        _check(target.client.get(address), {200, 400}, address[:90])


def test_a_query_of_ten_megabytes(target: Target) -> None:
    """It is refused before anything reads it."""
    for path in (f"/{target.keys[0]}/", f"/{target.keys[0]}/rows", "/"):
        assert _status(target.app, target.root + path, MEGABYTES) == 413, path


def _status(app: Any, path: str, query: bytes) -> int:
    """What an ASGI app answers to an address that no client would send."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    anyio.run(app, scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/", "/nothing/1/", "/%00/", "/%ff/", "/..%2f/", "/%2e%2e/", "/{key}/1/2/3/4/", "/{key}/actions/nothing/",
        "/{key}/lookup/nothing/", "/{key}/lookup/%00/?q=%00", "/{key}/lookup/%ff/", "/{key}/1/nothing/", "//", "///", "/{key}//",
        "/static/nothing.js", "/static/..%2f..%2fpyproject.toml", "/static/%00", "/static/%ff", "/login/?next=//elsewhere",
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(target: Target, path: str) -> None:
    """Unknown tables, pages and files are not found, or a POST is asked for."""
    for key in target.keys[:2]:
        url = target.root + path.replace("{key}", key)
        answer = target.client.get(url, follow_redirects=False)
        assert answer.status_code in {200, 303, 307, 308, 400, 403, 404, 405}, (url, answer.status_code)
        if "nothing" in path:
            assert answer.status_code in {403, 404, 405}, url


def test_look_ups_take_any_words(target: Target) -> None:
    """The words of a combobox are looked for, or refused in a sentence."""
    for key in target.keys:
        page = parse(target.client.get(f"{target.root}/{key}/").text)
        for address in {element.get("data-lookup") for element in page.css("[data-lookup]")}:
            for words in ("%00", "%ff", "%25", "'", HUGE, "x" * 5000, "%5C", "%ED%A0%80", "a,b", ""):
                _check(target.client.get(f"{address}?q={words}"), {200, 400}, (address, words[:30]))


@contextmanager
def _token(target: Target, key: str) -> Iterator[dict[str, Any]]:
    page = parse(target.client.get(f"{target.root}/{key}/").text)
    found = page.css("input[name=csrf_token]")
    yield {"csrf_token": found[0].get("value")} if found else {}


@pytest.mark.parametrize("id", ["", "nothing", HUGE, "\x00", "%00", "%ff", "../..", "1,2,3,4", "~zz"])
def test_actions_over_rows_that_are_not_there(target: Target, id: str) -> None:
    """Choosing nothing, or what is not there, deletes nothing and says so."""
    for key in target.keys:
        with _token(target, key) as fields:
            for action in ("delete", "restore", "nothing"):
                answer = target.client.post(
                    f"{target.root}/{key}/actions/{action}/", data=fields | {"id": id}, follow_redirects=False
                )
                _check(answer, PLAIN | {403, 405}, (key, action, id))


def test_forms_with_anything_in_them(target: Target) -> None:
    """Every field filled with what its column cannot hold: the form comes back with messages."""
    for key in target.keys:
        opened = target.client.get(f"{target.root}/{key}/add/")
        if opened.status_code != 200:
            continue
        page = parse(opened.text)
        names = [name for name in page.form("form") if name not in {"csrf_token", "_shown"}]
        for nonsense in ("\x00", HUGE * 10, "😀" * 50, "%00", "-", "1e999999", "{" * 5000, "9999-99-99"):
            answer = target.client.post(
                page.action("form"),
                data=page.form("form") | dict.fromkeys(names, nonsense),
                follow_redirects=False,
            )
            assert answer.status_code in {303, 422}, (key, nonsense[:20], answer.status_code)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"a=%ff&b=%00", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"", ""),
        (b"&".join(b"a%d=1" % n for n in range(50_000)), "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 11_000_000, "application/x-www-form-urlencoded"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bodies_that_are_no_form(target: Target, body: bytes, kind: str) -> None:
    """They are refused, for what they are or for the token that they do not carry."""
    for path in ("add/", "actions/delete/", "explain/"):
        answer = target.client.post(
            f"{target.root}/{target.keys[0]}/{path}", content=body, headers={"content-type": kind}
        )
        _check(answer, {400, 403, 413, 415, 422}, path)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
def test_other_methods(target: Target, method: str) -> None:
    """Only GET, HEAD and POST mean anything here."""
    for path in ("/", f"/{target.keys[0]}/", f"/{target.keys[0]}/1/"):
        _check(target.client.request(method, target.root + path), {404, 405}, (method, path))


@pytest.mark.parametrize("cookie", ["x", "a.b.c", "%00", "\u00ff", "e30.e30.e30", "x" * 3000])
def test_cookies_that_are_not_ours(shop_pg: Engine, cookie: str) -> None:
    """A broken cookie counts as none."""
    client = TestClient(build(shop_pg))
    name = client.get("/admin/account/").headers.get("set-cookie", "webadmin=").partition("=")[0]
    answer = client.get("/admin/", headers={b"cookie": f"{name}={cookie}".encode("latin-1")})
    assert answer.status_code == 200


def test_a_database_that_is_gone(tmp_path: Any) -> None:
    """Tables that went away while the admin runs are a page of their own too."""
    from webadmin import Admin
    from webadmin.database.reflection import reflect

    engine = create_engine(f"sqlite:///{tmp_path / 'gone.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
    admin = Admin(engine)
    admin.add_models(reflect(engine).models)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE thing")
    client = TestClient(admin, raise_server_exceptions=False)
    for path in ("/thing/", "/thing/1/", "/thing/rows", "/thing/explain/"):
        _check(client.get(path), {503}, path)
    _check(client.get("/"), {200}, "/")
    engine.dispose()
