"""What is wrong with rows of a file is found before anything is written: each cell in plain words, by the database."""

from __future__ import annotations

import pytest

from tests.transfer.imports.store import Store
from webadmin.errors import BadRequest, Conflict, Forbidden, Unprocessable
from webadmin.transfer.imports.plan import Moved

BAD = """number,title,price,count,lent,shelf.code,bought_on,code
A1,Atlas,10.00,5,0,north,2026-02-30,
,Nameless,1,1,0,,,
A2,,1,1,0,,,
N1,Far too long a title to be taken,1,1,0,,,
N2,Negative,-1,1,0,,,
N3,Word,ten,1,0,,,
N4,Lent,1,1,3,,,
N5,Nowhere,1,1,0,west,,
N6,Twice,1,1,0,,,
N6,Twice,1,1,0,,,
N7,Code,1,1,0,,,ab
N8,Code,1,1,0,,,SAME
N9,Code,1,1,0,,,SAME
N10,Big,99999999999.00,1,0,,,
N11,Huge,1,99999999999999999999,0,,,
N12,Ragged,1
N13,Default,1,,,,,
A4,Again,2,1,1,south,2026-02-03,OK
"""


def test_problems(store: Store) -> None:
    """Each of them is told of its row and column, and the good rows are counted as if they were alone."""
    before = store.rows("items")
    preview, problems = store.check("items", BAD, match=("number",))
    assert [(one.row, one.name, one.kind) for one in problems] == [
        (2, "bought_on", "type"),
        (3, "number", "empty"),
        (4, "title", "empty"),
        (5, "title", "long"),
        (6, "price", "check"),
        (7, "price", "type"),
        (8, "lent", "check") if problems[6].name == "lent" else (8, "count", "check"),
        (9, "shelf", "missing"),
        (11, "number", "duplicate"),
        (12, "code", "validator"),
        (14, "code", "duplicate"),
        (15, "price", "type"),
        (16, "count", "type"),
        (17, "", "ragged"),
    ]
    assert all(one.message for one in problems)
    assert problems[7].message == "None of the shelves has this code."
    assert (preview.total, preview.new, preview.changed, preview.same, preview.failed) == (18, 4, 0, 0, 14)
    assert preview.problem_counts["price", "type"] == 2
    with pytest.raises(Unprocessable):
        store.load("items", BAD, match=("number",))
    assert store.rows("items") == before
    outcome = store.load("items", BAD, match=("number",), skip=True, fingerprint=preview.fingerprint)
    assert (outcome.inserted, outcome.updated, outcome.failed) == (4, 0, 14)
    rows = store.rows("items", "number, count, lent, code")
    assert rows[4:] == [("N6", 1, 0, None), ("N8", 1, 0, "SAME"), ("N13", 1, 0, None), ("A4", 1, 1, "OK")]


WRONG = {
    b"x,x": "ragged",
    b"{n},a\x00b,1,1,,,": "text",
    b"{n},a\xffb,1,1,,,": "text",
    b"{n},=cmd(),1,1,,,": "formula",
    b"{n},Day,1,1,,2026-02-30,": "type",
    b"{n},Day,1,1,,03/04/2026,": "ambiguous",
    b'{n},Comma,"1,50",1,,,': "type",
    b"{n},Word,1,one,,,": "type",
    b"{n},Far too long a title to be taken,1,1,,,": "long",
    b"{n},,1,1,,,": "empty",
    b"{n},Less,-1,1,,,": "check",
    b"{n},Nowhere,1,1,west,,": "missing",
    b"N0,Again,1,1,,,": "duplicate",
    b"{n},Low,1,1,,,low": "validator",
}
"""Rows that cannot be taken, and why not; ``{n}`` stands for a number of their own."""


