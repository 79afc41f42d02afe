"""Requests that are made to cost much: each is answered at once, and none is a fault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.security.desk import Ticket, Visitor, admin_of, stored
from webadmin.auth.cookie import CookieSigner, SessionData
from webadmin.auth.keys import Keys
from webadmin.database import identity
from webadmin.errors import NotFound
from webadmin.forms.codecs.interval import IntervalCodec
from webadmin.forms.codecs.numbers import DecimalCodec, FloatCodec, IntegerCodec
from webadmin.forms.codecs.structured import JsonCodec
from webadmin.forms.codecs.text import UuidCodec
from webadmin.listing.filters.span import read_length

_MILLION = 1_000_000
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}


@contextmanager
def soon(seconds: float = 3.0) -> Iterator[None]:
    """What is inside takes no time to speak of, also on a machine that is busy."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        (DecimalCodec(10, 2), "9" * _MILLION + "x"), (DecimalCodec(), "9" * _MILLION), (DecimalCodec(), "." * _MILLION),
        (DecimalCodec(), "1e400000"), (DecimalCodec(), "1e-9999"), (FloatCodec(), "9" * _MILLION + "x"), (FloatCodec(), "1e400000"),
        (IntegerCodec(64), "9" * _MILLION), (IntervalCodec(), "1s" * _MILLION), (IntervalCodec(), "P" + "9" * 900_000 + "D"),
        (IntervalCodec(), "P" + "9" * 1_100_000 + "D"), (IntervalCodec(), "9" * _MILLION + ":00"), (IntervalCodec(), " ," * _MILLION + "x"),
        (JsonCodec(nullable=True), "[" * _MILLION), (JsonCodec(nullable=True), "[" * 900 + "]" * 900), (JsonCodec(nullable=True), "9" * _MILLION),
        (JsonCodec(nullable=True), '{"a":' * 300 + "1" + "}" * 300), (UuidCodec(as_text=False), "{" * _MILLION),
    ],
)  # fmt: skip
def test_texts_of_a_form(codec: Any, text: str) -> None:
    """A field's text is refused with a sentence, however long it is and whatever a pattern could make of it."""
    with soon(), pytest.raises(ValueError, match=r"\w"):
        codec.parse(text)


def test_texts_of_an_address() -> None:
    """Lengths of time and keys are read or refused at once, too."""
    with soon():
        read_length("1 d " * 250 + "x")
        for kind in (int, float, str):
            with pytest.raises(NotFound):
                identity.values("9" * _MILLION + "x", (kind,))


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"a&" * 3 * _MILLION, URLENCODED, 413),
        (b"&" * 9 * _MILLION, URLENCODED, 413),
        (b"a=1&" * 6000, URLENCODED, 413),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 20_000 + b"--x--\r\n",
            MULTIPART,
            413,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n1\r\n' * 30 + b"--x--\r\n",
            MULTIPART,
            400,
        ),
        (b"--x\r\n" + b"H: v\r\n" * 100_000 + b"\r\n1\r\n--x--\r\n", MULTIPART, 400),
        (b"\r\n" * 2 * _MILLION, MULTIPART, 403),
        (b"x" * 11 * _MILLION, URLENCODED, 413),
    ],
)
def test_bodies(small_desk: Engine, body: bytes, headers: dict[str, str], status: int) -> None:
    """A body with too much of anything is refused before the form is made of it."""
    visitor = Visitor(admin_of(small_desk))
    with soon():
        answer = visitor.post("/tickets/1/change/", content=body, headers=headers)
    assert answer.status_code == status


def test_a_body_that_does_not_say_how_long_it_is(small_desk: Engine) -> None:
    """It is counted as it comes, and no more of it is read than a form may have."""
    taken: list[int] = []
    sent: list[Any] = []

    async def receive() -> Any:
        taken.append(len(taken))
        return {"type": "http.request", "body": b"x" * _MILLION, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"host", b"testserver"),
        (b"x-user", b"red"),
        *((name.encode(), value.encode()) for name, value in URLENCODED.items()),
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/tickets/1/change/", "raw_path": b"/tickets/1/change/", "query_string": b"", "headers": headers,
        "client": ("testclient", 1), "server": ("testserver", 80), "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    anyio.run(admin_of(small_desk), scope, receive, send)
    assert sent[0]["status"] == 413
    assert len(taken) < 20


def test_many_rows_in_one_field(desk: Engine) -> None:
    """A to-many field takes a thousand ids at once, not a million."""
    visitor = Visitor(admin_of(desk))
    form = visitor.page("/tickets/1/change/").form("form")
    for ids in (" ".join(map(str, range(1, 500_000))), [str(number) for number in range(4000)]):
        with soon():
            answer = visitor.submit("/tickets/1/change/", {**form, "labels": ids})
        assert answer.status_code == 422
        assert len(answer.text) < 5 * _MILLION


