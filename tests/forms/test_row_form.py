"""The form of one row, opened, sent and read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.datastructures import FormData

from tests.forms.models import VALUES, Base, Every, Player, Skill, Team
from tests.forms.posting import context, control, fill, registry, saved, sent, statements, view_of
from webadmin.changes.save import save
from webadmin.forms.row_form import RowForm
from webadmin.options.registry import Registry
from webadmin.text import use_locale

VIEWS = (Every, Team, Player, Skill)


@pytest.fixture
def views() -> Registry:
    return registry(*VIEWS)


@pytest.fixture
def stored(engine: Engine) -> Engine:
    """A database with one row that has every value."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Every), [{**VALUES, "made": dt.datetime(2026, 1, 1)}])
    return engine


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns"])
def test_unchanged(stored: Engine, views: Registry, zone: str) -> None:
    """A form of every kind of value, opened and sent as it is, writes nothing, whatever the zone."""
    with use_locale("en", zone), context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        form = sent(ctx, Every, row)
        assert form.validate(), form.errors
        assert form.changes() == {}
        with statements(ctx.session) as written:
            save(form)
        assert written == []


def test_unchanged_without_snapshot(stored: Engine, views: Registry) -> None:
    """Without the hidden snapshot what was sent is compared with the row as it is."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        posted = FormData(
            [
                pair
                for pair in fill(RowForm(ctx, view_of(ctx, Every), row)).multi_items()
                if pair[0] != "_shown"
            ]
        )
        form = sent(ctx, Every, row, posted)
        assert form.snapshot is None
        assert form.validate(), form.errors
        assert form.changes() == {}


CHANGES: list[tuple[str, Any, Any]] = [
    ("name", "x" * 20, "x" * 20),
    ("nick", "Ada", "Ada"),
    ("body", "", None),
    ("body", "one\r\ntwo", "one\r\ntwo"),
    ("small", "32767", 32767),
    ("whole", "", None),
    ("large", str(-(2**63)), -(2**63)),
    ("price", "999999.99", sa.cast("999999.99", sa.Numeric)),
    ("ratio", "2.5e-3", 0.0025),
    ("double", "0.3", 0.3),
    ("active", True, True),
    ("maybe", "false", False),
    ("colour", "RED", "RED"),
    ("colour", "", None),
    ("size", "small", "small"),
    ("day", "2024-02-29", dt.date(2024, 2, 29)),
    ("clock", "09:15", dt.time(9, 15)),
    ("local", "2026-03-29T02:31", dt.datetime(2026, 3, 29, 2, 31)),
    ("length", "1 day 2:03", dt.timedelta(days=1, hours=2, minutes=3)),
    ("code", "{01890A5D-AC96-774B-BCCE-B302099A8058}", "01890a5d-ac96-774b-bcce-b302099a8058"),
    ("json", '{"b": 1}', {"b": 1}),
    ("json", "", None),
    ("words", 'red\r\n"a\\nb"\r\nNULL', ["red", "a\nb", None]),
    ("words", "", []),
    ("numbers", "7\n8", [7, 8]),
]


@pytest.mark.parametrize(("name", "typed", "expected"), CHANGES, ids=lambda value: str(value)[:12])
def test_one_change(stored: Engine, views: Registry, name: str, typed: Any, expected: Any) -> None:
    """One value changed is one UPDATE of that column alone, and the value is what was typed."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        with statements(ctx.session) as written:
            saved(ctx, Every, row, **{name: typed})
        assert len(written) == 1
        assert written[0].partition(" SET ")[2].partition(" WHERE ")[0].count("=") == 1
        assert f"SET {name}=" in written[0] or f'SET "{name}"=' in written[0]
        ctx.session.expire_all()
        found = getattr(row, name)
        if name == "price":
            assert str(found) == "999999.99"
        elif name == "colour" and expected:
            assert found.name == expected
        elif name == "code":
            assert str(found) == expected
        else:
            assert found == expected


REFUSED: list[tuple[str, str, str]] = [
    ("name", "", "required"),
    ("name", "x" * 21, "At most 20"),
    ("nick", "a\x00b", "NUL"),
    ("body", "a\x00b", "NUL"),
    ("whole", "4.5", "whole number"),
    ("whole", "9" * 5000, "from"),
    ("large", str(2**63), "from"),
    ("price", "1.234", "At most 2 digits"),
    ("price", "1000000", "under 1,000,000"),
    ("price", "NaN", "Enter a number"),
    ("price", "1,5", "point"),
    ("ratio", "inf", "Enter a number"),
    ("ratio", "1e400", "too large"),
    ("maybe", "perhaps", "yes or no"),
    ("colour", "GREEN", "list"),
    ("day", "2026-02-30", "date"),
    ("clock", "25:00", "time of day"),
    ("at", "yesterday", "day and a time"),
    ("local", "2026-01-01T00:00+02:00", "offset"),
    ("length", "a while", "length of time"),
    ("length", "999999999999 days", "too long"),
    ("code", "123", "UUID"),
    ("json", '{"a": 1,\r\n "b" 2}', "Line 2, column 6"),
    ("json", '"\\u0000"', "NUL"),
    ("json", "[NaN]", "NaN"),
    ("json", "[" * 100_000, "nested"),
    ("json", "9" * 5000, "too long"),
    ("words", "a\x00", "NUL"),
    ("numbers", "1\ntwo", "Line 2"),
]


