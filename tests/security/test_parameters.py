"""Every address with every parameter and field that any of them reads: what is typed stays a value for the database, and a text for
the page. Addresses come from the table of routes and names from the program, so that new ones are tried by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event

import webadmin
from tests.security.desk import NOW, VIEWS, Comment, Person, Ticket, Visitor
from tests.security.test_markup import BAD, judge, poison
from webadmin import Admin
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.identity import TokenLogin
from webadmin.database.own_tables.changes import change
from webadmin.database.own_tables.migrate import upgrade
from webadmin.listing.filters.base import RESERVED
from webadmin.routes import ROUTES

MARK = "zq7w"
INJECTIONS = (f"{MARK}' OR 1=1--", f'{MARK}") UNION SELECT 1;--', f"1;{MARK}\\' /* %(x)s :x ? $$")
CALLS = ("value", "posted", "getlist")
COLUMNS = (
    "title", "owner", "title.contains", "title.not", "owner.city", "labels", "title.null", "having", "group", "measure", "unit", "order", "sort", "where",
    "meta.k", "op-title", "with-title", "to-title", "id", "price", "body", "code", "reviewer_id", "pause", "meta",
)  # fmt: skip


@cache
def _asked() -> frozenset[tuple[str, str]]:
    """The methods by which any module asks a request, with the literal names that it asks for."""
    found = set()
    for file in Path(webadmin.__file__).parent.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if not any(f".{call}(" in text for call in CALLS):
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CALLS
                and node.args
            ):
                first = node.args[0]
                if (
                    isinstance(first, ast.Constant)
                    and isinstance(first.value, str)
                    and first.value.isprintable()
                ):
                    found.add((node.func.attr, first.value))
    return frozenset(found)


def _names(*calls: str) -> set[str]:
    """The literal names that any module asks a request for by one of ``calls``."""
    return {name for call, name in _asked() if call in calls}


PARAMETERS = sorted(_names("value") | RESERVED | {*COLUMNS, "_next", "odd"})
FIELDS = sorted(
    (_names("value", "posted", "getlist") | {*COLUMNS, "_next", "_reason"}) - {"csrf_token", "do", "step"}
)
LISTS = {"/tickets/", "/tickets/rows", "/tickets/summary/", "/tickets/explain/", "/tickets/export/"}
KEYS = {"key": "tickets", "name": "shout", "field": "owner", "token": "none"}


class Everything(Visitor):
    """Somebody who may do everything, logged in by the terminal's token, in a desk with webadmin's own tables."""

    def __init__(self, engine: Engine) -> None:
        upgrade(engine)
        login = TokenLogin(name="chief")
        admin = Admin(engine, identify=Accounts(terminal=login))
        for view in VIEWS:
            admin.add_view(view)
        super().__init__(admin, "")
        assert self.get(f"/login/?token={login.token}").status_code == 303

    def submit(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        answer = super().submit(path, data, **more)
        if answer.status_code != 403:
            return answer
        self.token = ""  # what was sent before may have made a new session, of which the old token is none
        return super().submit(path, data, **more)


@pytest.fixture
def chief(small_desk: Engine) -> Everything:
    return Everything(small_desk)


def addresses(method: str, engine: Engine) -> Iterator[str]:
    """An address of each route; ids are those of a row, of a change, or nobody's."""
    with engine.connect() as connection:
        known = connection.scalar(sa.select(change.c.id).limit(1))
    for route in ROUTES:
        if method in route.methods and route.pattern != "logout":
            id = str(known) if route.pattern.startswith("changes") else "1"
            path = route.pattern.format_map(
                {**KEYS, "id": id, **{name: KEYS.get(name, "1") for name in _holes(route.pattern)}}
                | {"id": id}
            )
            yield f"/{path}" + ("" if not path or path.endswith("rows") else "/")


def _holes(pattern: str) -> list[str]:
    return [part[1:-1] for part in pattern.split("/") if part.startswith("{")]


def _rows(engine: Engine) -> Any:
    with engine.connect() as connection:
        return [
            connection.execute(sa.select(table).order_by("id")).all()
            for table in (Ticket.__table__, Comment.__table__, Person.__table__)
        ]


