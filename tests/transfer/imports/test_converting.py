"""Texts and values of files become the values of columns: one by one and column by column the same, or a reason in plain words."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import DeclarativeBase, mapped_column

from webadmin import Admin, ModelView
from webadmin.database.session import Database
from webadmin.text import use_locale
from webadmin.transfer.formats import harmless
from webadmin.transfer.imports.asked import FileForm, Reading, Target
from webadmin.transfer.imports.converting import Converter, Wrong, converter
from webadmin.transfer.imports.source import Exact

CSV, JSON, XLSX = FileForm("csv"), FileForm("json"), FileForm("xlsx")
DMY, MDY, COMMA = Reading(dates="dmy"), Reading(dates="mdy"), Reading(decimal=",")


class Base(DeclarativeBase):
    pass


class Size(enum.Enum):
    SMALL = 1
    VERY_LARGE = 2


class Part(Base):
    __tablename__ = "parts"
    one = mapped_column(sa.Integer, primary_key=True)
    other = mapped_column(sa.String, primary_key=True)


class Thing(Base):
    __tablename__ = "things"
    id = mapped_column(sa.Integer, primary_key=True)
    small = mapped_column(sa.SmallInteger)
    price = mapped_column(sa.Numeric(8, 2))
    exact = mapped_column(sa.Numeric)
    weight = mapped_column(sa.Float)
    flag = mapped_column(sa.Boolean)
    size = mapped_column(sa.Enum(Size))
    colour = mapped_column(sa.String(10))
    name = mapped_column(sa.String(5))
    text = mapped_column(sa.Text)
    day = mapped_column(sa.Date)
    clock = mapped_column(sa.Time)
    moment = mapped_column(sa.DateTime(timezone=True))
    local = mapped_column(sa.DateTime)
    length = mapped_column(sa.Interval)
    uuid = mapped_column(sa.Uuid)
    words = mapped_column(sa.ARRAY(sa.Text))
    numbers = mapped_column(sa.ARRAY(sa.Integer))
    data = mapped_column(sa.JSON)
    bytes = mapped_column(sa.LargeBinary)
    address = mapped_column(INET)
    part_one = mapped_column(sa.Integer)
    part_other = mapped_column(sa.String)
    part = sa.orm.relationship(Part)
    __table_args__ = (sa.ForeignKeyConstraint(["part_one", "part_other"], ["parts.one", "parts.other"]),)


class ThingView(ModelView, model=Thing):
    form_args = {"colour": {"choices": [("r", "Dark red"), ("b", "Blue")]}}


@pytest.fixture(scope="module")
def admin() -> Admin:
    made = Admin(sa.create_engine("postgresql+psycopg://nobody@nowhere/nothing"), title="Things")
    made.add_view(ThingView)
    made.add_model(Part)
    return made


@pytest.fixture(scope="module")
def made(admin: Admin) -> Any:
    dialect = Database(sa.create_engine("postgresql+psycopg://nobody@nowhere/nothing")).dialect

    def make(name: str, form: FileForm = CSV, reading: Reading = Reading()) -> Converter:  # noqa: B008
        return converter(admin.registry.views["things"], Target(0, name, reading=reading), form, dialect)

    return make


def alone(convert: Converter, text: str) -> tuple[Any, str]:
    """What a text comes to, or what is wrong with it."""
    try:
        return convert(text), ""
    except Wrong as error:
        return None, error.message


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc]


RIGHT: list[tuple[str, Any, FileForm, Reading, Any]] = [
    ("id", "12", CSV, Reading(), 12), ("id", "-12", CSV, Reading(), -12), ("id", "1,234", CSV, Reading(), 1234),
    ("id", "1.234", CSV, COMMA, 1234), ("id", "3.0", CSV, Reading(), 3), ("id", 3.0, XLSX, Reading(), 3),
    ("id", " 7 ", CSV, Reading(), 7), ("id", "", CSV, Reading(), None), ("id", "  ", CSV, Reading(), None),
    ("price", "12.5", CSV, Reading(), Decimal("12.5")), ("price", "1.234,5", CSV, COMMA, Decimal("1234.5")),
    ("price", "-12,50", CSV, COMMA, Decimal("-12.50")), ("price", "€ 1,234.50", CSV, Reading(), Decimal("1234.50")),
    ("price", "12,50 €", CSV, COMMA, Decimal("12.50")), ("price", "1 234,5", CSV, COMMA, Decimal("1234.5")),
    ("price", 12.34, XLSX, Reading(), Decimal("12.34")), ("price", 0.1 + 0.2, XLSX, Reading(), Decimal("0.3")),
    ("price", Exact("1.10"), JSON, COMMA, Decimal("1.10")), ("price", "\u22125", CSV, Reading(), Decimal(-5)),
    ("exact", Exact("0.1234567890123456789"), JSON, Reading(), Decimal("0.1234567890123456789")),
    ("weight", "1e-7", CSV, Reading(), 1e-7), ("weight", 0.1 + 0.2, XLSX, Reading(), 0.1 + 0.2), ("weight", 2, JSON, Reading(), 2.0),
    ("weight", "0,5", CSV, COMMA, 0.5),
    ("flag", "true", CSV, Reading(), True), ("flag", "Nein", CSV, Reading(), False), ("flag", "WAHR", CSV, Reading(), True),
    ("flag", 0, XLSX, Reading(), False), ("flag", True, JSON, Reading(), True),
    ("size", "SMALL", CSV, Reading(), Size.SMALL), ("size", "very large", CSV, Reading(), Size.VERY_LARGE),
    ("size", "2", CSV, Reading(), Size.VERY_LARGE), ("size", 1, XLSX, Reading(), Size.SMALL),
    ("colour", "r", CSV, Reading(), "r"), ("colour", "dark red", CSV, Reading(), "r"),
    ("name", "Ärger", CSV, Reading(), "Ärger"), ("name", "", CSV, Reading(), ""), ("name", 5, XLSX, Reading(), "5"),
    ("name", 5.0, XLSX, Reading(), "5"), ("name", True, JSON, Reading(), "true"), ("name", " a ", CSV, Reading(), " a "),
    ("text", "+49 30 (0)1", CSV, Reading(), "+49 30 (0)1"), ("text", "'=a", CSV, Reading(), "=a"), ("text", "'a", CSV, Reading(), "'a"),
    ("text", "=cmd()", JSON, Reading(), "=cmd()"), ("text", "'=a", XLSX, Reading(), "'=a"), ("text", "a\r\nb\r", CSV, Reading(), "a\r\nb\r"),
    ("text", "- note(s): a | b", CSV, Reading(), "- note(s): a | b"),
    ("day", "2026-11-21", CSV, DMY, dt.date(2026, 11, 21)), ("day", "3/4/2026", CSV, DMY, dt.date(2026, 4, 3)),
    ("day", "3/4/2026", CSV, MDY, dt.date(2026, 3, 4)), ("day", "3. 4. 2026", CSV, DMY, dt.date(2026, 4, 3)),
    ("day", dt.datetime(2026, 4, 3), XLSX, Reading(), dt.date(2026, 4, 3)), ("day", "2026-04-03 00:00:00", CSV, DMY, dt.date(2026, 4, 3)),
    ("day", "2026/4/3", CSV, Reading(), dt.date(2026, 4, 3)),
    ("clock", "14:30", CSV, Reading(), dt.time(14, 30)), ("clock", "2:30 pm", CSV, Reading(), dt.time(14, 30)),
    ("clock", dt.time(14, 30), XLSX, Reading(), dt.time(14, 30)), ("clock", "14:30:00.5", CSV, Reading(), dt.time(14, 30, 0, 500000)),
    ("moment", "2026-11-21 14:30:00.5+00", CSV, Reading(), moment(2026, 11, 21, 14, 30, 0, 500000)),
    ("moment", "2026-11-21T14:30:00+02:00", JSON, Reading(), moment(2026, 11, 21, 12, 30)),
    ("moment", "21.11.2026 14:30", CSV, DMY, moment(2026, 11, 21, 13, 30)),
    ("moment", "11/21/2026 2:30 PM", CSV, MDY, moment(2026, 11, 21, 13, 30)),
    ("moment", dt.datetime(2026, 7, 1, 12), XLSX, Reading(), moment(2026, 7, 1, 10)),
    ("moment", "2026-07-01", CSV, Reading(), moment(2026, 6, 30, 22)),
    ("local", "2026-07-01 12:00:00", CSV, Reading(), dt.datetime(2026, 7, 1, 12)),
    ("length", "-1 day 03:00:00", CSV, Reading(), -dt.timedelta(days=1, hours=3)), ("length", "90 min", CSV, Reading(), dt.timedelta(minutes=90)),
    ("length", dt.time(3), XLSX, Reading(), dt.timedelta(hours=3)), ("length", dt.timedelta(days=2), XLSX, Reading(), dt.timedelta(days=2)),
    ("uuid", "{00000000-0000-0000-0000-00000000000A}", CSV, Reading(), UUID(int=10)),
    ("words", '["a", "b\\r\\n", null]', CSV, Reading(), ["a", "b\r\n", None]), ("words", "a, b; c", CSV, Reading(), ["a", "b", "c"]),
    ("words", ["a"], JSON, Reading(), ["a"]), ("words", "[]", CSV, Reading(), []), ("words", [1, 2.5], JSON, Reading(), ["1", "2.5"]),
    ("numbers", "[1, 2]", CSV, Reading(), [1, 2]), ("numbers", [1, "2"], JSON, Reading(), [1, 2]), ("numbers", 7, XLSX, Reading(), [7]),
    ("data", '{"a": [1, 2.5, null]}', CSV, Reading(), {"a": [1, 2.5, None]}), ("data", {"a": Exact("2.50")}, JSON, Reading(), {"a": 2.5}),
    ("data", "a", JSON, Reading(), "a"), ("data", '"a"', CSV, Reading(), "a"),
    ("bytes", "\\x00ff", CSV, Reading(), b"\x00\xff"), ("bytes", "\\x", CSV, Reading(), b""),
    ("address", "10.0.0.1", CSV, Reading(), "10.0.0.1"),
    ("part", "1,a~2Fb", CSV, Reading(), (1, "a/b")),
]  # fmt: skip

WRONG: list[tuple[str, Any, FileForm, Reading, str, str]] = [
    ("id", "abc", CSV, Reading(), "type", "Enter a number, such as 12 or 12.50."), ("id", "1.5", CSV, Reading(), "type", "Enter a whole number."),
    ("id", "1.000", CSV, Reading(), "type", "Enter a whole number."), ("id", "1,5", CSV, Reading(), "type", "Enter a whole number."),
    ("small", "40000", CSV, Reading(), "type", "from -32,768 to 32,767"),
    ("id", True, JSON, Reading(), "type", "Enter a number"), ("id", [1], JSON, Reading(), "type", "Enter a number"),
    ("id", "9" * 5000, CSV, Reading(), "type", "too large"), ("price", "--5", CSV, Reading(), "type", "Enter a number"),
    ("price", "12,5", CSV, Reading(), "type", "a decimal comma; this column is read with a decimal point"),
    ("price", "12.5", CSV, COMMA, "type", "a decimal point; this column is read with a decimal comma"),
    ("price", "1.234", CSV, Reading(), "type", "At most 2 digits after the point"), ("price", "1234567.00", CSV, Reading(), "type", "under 1,000,000"),
    ("price", "=1+1", CSV, Reading(), "type", "Enter a number"), ("weight", "inf", CSV, Reading(), "type", "Enter a number"),
    ("weight", "1e999", CSV, Reading(), "type", "too large"), ("weight", float("inf"), JSON, Reading(), "type", "Enter a number"),
    ("flag", "maybe", CSV, Reading(), "choice", "Write yes or no."), ("flag", 2, XLSX, Reading(), "choice", "Write yes or no."),
    ("size", "medium", CSV, Reading(), "choice", "Small, Very large"), ("colour", "green", CSV, Reading(), "choice", "Dark red, Blue"),
    ("size", ["SMALL"], JSON, Reading(), "choice", "Small"),
    ("name", "too long", CSV, Reading(), "long", "At most 5 characters. This has 8."), ("name", {"a": 1}, JSON, Reading(), "type", "here stands a text"),
    ("text", "=cmd()", CSV, Reading(), "formula", "apostrophe"), ("text", "+cmd|' /C calc'!A0", CSV, Reading(), "formula", "apostrophe"),
    ("text", "@SUM(A1)", CSV, Reading(), "formula", "apostrophe"),
    ("day", "3/4/2026", CSV, Reading(), "ambiguous", "whether the day or the month comes first"),
    ("day", "13/4/2026", CSV, MDY, "type", "There is no month 13"), ("day", "3/13/2026", CSV, DMY, "type", "There is no month 13"),
    ("day", "03/04/26", CSV, DMY, "ambiguous", "four digits"), ("day", "30.02.2026", CSV, DMY, "type", "no such day"),
    ("day", "2026-02-30", CSV, Reading(), "type", "Enter a date"), ("day", "2026-02-03 12:00", CSV, Reading(), "type", "a day alone"),
    ("day", 46000, XLSX, Reading(), "type", "Enter a date"), ("clock", "25:00", CSV, Reading(), "type", "Enter a time of day"),
    ("clock", "14:30 pm", CSV, Reading(), "type", "Enter a time of day"),
    ("moment", "2026-03-29 02:30", CSV, Reading(), "type", "no such time in Europe/Berlin"),
    ("moment", "0001-01-01 00:00", CSV, Reading(), "type", "too far away"),
    ("moment", "soon", CSV, Reading(), "type", "Enter a date"), ("local", "2026-07-01 12:00+02", CSV, Reading(), "type", "leave the offset out"),
    ("length", "long", CSV, Reading(), "type", "Enter a length of time"), ("length", 5, XLSX, Reading(), "type", "Enter a length of time"),
    ("uuid", "x", CSV, Reading(), "type", "Enter a UUID"),
    ("words", "[1,", CSV, Reading(), "type", "This is no list"), ("words", [["a"]], JSON, Reading(), "type", "a list of lists"),
    ("words", '["\\u0000"]', CSV, Reading(), "type", "NUL"), ("numbers", "a", CSV, Reading(), "type", "Enter a whole number."),
    ("data", "{", CSV, Reading(), "type", "this is not JSON"), ("data", '{"a": "\\ud800"}', CSV, Reading(), "type", "broken character"),
    ("data", "[" * 500 + "]" * 500, CSV, Reading(), "type", "nested too deeply"), ("data", '{"a": NaN}', CSV, Reading(), "type", "NaN is not JSON"),
    ("bytes", "xyz", CSV, Reading(), "type", "pairs of the digits"), ("address", "300.0.0.1", CSV, Reading(), "type", "Enter an address"),
    ("part", "1", CSV, Reading(), "type", "no key"),
]  # fmt: skip


def test_right(made: Any) -> None:
    """Every kind of value that a file can hold is read, alone and among the values of a column."""
    with use_locale("en", "Europe/Berlin"):
        for name, value, form, reading, expected in RIGHT:
            convert = made(name, form, reading)
            case = (name, value)
            assert convert(value) == expected, case
            assert type(convert(value)) is type(expected), case
            column, wrong = convert.column([value, None, value])
            assert (column, wrong) == ([expected, None, expected], {}), case


def test_wrong(made: Any) -> None:
    """What a column cannot take is said in a sentence; the other values of the column are read."""
    with use_locale("en", "Europe/Berlin"):
        for name, value, form, reading, kind, message in WRONG:
            convert = made(name, form, reading)
            case = (name, value)
            with pytest.raises(Wrong) as caught:
                convert(value)
            assert caught.value.kind == kind, case
            assert message in caught.value.message, (case, caught.value.message)
            column, wrong = convert.column([None, value, value])
            assert column == [None, None, None], case
            assert {place: error.message for place, error in wrong.items()} == {
                1: caught.value.message,
                2: caught.value.message,
            }


def test_columns_of_plain_texts(made: Any) -> None:
    """Columns that go a short way give the same as one value after the other; a single odd text takes the long one."""
    columns: list[tuple[str, list[str]]] = [
        ("id", ["1", "-2", "000000000000000000"]), ("id", ["1", "99999999999"]), ("price", ["1", "2.50", "-3.1"]),
        ("exact", ["1.5", "2"]), ("weight", ["1.5", "1e3", "-2"]), ("day", ["2026-11-21", "2024-02-29"]), ("day", ["2026-11-21", "2026-02-30"]),
        ("moment", ["2026-11-21 14:30:00+00", "2026-11-21T14:30:00.123456Z"]), ("moment", ["2026-11-21 14:30:00+00", "2026-11-21 14:30"]),
        ("local", ["2026-11-21 14:30:00", "2026-11-21T14:30:00.5"]), ("uuid", [str(UUID(int=5)), str(UUID(int=6)).upper()]),
        ("uuid", [str(UUID(int=5))]), ("name", ["a", "abcdef"]), ("name", ["a", ""]), ("text", ["a", "'=a", ""]), ("text", ["a", "=a"]),
        ("words", ['["a"]', "[]", '["b", "c"]']), ("words", ['["a"]', "[1]", "[null]"]), ("data", ['{"a": 1}', '{"b": "\\u0041"}']),
        ("data", ['{"a": 1}', "{"]), ("data", ['{"a": 1}', "[1]"]), ("id", ["1\n2", "3"]), ("data", ['{"a": 1} x', "{}"]),
    ]  # fmt: skip
    for name, texts in columns:
        convert = made(name)
        found, wrong = convert.column([*texts, None])
        for place, text in enumerate(texts):
            value, message = alone(convert, text)
            assert (found[place], getattr(wrong.get(place), "message", "")) == (value, message), (name, text)
            assert type(found[place]) is type(value), (name, text)


def test_what_exports_guard(made: Any) -> None:
    """A text that an export made harmless is the text again."""
    for text in ("=1+1", "+49", "-5", "@x", "\tx", "'=1", "''@", "'a", "'", "-note(s)", "+a(b)"):
        assert made("text")(harmless(text)) == text


PLAIN = [
    ("id", "2147483647"), ("id", "999999999"), ("id", "-999999999"), ("id", "007"), ("id", "-0"), ("small", "9999"), ("small", "32768"),
    ("price", "999999.99"), ("price", "1000000"), ("price", "1.005"), ("price", "-0.5"), ("price", "1."), ("exact", "0.10"),
    ("uuid", "0192d3a0-0000-7000-8000-000000000001"), ("uuid", "0192D3A0-0000-7000-8000-000000000001"),
    ("moment", "2026-02-28 23:59:59.999999Z"), ("moment", "2026-02-30 00:00:00Z"), ("moment", "2026-02-28 24:00:00Z"),
    ("moment", "2026-02-28T12:00:00+00"), ("moment", "2026-02-28 12:00:60Z"), ("moment", "2026-02-28 12:00:00"), ("moment", "0000-01-01 00:00:00Z"),
    ("text", "1"), ("local", "2026-02-28 12:00:00"), ("colour", "r"),
]  # fmt: skip


def test_plain(made: Any, pg_engine: sa.Engine) -> None:
    """What goes to the database as the text it is means there what it means here; what only looks so is read here."""
    plain = [(name, text) for name, text in PLAIN if made(name).is_plain([text, None, text])]
    assert [name for name, _text in plain] == ["id"] * 4 + ["small"] + ["price"] * 2 + ["exact", "uuid"] + [
        "moment"
    ] * 2
    kinds = {name: Thing.__table__.c[name].type for name, _text in plain}
    casts = [sa.cast(sa.cast(sa.literal(text), sa.Text), kinds[name]) for name, text in plain]
    with pg_engine.connect() as connection:
        there = connection.execute(sa.select(*casts)).one()
    assert list(there) == [made(name)(text) for name, text in plain]
    assert not made("price", reading=COMMA).is_plain(["1.50"])
    assert not made("id").is_plain([None])
