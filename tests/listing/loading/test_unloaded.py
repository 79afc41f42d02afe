"""Functions of a host's that read what is not loaded."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from lxml.html import tostring
from sqlalchemy import Engine
from sqlalchemy.orm import object_session
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.listing.loading.conftest import Desk, plain
from tests.listing.loading.odd import MODELS, ROWS, Leaf, Person, fill
from webadmin import ModelView
from webadmin.listing.listing import STATEMENTS
from webadmin.options import unloaded


def _writer(row: Any, _name: str) -> str:
    return f"by {row.writer.name}"


READERS = {
    "a relation": (_writer, '["writer"]'),
    "a relation of a relation": (lambda row, _: str(row.parent and row.parent.reader.name), '["parent.reader"]'),
    "a list": (lambda row, _: str(len(row.children)), '["children"]'),
    "rows of a list": (lambda row, _: ", ".join(c.writer.name for c in row.children), '["children.writer"]'),
}  # fmt: skip


def desk_of(engine: Engine, strict: bool | None = None, **options: Any) -> Desk:
    """An admin of the odd models, in which leaves have these options."""
    leaves = type(
        "LeafView", (ModelView,), {"model": Leaf, "column_list": ["size", "name", "reader"], **options}
    )
    others = (plain(model) for model in MODELS if model is not Leaf)
    return Desk(engine, leaves, *others, strict_loading=strict)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What is logged, with nothing said before."""
    monkeypatch.setattr(unloaded, "_told", set())
    caplog.set_level(logging.WARNING, "webadmin")
    return caplog


@pytest.mark.parametrize("reader", READERS)
def test_a_formatter_fails_with_the_option_to_set(
    engine: Engine, told: pytest.LogCaptureFixture, reader: str
) -> None:
    """Under pytest the page fails, and says what to write where; written there, it has its rows in four statements."""
    fill(engine)
    function, wanted = READERS[reader]
    options = {"column_formatters": {"name": function}, "column_formatters_detail": {"name": function}}
    desk = desk_of(engine, **options)
    for path in ("/leaves/", "/leaves/rows", "/leaves/4/"):
        page, _statements = desk.get(path, 500)
        if reader in {"a relation", "a list"}:
            assert f"list_load = {wanted}" in page.text("main"), path
            assert "LeafView.column_formatters" in told.text
    loads = {"list_load": wanted.strip('[]"').split(",")}
    if reader == "a relation of a relation":
        loads = {"list_load": ["parent", "parent.reader"]}
    if reader == "rows of a list":
        desk_of(engine, **options, list_load=["children"])
        return
    desk = desk_of(engine, **options, **loads)
    page, statements = desk.get("/leaves/?sort=id")
    texts = page.texts("td[data-column=name]")
    assert len(texts) == ROWS
    assert "not available" not in texts
    assert len(statements) <= STATEMENTS
    for path in ("/leaves/rows", "/leaves/4/", "/words/?leaves=3"):
        desk.get(path)


def test_in_production_there_is_a_placeholder(engine: Engine, told: pytest.LogCaptureFixture) -> None:
    """The other columns are there, nothing is sent for a row, and the log says it once."""
    fill(engine)
    loose = desk_of(engine, strict=False, column_formatters={"name": _writer})
    bare = desk_of(engine)
    for _time in range(2):
        page, statements = loose.get("/leaves/?sort=id")
        assert set(page.texts("td[data-column=name]")) == {"not available"}
        assert page.texts("td[data-column=size]") == [str(n) for n in range(1, ROWS + 1)]
        assert len(statements) <= len(bare.get("/leaves/?sort=id")[1])
    assert [record.levelname for record in told.records] == ["WARNING"]
    assert told.messages == [
        'LeafView.column_formatters["name"] reads Leaf.writer, which is not loaded with the rows. '
        'Set list_load = ["writer"] in LeafView.'
    ]


QUERIES = {
    "a dynamic relation": lambda row, _: str(row.notes.count()),
    "rows of a dynamic relation": lambda row, _: ", ".join(str(note.id) for note in row.notes),
    "a statement": lambda row, _: str(object_session(row).get(Person, 900 + row.id)),
    "a write-only relation": lambda row, _: str(object_session(row).scalars(row.marks.select()).all()),
}


@pytest.mark.parametrize("function", QUERIES.values(), ids=QUERIES)
def test_no_statement_for_a_row(engine: Engine, told: pytest.LogCaptureFixture, function: Any) -> None:
    """A function that would send a statement for each row is stopped before it does."""
    fill(engine)
    formatters = {"column_formatters": {"name": function}, "column_formatters_detail": {"name": function}}
    loose = desk_of(engine, strict=False, **formatters)
    for path in ("/leaves/?sort=id", "/leaves/rows"):
        page, statements = loose.get(path)
        assert set(page.texts("td[data-column=name]")) == {"not available"}
        assert len(statements) <= STATEMENTS
    loose.get("/leaves/4/")
    assert "a statement for each row" in told.messages[0]
    assert desk_of(engine, **formatters).get("/leaves/", 500)


