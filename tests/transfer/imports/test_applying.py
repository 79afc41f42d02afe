"""Rows of a file are written all or none, with their history, and taken back as one change."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.transfer.imports.store import Store
from webadmin.changes.progress import Progress
from webadmin.changes.record import written_down
from webadmin.changes.undo.doing import undo
from webadmin.changes.undo.plan import plan_undo
from webadmin.errors import Conflict, Unprocessable
from webadmin.transfer.imports import applying
from webadmin.transfer.imports.applying import apply
from webadmin.transfer.imports.matching import Matching
from webadmin.transfer.imports.plan import Moved, Outcome

FILE = """number,title,price,count,shelf.code,tags
A1,Atlas,12.50,5,south,"[1, 2]"
A2,Bible,10.00,5,north,
N1,New,1.00,,south,
A4,Again,3.00,2,,
"""


def take_back(store: Store, outcome: Outcome) -> None:
    with store.context() as context:
        undo(context, plan_undo(context, UUID(outcome.change_id or "")))
        written_down(context)
        context.session.commit()


@pytest.mark.parametrize("key", ["items", "hooked"])
def test_upsert(store: Store, key: str) -> None:
    """Rows come into being and change, others stay untouched, and all of it is taken back at once."""
    before = store.rows("items")
    shown = store.rows("items", "number, title, price, count, shelf_id, tags, deleted_at IS NULL")
    preview, problems = store.check(key, FILE, match=("number",))
    assert problems == []
    assert (preview.total, preview.new, preview.changed, preview.same, preview.failed) == (4, 2, 1, 1, 0)
    assert preview.changed_samples[0].values == {
        "price": (Decimal("10.00"), Decimal("12.50")),
        "shelf": ("north", "south"),
        "tags": (None, [1, 2]),
    }
    assert store.rows("items") == before
    outcome = store.load(key, FILE, match=("number",), fingerprint=preview.fingerprint)
    assert (outcome.inserted, outcome.updated, outcome.same) == (2, 1, 1)
    signs = {"items": ("", ""), "hooked": ("*", "+")}[key]
    found = store.rows("items", "number, title, count, shelf_id, mark, version, lent")
    assert found == [
        ("A1", f"Atlas{signs[0]}", 5, 2, "made", 2, 0),
        ("A2", "Bible", 5, 1, "made", 1, 0),
        ("A3", "Secret", 5, 1, "made", 1, 0),
        ("A4", "Gone", 5, 1, "made", 1, 0),
        ("N1", f"New{signs[1]}", 1, 2, "made", 1, 0),
        ("A4", f"Again{signs[1]}", 2, None, "made", 1, 0),
    ]
    take_back(store, outcome)
    columns = "number, title, price, count, shelf_id, tags, deleted_at IS NULL"
    assert store.rows("items", columns) == shown


@pytest.mark.parametrize("key", ["items", "hooked"])
def test_how_far_it_is(store: Store, key: str) -> None:
    """Rows are read, compared with those that are there, and written; page and terminal say which."""
    seen: list[tuple[str, int, int]] = []

    def look() -> bool:
        seen.append((progress.phase, progress.done, progress.total))
        return False

    progress = Progress(stopped=look)
    with store.context() as context:
        asked, source = store.asked(context, key, FILE, match=("number",))
        apply(context, asked, source, progress, fingerprint=None, skip_failed=False)
    phases = dict.fromkeys(phase for phase, _done, _total in seen)
    assert list(phases) == ["reading", "comparing", "writing"]
    assert {(done, total) for phase, done, total in seen if phase == "comparing"} == {(4, 0)}
    assert {total for phase, _done, total in seen if phase == "writing"} == {3}
    assert (progress.done, progress.total) == (3, 3)


def test_many_sorts_of_changes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that change each in other columns are written all at once, in portions; of each is recorded what it changes, and no more."""
    monkeypatch.setattr(applying, "_SORTS", 1)
    for name in ("CHANGED_AT_ONCE", "ADDED_AT_ONCE"):
        monkeypatch.setattr(applying, name, 1)
    shown = store.rows("items", "number, title, price, tags")
    text = 'number,title,price,tags\nA1,Atlas,11,\nA2,Book,10,\nN1,New,1,[]\nA3,Open,12,"{""a"": null}"\n'
    outcome = store.load("items", text, match=("number",))
    assert (outcome.inserted, outcome.updated) == (1, 3)
    told = store.rows("webadmin_change_row", "kind, before, after", "id")
    records = [
        json.loads(before) if isinstance(before, str) else before
        for kind, before, _after in told
        if kind == "update"
    ]
    assert [sorted({"title", "price", "tags"} & set(record)) for record in records] == [
        ["price"], ["title"], ["price", "tags", "title"],
    ]  # fmt: skip
    take_back(store, outcome)
    assert store.rows("items", "number, title, price, tags") == shown


