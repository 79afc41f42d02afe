"""What no page shows, asked for by every parameter that reads rows: columns, filters, groups, sums, searches, cursors."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import parse
from tests.security.desk import Visitor, admin_of
from tests.security.vault import HIDDEN, IBAN, Client, fill, visitor_of

HIDDEN_NAMES = ["remark", "score", "password", "words", "home.safe", "home.words", "Client.remark", "_remark"]
QUERIES = [
    "{}=x", "{}.eq=x", "{}.contains=Q", "{}.gte=1", "{}.null=true", "sort={}", "sort={}:desc", "sort=name,{}", "columns={}", "columns=name,{}",
    "where={}:x", "where={}.contains:Q", "where=name.contains:C;{}.gte:1", "where=(name:a|({}.null:false))", "latest_per={}", "top=2&per={}",
]  # fmt: skip
SUMMARIES = [
    "group={}", "group={}:month", "measure=max.{}", "measure=count,sum.{}", "group=home&having=max.{}.gte:1", "group=home&measure=min.{}&having.gte=1",
    "group=home&order={}", "{}=x",
]  # fmt: skip


@pytest.fixture
def visitor(engine: Engine) -> Visitor:
    fill(engine)
    return visitor_of(engine)


@pytest.fixture
def small(sqlite_engine: Engine) -> Visitor:
    """On SQLite alone, for what does not depend on the database."""
    fill(sqlite_engine)
    return visitor_of(sqlite_engine)


@pytest.mark.parametrize("name", HIDDEN_NAMES)
def test_hidden_columns_are_unknown(small: Visitor, name: str) -> None:
    """Every parameter that names a column refuses one that no page shows, as if it did not exist."""
    for query in QUERIES:
        for path in (
            "/clients/",
            "/clients/rows",
            "/clients/count/",
            "/clients/explain/",
            "/clients/facets/home/",
        ):
            answer = small.get(f"{path}?{query.format(name)}")
            # What begins with a line is nobody's parameter.
            expected = 200 if query.format(name).startswith("_") else 400
            assert answer.status_code == expected, (path, query)
            assert HIDDEN not in answer.text
    for query in SUMMARIES:
        expected = 200 if query.format(name).startswith("_") else 400
        assert small.get(f"/clients/summary/?{query.format(name)}").status_code == expected, query
    assert small.get(f"/clients/facets/{name}/").status_code == 404
    assert small.get(f"/clients/lookup/{name}/").status_code == 404
    saved = small.submit("/clients/views/", {"name": name, "query": f"columns={name}"})
    assert saved.status_code == 400


def test_nothing_names_a_hidden_column(small: Visitor) -> None:
    """No refusal, form or list of choices tells that there is one."""
    for path in (
        "/clients/",
        "/clients/?where=x:1",
        "/clients/summary/?group=x",
        "/clients/?columns=x",
        "/clients/?sort=x",
        "/clients/columns/",
    ):
        text = small.get(path).text
        for name in ("remark", "score", "password"):
            assert not re.search(rf"\b{name}\b", text), (path, name)


@pytest.mark.parametrize(
    "path",
    [
        "/clients/?columns=iban", "/clients/rows?columns=iban", "/clients/?columns=name,iban&q=Client", "/clients/1/",
        "/clients/summary/", "/clients/rows?q=DE89370400440532013000&columns=iban,name", "/clients/rows?q=DE89370400440532013000",
    ],
)  # fmt: skip
def test_what_is_shown_in_part(visitor: Visitor, path: str) -> None:
    """A column whose formatter leaves something out is shown so wherever it is chosen, also beside what was searched for."""
    page = visitor.page(path)
    assert IBAN not in page.root.text_content()
    assert IBAN.lower() not in page.root.text_content().lower()


@pytest.mark.parametrize("format", ["csv", "json", "jsonl", "xlsx"])
@pytest.mark.parametrize("columns", ["all_columns=1", "columns=iban", "columns=iban&values=formatted"])
def test_files_of_what_is_shown_in_part(visitor: Visitor, format: str, columns: str) -> None:
    """A file has no more of it than pages have, the one with exact values neither."""
    answer = visitor.get(f"/clients/export/?format={format}&{columns}")
    assert answer.status_code == 200
    content = answer.content
    if format == "xlsx":
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(book.read(name) for name in book.namelist())
    assert IBAN.encode() not in content
    assert "DE…00".encode() in content or format == "xlsx"


@pytest.mark.parametrize("path", ["/clients/facets/iban/", "/clients/summary/?group=iban"])
def test_values_of_what_is_shown_in_part(visitor: Visitor, path: str) -> None:
    """They are not listed either."""
    answer = visitor.get(path)
    assert answer.status_code in {400, 404}
    assert IBAN not in answer.text


def test_cursors_cannot_be_read(visitor: Visitor) -> None:
    """A list in the order of a hidden column says nothing of its values, in cursors or elsewhere."""
    url = "/clients/rows?per_page=3"
    seen: list[str] = []
    for _ in range(2):
        answer = visitor.get(url)
        page = parse(answer.text)
        seen += page.ids()
        url = page.one("[data-next]").get("data-next")
        cursor = parse_qs(urlsplit(url).query)["after"][0]
        held = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert b"7700" not in held
        assert "7700" not in answer.text.replace(cursor, "")
    assert seen == ["11", "10", "9", "8", "7", "6"]


def test_cursors_cannot_be_changed(small: Visitor) -> None:
    """Not a bit of one, and none can be made without the key."""
    page = parse(small.get("/clients/rows?per_page=3").text)
    cursor = parse_qs(urlsplit(page.one("[data-next]").get("data-next")).query)["after"][0]
    held = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    made = [
        bytes(12) + json.dumps([0, 0]).encode(),
        b"",
        bytes(12),
        held[:12],
        held[12:],
        held + b"0",
        held * 40,
    ]
    made += [held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :] for place in range(len(held))]
    for changed in made[1:] + made[:1]:
        text = base64.urlsafe_b64encode(changed).decode().rstrip("=")
        expected = 400 if text else 200
        assert small.get(f"/clients/rows?per_page=3&after={text}").status_code == expected


def test_cursors_of_other_lists(small: Visitor) -> None:
    """A cursor is of one list, one order and one choice of rows."""
    page = parse(small.get("/clients/rows?per_page=3&sort=name").text)
    cursor = parse_qs(urlsplit(page.one("[data-next]").get("data-next")).query)["after"][0]
    assert small.get(f"/clients/rows?per_page=3&sort=name&after={cursor}").status_code == 200
    for other in (
        f"/clients/rows?after={cursor}", f"/clients/rows?sort=name:desc&after={cursor}", f"/clients/rows?sort=name&deleted=show&after={cursor}",
        f"/clients/rows?sort=name&money.gte=1&after={cursor}", f"/clients/rows?sort=name&q=client&after={cursor}", f"/branches/rows?after={cursor}",
    ):  # fmt: skip
        assert small.get(other).status_code == 400


@pytest.mark.parametrize("typed", ["Quuxwrod", "quuxwor", "Quuxwrd client", "clinet"])
def test_guessed_words(engine: Engine, typed: str) -> None:
    """Another way to write a search has no word that only hidden columns have, or only rows that are deleted."""
    fill(engine)
    with engine.begin() as connection:
        gone = sa.update(Client).where(Client.deleted_at.is_not(None))
        connection.execute(gone.values(name="Clinetword Gonename"))
    visitor = visitor_of(engine)
    page = visitor.page(f"/clients/?q={typed.replace(' ', '+')}")
    words = " ".join(element.text_content() for element in page.css("main a")).lower()
    assert HIDDEN.lower() not in words
    assert "gonename" not in words
    assert "clinetword" not in words


def test_pieces_of_hidden_texts(visitor: Visitor) -> None:
    """A row that is found by a word of a hidden column does not show where."""
    for path in (f"/clients/?q={HIDDEN}", f"/clients/rows?q={HIDDEN}", f"/branches/?q={HIDDEN}"):
        page = visitor.page(path)
        assert HIDDEN not in " ".join(row.text_content() for row in page.css("tr"))


def test_sums_are_of_visible_columns(visitor: Visitor) -> None:
    """The summary has no line for a hidden column, and none of the key."""
    page = visitor.page("/clients/summary/")
    text = page.one("main").text_content()
    assert "770" not in text
    assert "score" not in text.lower()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "?x=1#//evil.example",
    ],
)
def test_saved_views_lead_nowhere_else(small: Visitor, target: str) -> None:
    """Whatever is saved as a query string, or sent along as the place to go back to, leads to this list."""
    for path, fields in (
        ("/clients/views/", {"name": "x", "query": target}), ("/clients/views/", {"name": "y", "query": "name=a", "_next": target, "next": target}),
        ("/clients/columns/", {"column": "name", "order": "name", "do": "keep", "_next": target}), ("/clients/settings/", {"density": "compact", "_next": target}),
    ):  # fmt: skip
        answer = small.submit(path, fields, headers={"Referer": target, "Origin": "http://testserver"})
        assert answer.status_code in {303, 400, 422}
        location = answer.headers.get("location", "/clients/")
        assert re.match(r"/clients/(?![/\\])", location), location
    for link in small.page("/clients/views/").css("main a"):
        assert (link.get("href") or "").startswith(("/clients/", "?", "#", "./", "/"))
        assert not (link.get("href") or "").startswith("//")


def test_numbers_of_views_are_ones_own(small_desk: Engine) -> None:
    """Two people at one browser, whom the host tells apart: neither sees the other's number of rows of a shared view."""
    from webadmin.database.own_tables.base import metadata

    metadata.create_all(small_desk)
    admin = admin_of(small_desk)
    red = Visitor(admin, "red")
    answer = red.submit("/tickets/views/", {"name": "All", "query": "deleted=show", "shared": "1"})
    id = answer.headers["location"].rpartition("view=")[2]
    assert red.page("/tickets/views/counts/").text(f"#n-{id}") == "3"
    blue = Visitor(admin, "blue")
    blue.cookies = red.cookies
    assert blue.page("/tickets/views/counts/").text(f"#n-{id}") == "2"


def everything(answer: Any) -> str:
    return f"{answer.text}{answer.headers}"


def test_no_hidden_value_on_any_page(visitor: Visitor) -> None:
    """No page of a list has one, in its text, its attributes or its headers."""
    for path in (
        "/", "/clients/", "/clients/?page=2&per_page=5", "/clients/rows?per_page=2", "/clients/?q=client", "/clients/1/", "/clients/summary/", "/clients/summary/?group=home&measure=sum.money",
        "/clients/facets/home/", "/clients/facets/met_at/", "/clients/?latest_per=home", "/clients/?top=2&per=home", "/clients/count/", "/clients/lookup/home/", "/clients/columns/", "/branches/", "/branches/1/",
    ):  # fmt: skip
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        for word in (HIDDEN, IBAN, "77001"):
            assert word not in everything(answer), (path, word)