def test_deep_json_stays_out(desk: Engine) -> None:
    """What could be stored and never be read again is refused: it would break every list of the table."""
    visitor = Visitor(admin_of(desk))
    for depth in (150, 400, 800, 950):
        form = visitor.page("/tickets/1/change/").form("form")
        answer = visitor.submit("/tickets/1/change/", {**form, "meta": "[" * depth + "]" * depth})
        assert answer.status_code == 422
    form = visitor.page("/tickets/1/change/").form("form")
    assert visitor.submit("/tickets/1/change/", {**form, "meta": "[" * 90 + "]" * 90}).status_code == 303
    for path in ("/tickets/?columns=meta", "/tickets/1/", "/tickets/1/change/"):
        assert visitor.get(path).status_code == 200


def test_a_search_that_finds_every_letter(small_desk: Engine) -> None:
    """Of a very long text only the beginning is marked and shown."""
    with small_desk.begin() as connection:
        connection.execute(
            sa.update(Ticket).where(Ticket.id == 1).values(title="x" * 3 * _MILLION, body="x" * 3 * _MILLION)
        )
    visitor = Visitor(admin_of(small_desk))
    with soon():
        answer = visitor.get("/tickets/?q=x&columns=title,body")
    assert answer.status_code == 200
    assert len(answer.text) < 200_000


QUERIES = [
    ("per_page=1000000000", 400), ("page=1000000000", 200), ("page=" + "9" * 900, 200), ("owner=" + "9" * 500, 400),
    ("&".join(f"labels={n}" for n in range(101)), 400), ("&".join(f"labels={n}" for n in range(99)), 200),
    ("&".join(f"title={n}" for n in range(5000)), 413), ("&".join(f"t={n}" for n in range(600)), 400),
    ("q=" + "+".join(f"a{n}" for n in range(60)), 200), ("q=" + "%25_" * 80, 200), ("sort=" + ",".join(["title"] * 800), 400),
    ("columns=" + ",".join(["title"] * 1500), 400), ("after=" + "A" * 3900, 400), ("q=" + "a" * 12_000, 200),
    ("owner.city.contains=" + "%25" * 300, 200),
        ("where=" + ";".join(["title:a"] * 40), 200), ("where=" + ";".join(["title:a"] * 41), 400),
        ("where=" + "(" * 6 + "title:a" + ")" * 6, 200), ("where=" + "(" * 7 + "title:a" + ")" * 7, 400),
        ("per_page=200", 200), ("per_page=201", 400),
]  # fmt: skip


def test_queries(desk: Engine) -> None:
    """A long query is answered, or refused with a sentence; the panel and the fragment do no worse."""
    visitor = Visitor(admin_of(desk))
    for query, status in QUERIES:
        with soon(5.0):
            assert visitor.get(f"/tickets/?{query}").status_code == status, query[:60]
            for path in ("/tickets/explain/", "/tickets/rows"):
                assert visitor.get(f"{path}?{query}").status_code in {200, 400, 413}, (path, query[:60])


def test_a_bomb_of_a_cookie() -> None:
    """A cookie is unpacked after its signature was checked; a cookie of ours stays under what browsers keep."""
    import zlib
    from base64 import urlsafe_b64encode

    bomb = "." + urlsafe_b64encode(zlib.compress(b"0" * 200 * _MILLION)).decode().rstrip("=") + ".aaaaaa.bbbb"
    signer = CookieSigner(Keys("secret"))
    with soon():
        assert signer.read(bomb).user == ""
    data = SessionData(id="x", user="ada")
    for number in range(5):
        data.add_message(
            {"text": "".join(chr(0x4E00 + (number * 7919 + n * 104729) % 20_000) for n in range(900))}
        )
    header = signer.header(data, "/admin", secure=True)
    assert len(header) < 4096
    assert signer.read(header.partition("=")[2].partition(";")[0], "/admin").user == "ada"


def test_numbers_that_no_column_holds(desk: Engine) -> None:
    """Huge numbers are refused at their field, and never reach the row."""
    visitor = Visitor(admin_of(desk))
    form = visitor.page("/tickets/1/change/").form("form")
    for name, value in (
        ("price", "1e400000"),
        ("price", "1e300"),
        ("owner", "9" * 40),
        ("reviewer_id", "9" * 19),
        ("pause", "999999999999 weeks"),
    ):
        answer = visitor.submit("/tickets/1/change/", {**form, name: value})
        assert answer.status_code == 422, name
    assert stored(desk, Ticket, 1).price == 0