def test_before_it_returns_both(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an UPDATE does not return what its rows were (PostgreSQL before 18), the table itself says so: the rows are locked."""
    monkeypatch.setattr(type(store.database.dialect), "row_before", lambda *_asked: None)
    shown = store.rows("items", "number, title, price, shelf_id")
    outcome = store.load("items", FILE, match=("number",))
    assert (outcome.inserted, outcome.updated) == (2, 1)
    told = [
        row for row in store.rows("webadmin_change_row", "kind, before, after", "id") if row[0] == "update"
    ]
    before, after = (json.loads(one) if isinstance(one, str) else one for one in told[0][1:])
    assert (float(before["price"]), float(after["price"])) == (10, 12.5)
    take_back(store, outcome)
    assert store.rows("items", "number, title, price, shelf_id") == shown


def test_what_is_missing_comes_back(store: Store) -> None:
    """Rows that were marked as deleted with an import come back with its undo."""
    shown = store.rows("items", "number, title, deleted_at IS NULL")
    outcome = store.load("items", "number,title\nA1,One\nN1,New\n", match=("number",), missing="delete")
    assert (outcome.inserted, outcome.updated, outcome.deleted) == (1, 1, 2)
    take_back(store, outcome)
    assert store.rows("items", "number, title, deleted_at IS NULL") == shown


def test_without_history(store: Store) -> None:
    """Where nothing is written down, rows come in all the same, and nothing that is the same is touched."""
    outcome = store.load("items", FILE, match=("number",), history=False)
    assert (outcome.inserted, outcome.updated, outcome.same, outcome.change_id) == (2, 1, 1, None)
    assert store.rows("items", "number, version")[:2] == [("A1", 2), ("A2", 1)]
    again = store.load("items", FILE.replace("1.00,,", "1.00,1,"), match=("number",))
    assert (again.inserted, again.updated, again.same, again.change_id) == (0, 0, 4, None)
    assert store.rows("webadmin_change", "id") == []


class Meanwhile:
    """Does something once, when an import is looked at for the last time before it writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
        run = applying._Applying.run

        def instead(one: Any) -> Outcome:
            do()
            return run(one)

        monkeypatch.setattr(applying._Applying, "run", instead)


def test_others_come_in_between(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that somebody else adds after the last look is no lost one: nothing is imported, and it says so."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("it has one writer at a time")
    columns = "number, title, version"
    add = f"INSERT INTO items ({columns}, count, mark) VALUES ('N1', 'Mine', 1, 1, '')"

    def meanwhile() -> None:
        with store.engine.begin() as connection:
            connection.exec_driver_sql(add)

    Meanwhile(monkeypatch, meanwhile)
    with pytest.raises(Conflict):
        store.load("items", FILE, match=("number",))
    assert store.rows("items", columns)[4:] == [("N1", "Mine", 1)]
    assert store.rows("items", columns)[0] == ("A1", "Atlas", 1)


@pytest.mark.parametrize(("change", "changed"), [("price = 77", 1), ("number = 'Z1'", 0)])
def test_changed_before_it_was_locked(
    store: Store, monkeypatch: pytest.MonkeyPatch, change: str, changed: int
) -> None:
    """A row that somebody else changes between the look at it and its lock is looked at again, also where it is not the one that is
    meant any more."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("it has one writer at a time")
    preview, _problems = store.check("items", FILE, match=("number",))
    lock, done = Matching._lock_changed, list[bool]()

    def late(one: Matching) -> bool:
        if not done:
            with store.engine.begin() as connection:
                connection.exec_driver_sql(f"UPDATE items SET {change} WHERE number = 'A1'")
        done.append(lock(one))
        return done[-1]

    monkeypatch.setattr(Matching, "_lock_changed", late)
    with pytest.raises(Moved) as moved:
        store.load("items", FILE, match=("number",), fingerprint=preview.fingerprint)
    assert done == [False, True]
    found = [one.values["price"] for one in moved.value.preview.changed_samples]
    assert found == [(Decimal("77.00"), Decimal("12.50"))] * changed


def test_two_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second import of the same list waits for the first, and sees what that has written."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("it has one writer at a time")
    again = FILE.replace("1.00,,", "1.00,1,")
    with ThreadPoolExecutor(1) as pool:
        running: list[Future[Outcome]] = []
        with monkeypatch.context() as patch:
            Meanwhile(
                patch,
                lambda: running or running.append(pool.submit(store.load, "items", again, match=("number",))),
            )
            first = store.load("items", FILE, match=("number",))
        second = running[0].result(20)
    assert (first.inserted, second.inserted, second.same) == (2, 0, 4)


def test_rules_that_nobody_tells(store: Store) -> None:
    """What a trigger refuses is found when it is written: nothing is imported, and no word of the database is shown."""
    made = {
        "postgresql": "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'secret word'; END$$;"
        " CREATE TRIGGER no BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION no()",
        "sqlite": "CREATE TRIGGER no BEFORE INSERT ON items BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: x'); END",
    }[store.engine.dialect.name]
    with store.engine.begin() as connection:
        connection.exec_driver_sql(made)
    before = store.rows("items")
    with pytest.raises(Unprocessable) as refused:
        store.load("items", FILE, match=("number",))
    assert "secret" not in refused.value.message
    assert store.rows("items") == before
    if store.engine.dialect.name == "postgresql":
        with store.engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION no CASCADE")