def test_labels(engine: Engine, told: pytest.LogCaptureFixture) -> None:
    """The function of row_label is one as well, in every place that shows a label; list_load serves it there too."""
    fill(engine)
    label = {"row_label": lambda row: f"{row.name} by {row.writer.name}"}
    places = ("/leaves/?sort=id", "/words/?leaves=3", "/notes/", "/leaves/lookup/parent/?q=leaf", "/marks/?leaf=4",
              "/notes/summary/?group=leaf")  # fmt: skip
    strict, loose = desk_of(engine, **label), desk_of(engine, strict=False, **label)
    loaded = desk_of(engine, **label, list_load=["writer"])
    for path in places:
        if path != "/words/?leaves=3":
            strict.get(path, 500)
        loose.get(path)
        page, statements = loaded.get(path)
        assert "by Person" in tostring(page.root, encoding="unicode"), path
        assert len(statements) <= STATEMENTS, path
    assert len([text for text in told.messages if text.startswith("LeafView.row_label reads")]) >= 1
    assert loose.get("/notes/")[0].texts("td[data-column=leaf]")[0].startswith("leaf")


def test_labels_of_lists(engine: Engine) -> None:
    """A label may be made of several rows, which come in a statement for all."""
    fill(engine)
    label = {"row_label": lambda row: f"{row.name} ({len(row.children)})", "list_load": ["children"]}
    desk = desk_of(engine, **label)
    for path in ("/leaves/", "/notes/", "/leaves/lookup/parent/?q=leaf", "/notes/summary/?group=leaf"):
        page, statements = desk.get(path)
        assert "(2)" in tostring(page.root, encoding="unicode"), path
        assert len(statements) <= STATEMENTS, (path, statements)
    assert desk.get("/notes/?leaf=3&columns=id")[0].css("tr[data-id]") == []


def test_properties(engine: Engine, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A property of the model that reads a relation is treated like a formatter."""
    fill(engine)
    monkeypatch.setattr(Leaf, "byline", property(lambda row: f"by {row.writer.name}"), raising=False)
    options = {"column_list": ["size", "byline", "parent.byline"]}
    page, _statements = desk_of(engine, **options).get("/leaves/", 500)
    assert 'list_load = ["writer"]' in page.text("main")
    page, _statements = desk_of(engine, strict=False, **options).get("/leaves/")
    assert set(page.texts("td[data-column=byline]")) == {"not available"}
    desk = desk_of(engine, **options, list_load=["writer", "parent.writer"])
    page, statements = desk.get("/leaves/?sort=id")
    assert page.texts("td[data-column=byline]")[:2] == ["by Person 1", "by Person 2"]
    assert page.texts("td[data-column='parent.byline']")[1:3] == ["by Person 1", "by Person 1"]
    assert len(statements) <= STATEMENTS


def test_several_lists_in_one_statement(engine: Engine) -> None:
    """Rows of any number of to-many relations, own and those of related rows, are one statement, in their order."""
    fill(engine)
    formatters = {
        "children": lambda row, _: ",".join(str(child.id) for child in row.children),
        "words": lambda row, _: ",".join(sorted(word.text for word in row.words)),
        "writer.written": lambda row, _: ",".join(leaf.name for leaf in row.writer.written),
    }
    shown = ["id", "children", "words", "writer.written", "notes", "reader.read"]
    desk = desk_of(engine, column_list=shown, column_formatters=formatters, column_sortable_list=["id"])
    for query in ("", "&page=2&per_page=5", "&q=leaf", "&writer=1&writer=2&reader=12&reader=11"):
        page, statements = desk.get(f"/leaves/?sort=id{query}")
        assert len(statements) <= STATEMENTS, (query, [s[:200] for s in statements])
    page, _statements = desk.get("/leaves/?sort=id")
    cells = {cell.get("data-column"): cell.text_content().strip() for cell in page.css("tr[data-id='3'] td")}
    assert cells["children"] == "6,7"
    assert cells["words"] == "word 1,word 3"
    assert cells["writer.written"] == "leaf 3"
    assert cells["reader.read"] == "1"


def test_faults(engine: Engine) -> None:
    """What cannot be loaded is told at start-up."""
    wrong = {
        "list_load": ["nothing", "notes", "children.words", "title"],
        "column_list": ["name", "children.name"],
    }
    desk = desk_of(engine, **wrong)
    with pytest.raises(Exception, match="options cannot be used") as caught:
        desk.admin.check()
    text = str(caught.value)
    for told in ("'nothing'", "lazy='dynamic'", "only the last part", "name a relation", "shows one value"):
        assert told in text


def test_the_host_says_when(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of tests a page fails where the host app is in debug mode, or the admin is told to."""
    fill(engine)
    monkeypatch.setattr("webadmin.endpoint.in_development", lambda: False)
    for debug, strict, status in (
        (False, None, 200),
        (True, None, 500),
        (False, True, 500),
        (True, False, 200),
    ):
        desk = desk_of(engine, strict=strict, column_formatters={"name": _writer})
        app = Starlette(debug=debug, routes=[Mount("/admin", desk.admin)])
        client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000))
        assert client.get("/admin/leaves/").status_code == status, (debug, strict)


def test_other_faults_stay_what_they_are(engine: Engine) -> None:
    """A formatter that fails for another reason is a fault of the program."""
    fill(engine)
    desk = desk_of(engine, strict=False, column_formatters={"name": lambda row, _: row.nothing})
    page, _statements = desk.get("/leaves/", 500)
    assert "fault of the program" in page.text("main")