def test_one_in_a_hundred(store: Store) -> None:
    """A file with one bad row in a hundred, of every sort: each is shown, and the rest is written only when somebody says so."""
    lines = [b"number,title,price,count,shelf.code,bought_on,code"]
    for number in range(100 * len(WRONG)):
        bad = list(WRONG)[number // 100] if number % 100 == 99 else b"{n},Good,1,1,north,2026-02-03,"
        lines.append(bad.replace(b"{n}", b"N%d" % number))
    text = b"\n".join(lines).decode("latin-1")
    preview, problems = store.check("items", text, match=("number",), mode="insert")
    assert [one.kind for one in problems] == list(WRONG.values())
    assert [one.row for one in problems] == [100 * place + 101 for place in range(len(WRONG))]
    assert (preview.failed, preview.new) == (len(WRONG), 99 * len(WRONG))
    with pytest.raises(Unprocessable):
        store.load("items", text, match=("number",), mode="insert")
    assert len(store.rows("items")) == 4
    outcome = store.load(
        "items", text, match=("number",), mode="insert", skip=True, fingerprint=preview.fingerprint
    )
    assert (outcome.inserted, outcome.failed) == (preview.new, preview.failed)
    assert len(store.rows("items")) == 4 + preview.new


def test_modes(store: Store) -> None:
    """Insert takes no row that is there, update none that is not, and both say so."""
    text = "number,title\nA1,One\nN1,Two\n"
    for mode, kind, row in (("insert", "taken", 2), ("update", "missing", 3)):
        preview, problems = store.check("items", text, match=("number",), mode=mode)
        assert [(one.row, one.name, one.kind) for one in problems] == [(row, "number", kind)]
        assert (preview.new, preview.changed) == ((1, 0) if mode == "insert" else (0, 1))
    preview, problems = store.check("items", text, mode="insert")
    assert [(one.row, one.kind) for one in problems] == [(2, "taken")]


def test_missing_rows_are_deleted(store: Store) -> None:
    """Rows that the file has not are marked as deleted where that is asked, and never while a row is in doubt."""
    text = "number,title\nA1,Atlas\nN1,New\n"
    options = {"match": ("number",), "missing": "delete"}
    preview, _problems = store.check("items", text, **options)
    assert (preview.new, preview.same, preview.missing) == (1, 1, 2)
    with pytest.raises(Unprocessable):
        store.load("items", text + ",Who?\n", skip=True, **options)
    outcome = store.load("items", text, fingerprint=preview.fingerprint, **options)
    assert (outcome.inserted, outcome.deleted) == (1, 2)
    assert [row[0] for row in store.rows("items", "number, deleted_at") if row[1] is None] == ["A1", "N1"]


def test_scope(store: Store) -> None:
    """A row outside the person's scope is neither changed nor told of, nor is a row that it leads to, nor deleted as missing."""
    preview, problems = store.check("items", "number,title\nA3,Mine\nA1,Mine\n", "Guest", match=("number",))
    assert [(one.row, one.kind, one.message) for one in problems] == [
        (2, "taken", "Another row has this value already.")
    ]
    assert preview.changed == 1
    _preview, problems = store.check(
        "items", "id,title\n3,Mine\n99,Mine\n", "Guest", match=("id",), mode="update"
    )
    assert [one.row for one in problems] == [2, 3]
    assert problems[0].message == problems[1].message
    for text in ("number,shelf\nA1,3\nA2,99\n", "number,shelf.code\nA1,vault\nA2,nowhere\n"):
        _preview, problems = store.check("items", text, "Guest", match=("number",))
        assert [(one.row, one.name, one.kind) for one in problems] == [
            (2, "shelf", "missing"),
            (3, "shelf", "missing"),
        ]
        assert problems[0].message == problems[1].message
    outcome = store.load("items", "number\nA1\n", "Guest", match=("number",), missing="delete", mode="update")
    assert outcome.deleted == 1
    assert store.rows("items", "number, deleted_at")[2] == ("A3", None)


def test_missing_rows_take_no_others_with_them(store: Store) -> None:
    """Rows that go with a missing one have to be the person's to delete, as on the page that deletes."""
    options = {"match": ("code",), "missing": "delete"}
    with pytest.raises(Unprocessable, match="yours to delete"):
        store.load("shelves", "code\nsouth\n", "Guest", **options)
    assert [row[0] for row in store.rows("items", "deleted_at IS NULL")][:3] == [1, 1, 1]
    assert store.load("shelves", "code\nsouth\nvault\n", **options).deleted == 1
    assert [row[0] for row in store.rows("items", "deleted_at IS NULL")] == [0, 0, 0, 0]


def test_scope_of_the_very_list(store: Store) -> None:
    """Where a model has several lists, that one's scope counts which is imported into, not the first one's."""
    preview, problems = store.check("few", "number,title\nA3,Mine\nA1,Mine\n", match=("number",))
    assert [(one.row, one.kind) for one in problems] == [(2, "taken")]
    assert preview.changed == 1
    store.load("few", "number,title\nA3,Mine\nA1,Mine\n", match=("number",), skip=True)
    assert [row[0] for row in store.rows("items", "title")] == ["Mine", "Bible", "Secret", "Gone"]


UNWRITABLE: list[tuple[str, tuple[str, ...], type[Exception]]] = [
    ("number,token", ("number",), BadRequest),
    ("token,title", ("token",), BadRequest),
    ("number,shelf.room", ("number",), BadRequest),
    ("number,gross", ("number",), BadRequest),
    ("number,version", ("number",), BadRequest),
    ("number,deleted_at", ("number",), BadRequest),
    ("number,mark", ("number",), BadRequest),
    ("number,nothing", ("number",), BadRequest),
    ("number,title", ("title",), BadRequest),
    ("number,title", ("code",), BadRequest),
    ("number,title", (), BadRequest),
    ("number,shelf.nothing", ("number",), BadRequest),
    ("number,price", ("number",), Forbidden),
]


def test_columns_that_cannot_be_written(store: Store) -> None:
    """What no form of the person's writes is no target either, nor is a match on what is not unique, or shown to nobody."""
    for heading, match, error in UNWRITABLE:
        with pytest.raises(error):
            store.check("items", f"{heading}\nA1,1\n", "Guest", match=match)


def test_moved(store: Store) -> None:
    """Where somebody has changed a row since the preview, it is shown again instead of being written over."""
    text = "number,title\nA1,One\nA2,Two\n"
    preview, _problems = store.check("items", text, match=("number",))
    assert store.check("items", text, match=("number",))[0].fingerprint == preview.fingerprint
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE items SET title = 'Other' WHERE number = 'A1'")
    with pytest.raises(Moved) as moved:
        store.load("items", text, match=("number",), fingerprint=preview.fingerprint)
    assert moved.value.preview.changed == 2
    assert isinstance(moved.value, Conflict)
    assert store.rows("items", "title")[1] == ("Bible",)


def test_keys(store: Store) -> None:
    """Rows that bring their key keep it, those without get one behind them, and a deleted row stays as it is."""
    text = "id,number,title\n1,A1,Atlas\n5,N1,New\n,N2,Newer\n4,A4,Changed\n"
    preview, problems = store.check("items", text, match=("id",))
    assert [(one.row, one.kind) for one in problems] == [(5, "scope")]
    assert (preview.new, preview.same) == (2, 1)
    store.load("items", text, match=("id",), skip=True)
    store.load("items", "number,title\nN3,Last\n", match=("number",))
    found = dict(store.rows("items", "number, id"))
    assert found["N1"] == 5
    assert len(set(found.values()) - {None}) == len(found)
    assert store.rows("items", "title", "id")[3] == ("Gone",)


def test_hook(store: Store) -> None:
    """The view's hook sees each row, may put it right, and may refuse it; keys are made by Python."""
    text = "name,weight\nnew!,1\nbad,2\nold,3\nhuge,4\n"
    preview, problems = store.check("labels", text, match=("name",))
    assert [(one.row, one.kind) for one in problems] == [(3, "hook"), (5, "type")]
    assert problems[0].message == "Not that one."
    store.load("labels", text, match=("name",), skip=True, fingerprint=preview.fingerprint)
    assert sorted(store.rows("labels", "name, weight")) == [("new", 1), ("old", 3)]
    assert len({row[0] for row in store.rows("labels", "id")}) == 2
