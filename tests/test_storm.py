"""Many clients at once on two rows, and a server that is killed: a small storm over real HTTP."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine

from benchmarks.storm.app import Nursery, Sheet, prepare
from benchmarks.storm.clients import Tally, Write, storm
from benchmarks.storm.forms import Form
from benchmarks.storm.imports import kill_imports
from benchmarks.storm.judge import lost, stored_in, unrecorded
from benchmarks.storm.kill import kill_again_and_again, unheard
from webadmin.database.own_tables.changes import change_row

ROWS = 2


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_nothing_is_lost(engine: Engine) -> None:
    """Eight clients on two rows, in fields of their own and shared ones, cells and relations: each value that was said to be
    saved took the place of the one that its writer had seen, every clash was told to the loser, and the history knows all."""
    prepare(engine, ROWS)
    start = stored_in(engine)
    with Nursery(_url(engine)) as nursery:
        tallies = storm(nursery.serve(), rows=ROWS, saves=6)
    assert lost(engine, tallies) == []
    assert unrecorded(engine, start) == []
    assert sum(tally.unfounded for tally in tallies) == 0
    assert sum(len(tally.writes) for tally in tallies) > 8


def test_nothing_is_half_done(engine: Engine) -> None:
    """A server that is killed while rows are saved, one by one and all at once, leaves neither a change without its record
    nor a record without its change, and nothing that it said was saved is missing."""
    prepare(engine, ROWS)
    start = stored_in(engine)
    told = kill_again_and_again(_url(engine), 3, ROWS)
    assert unrecorded(engine, start) == []
    missing, _done = unheard(engine, told)
    assert missing == []


def test_no_import_is_half_done(engine: Engine) -> None:
    """A server that is killed while files come in leaves each of them in with its history, or nothing of it."""
    told, faults = kill_imports(engine, 2)
    assert faults == []
    assert told.asked


def test_the_judge_sees_what_is_lost(sqlite_engine: Engine) -> None:
    """A value that two writers took the place of, one that came from nowhere, and a change or a record alone are all found."""
    prepare(sqlite_engine, ROWS)
    start = stored_in(sqlite_engine)
    sheets = Sheet.__table__
    with sqlite_engine.begin() as connection:
        connection.execute(sa.update(sheets).where(sheets.c.id == 1).values(shared="b"))
    told = Tally(writes=[Write(1, "shared", "start", "a"), Write(1, "shared", "start", "b")])
    assert lost(sqlite_engine, [told])
    assert lost(sqlite_engine, [Tally(writes=told.writes[1:])]) == []
    assert lost(sqlite_engine, [Tally(labels={1: True})]) == ["label 0 of row 1 is not there"]
    assert unrecorded(sqlite_engine, start) == ["shared of row 1 is 'b', and 'start' by its history"]
    with sqlite_engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(change_row)) == 0


def test_forms_are_read_as_browsers_send_them() -> None:
    """Boxes that are ticked, the chosen of a list, texts with line ends, and what others made of a field."""
    page = b"""<form id="other"><input name="x" value="1"></form><form id="form" action="/a/">
      <input name="a" value="1&amp;2"><input type="checkbox" name="b" value="y"><input type="checkbox" name="c" value="z" checked>
      <select name="d"><option value="1">One<option value="2" selected>Two</select><textarea name="e">\ntwo\nlines</textarea>
      <label><input type="radio" name="_keep-a" value="theirs"><span>Theirs: new</span></label></form>"""
    form = Form(page)
    assert form.action == "/a/"
    assert form.fields == {"a": ["1&2"], "c": ["z"], "d": ["2"], "e": ["two\nlines"]}
    assert form.theirs == {"a": "new"}