@pytest.mark.parametrize(("name", "typed", "message"), REFUSED, ids=lambda value: str(value)[:12])
def test_refused(stored: Engine, views: Registry, name: str, typed: str, message: str) -> None:
    """A value that its column cannot take is refused at its field, and stays as it was typed."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        form = sent(ctx, Every, row, **{name: typed})
        assert not form.validate()
        assert list(form.errors) == [name]
        assert message in form.errors[name][0]
        assert len(form.errors[name]) == 1
        shown = control(form, name)
        assert shown.errors
        assert shown.value == typed


def test_ranges_of_integers(pg_engine: Engine, views: Registry) -> None:
    """A number is held against the size of its column, where the database has sizes."""
    Base.metadata.create_all(pg_engine)
    with context(pg_engine, views) as ctx:
        form = sent(ctx, Every, None, name="a", small="32768", whole=str(2**31))
        assert not form.validate()
        assert set(form.errors) == {"small", "whole"}
        assert form.errors["small"] == ["Enter a number from -32,768 to 32,767."]


def test_moment_in_the_persons_zone(stored: Engine, views: Registry) -> None:
    """A moment is shown and read in the person's zone; one that the clocks leave out is refused."""
    with use_locale("en", "Europe/Berlin"), context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        assert row is not None
        form = RowForm(ctx, view_of(ctx, Every), row)
        assert control(form, "at").value == "2026-10-25T02:30:15"
        assert control(form, "at").hint == "Europe/Berlin"
        saved(ctx, Every, row, at="2026-07-01T12:00")
        assert row.at is not None
        assert row.at.astimezone(dt.UTC) == dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
        form = sent(ctx, Every, row, at="2026-03-29T02:30")
        assert not form.validate()
        assert "clocks go forward" in form.errors["at"][0]


def test_null_of_json_and_of_sql(stored: Engine, views: Registry) -> None:
    """The word null is JSON's null; an empty field is SQL's."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        kind = sa.select(sa.cast(Every.json, sa.Text))
        saved(ctx, Every, row, json="null")
        assert row is not None
        assert row.json is None
        assert ctx.session.scalar(kind) == "null"
        saved(ctx, Every, row, json='{"a": true}')
        saved(ctx, Every, row, json='{"a": 1}')
        assert ctx.session.scalar(sa.select(Every.json)) == {"a": 1}
        saved(ctx, Every, row, json="")
        assert ctx.session.scalar(kind) is None


def test_read_only(stored: Engine, views: Registry) -> None:
    """Generated and binary columns are shown, and not read whatever is posted."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        form = sent(ctx, Every, row, doubled="7", blob="x")
        assert form.validate()
        assert form.changes() == {}
        assert control(form, "doubled").kind == "readonly"
        assert control(form, "doubled").value == "82"
        assert control(form, "blob").value == "8 bytes"
        assert "doubled" not in RowForm(ctx, view_of(ctx, Every)).fields


def test_empty_text_that_is_stored(stored: Engine, views: Registry) -> None:
    """A text that must be filled and is stored empty holds nothing back; emptying it later is refused."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        assert row is not None
        assert control(RowForm(ctx, view_of(ctx, Every), row), "name").required
        row.name = ""
        ctx.session.flush()
        assert not control(RowForm(ctx, view_of(ctx, Every), row), "name").required
        saved(ctx, Every, row, nick="n")
        assert row.name == ""
        assert control(RowForm(ctx, view_of(ctx, Every)), "name").required


def test_new_row(stored: Engine, views: Registry) -> None:
    """A new row has what was typed, and the defaults of the model and of the server where nothing was."""
    with context(stored, views) as ctx:
        row = saved(ctx, Every, None, name="New", active=False, words="a")
        ctx.session.refresh(row)
        assert (row.name, row.nick, row.motto, row.active, row.words) == ("New", None, "none", False, ["a"])
        assert row.json is None
        assert ctx.session.scalar(sa.select(sa.func.count()).where(Every.json.is_(sa.null()))) == 1


def test_callable_defaults(stored: Engine, views: Registry) -> None:
    """A default that is a function is asked for by every form anew."""
    with context(stored, views) as ctx:
        made = []
        for _ in range(2):
            form = RowForm(ctx, view_of(ctx, Every))
            made.append(form.fields["made"].data)
        assert made[0] < made[1]


def test_line_ends(stored: Engine, views: Registry) -> None:
    """A text keeps the line ends that it has, also where it stands in a column of short texts."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        assert row is not None
        row.nick = "a\nb"
        ctx.session.flush()
        assert control(RowForm(ctx, view_of(ctx, Every), row), "nick").kind == "textarea"
        saved(ctx, Every, row, nick="a\r\nb\r\nc")
        assert row.nick == "a\nb\nc"


def test_two_people(stored: Engine, views: Registry) -> None:
    """Fields that only another person changed since the form was opened stay theirs."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        posted = fill(RowForm(ctx, view_of(ctx, Every), row), nick="mine")
        ctx.session.execute(sa.update(Every).values(whole=7, name="theirs"))
        ctx.session.expire_all()
        form = sent(ctx, Every, row, posted)
        assert form.validate()
        assert list(form.changes()) == ["nick"]
        save(form)
        assert row is not None
        assert (row.nick, row.whole, row.name) == ("mine", 7, "theirs")


def test_snapshot_of_another_row(stored: Engine, views: Registry) -> None:
    """A snapshot that was signed for another form counts as none."""
    with context(stored, views) as ctx:
        row = ctx.session.get(Every, 1)
        posted = fill(RowForm(ctx, view_of(ctx, Every)), name="x")
        assert sent(ctx, Every, row, posted).snapshot is None