def test_the_program_is_asked_for_its_names() -> None:
    """Names are found where they are read, so that nothing is tried in vain."""
    assert {"next", "q", "token", "page", "list"} <= set(PARAMETERS)
    assert {"name", "plan", "confirm", "code", "per_page"} <= set(FIELDS)


def test_no_parameter_becomes_sql(desk: Engine) -> None:
    """Quotes, comments and placeholders in any parameter, field or part of an address stand in no statement's text, change no row, and
    are no fault."""
    chief = Everything(desk)
    chief.submit("/tickets/1/change/", {"title": "First", "price": "1"})
    before = _rows(desk)
    texts = INJECTIONS if desk.dialect.name == "postgresql" else INJECTIONS[:1]
    sent: list[str] = []
    event.listen(desk, "before_cursor_execute", lambda _c, _cur, sql, *_rest: sent.append(sql))
    for number, address in enumerate(addresses("GET", desk)):
        for turn, text in enumerate(texts):
            answer = chief.get(f"{address}?{urlencode([(name, text) for name in PARAMETERS])}")
            assert answer.status_code < 500, (address, text)
            if answer.status_code == 200 and address not in LISTS:
                continue  # nothing was refused, so that all of them were read which this page reads
            # One by one as well: what is refused keeps the others from being read.
            for name in PARAMETERS[(number + turn) % 16 :: 3 if address in LISTS else 16]:
                answer = chief.get(f"{address}?{urlencode({name: text})}")
                assert answer.status_code < 500, (address, name, text)
    for address in addresses("POST", desk):
        for text in texts:
            answer = chief.submit(address, {**dict.fromkeys(FIELDS, text), "id": ["1", text]})
            assert answer.status_code < 500, (address, text)
    for text in texts:
        for place in ("/{}/", "/{}/1/", "/tickets/{}/", "/tickets/{}/change/", "/tickets/{}/history/", "/changes/{}/", "/tickets/facets/{}/",
                      "/tickets/lookup/{}/", "/tickets/1/cell/{}/", "/tickets/1/file/{}/", "/account/{}/"):  # fmt: skip
            assert chief.get(place.format(quote(text, safe=""))).status_code < 500, place
    assert len(sent) > 300
    assert not [sql for sql in sent if MARK in sql]
    assert _rows(desk) == before


def test_no_parameter_becomes_markup(chief: Everything, small_desk: Engine) -> None:
    """Nor an element or an attribute of any page, with rows, changes and saved views that are full of it as well."""
    poison(small_desk, BAD.replace("\x02", "").replace("\x03", ""))
    for _ in range(2):
        chief.submit("/tickets/1/change/", {"title": BAD, "price": "1", "body": BAD, "_reason": BAD})
    chief.submit("/tickets/views/", {"name": BAD, "query": f"q={quote(BAD)}", "shared": "1"})
    for address in addresses("GET", small_desk):
        judge(chief.get(address))
        for turn in range(5):
            judge(chief.get(f"{address}?{urlencode([(name, BAD) for name in PARAMETERS[turn::5]])}"))
    for address in addresses("POST", small_desk):
        judge(chief.submit(address, {**dict.fromkeys(FIELDS, BAD), "id": ["1", BAD]}))
    judge(chief.get("/tickets/"))


def test_what_two_people_typed(chief: Everything, small_desk: Engine) -> None:
    """The page of a conflict shows both texts, and that of undoing the old one, as texts."""
    form = chief.page("/tickets/1/change/").form("form")
    chief.submit("/tickets/1/change/", {**form, "title": f"{BAD} theirs"})
    answer = chief.submit("/tickets/1/change/", {**form, "title": f"{BAD} mine"})
    assert answer.status_code == 409
    judge(answer)
    with small_desk.begin() as connection:
        last = connection.scalar(sa.select(change.c.id).order_by(change.c.id.desc()).limit(1))
        connection.execute(
            sa.update(Ticket).where(Ticket.id == 1).values(title=f"{BAD} later", deleted_at=NOW)
        )
    for address in (f"/changes/{last}/", f"/changes/{last}/undo/", "/tickets/1/history/", "/tickets/1/"):
        answer = chief.get(address)
        judge(answer)
        assert answer.status_code == 200
