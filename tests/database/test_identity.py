"""A key in an address and back, whatever it is made of."""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import http.client
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, User
from webadmin.database.identity import FIXED_WORDS, segment, values
from webadmin.database.inspection import inspect_model
from webadmin.errors import NotFound
from webadmin.routes import ROUTES, match


class Colour(enum.Enum):
    RED = "red, of course"
    ADD = 2


TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=40)
ODD = st.sampled_from(
    ["", ".", "..", "...", "add", "rows", "count", "actions", "lookup", "explain", "export", "import", "~", "~~", "~n", "~e", "~2F", "%2F", "%",
     "a/b", "/", "//", "a,b", ",", "\\", "?", "#", "&", "=", "+", " ", "  ", "a b", "é", "💥", "\u202e", "\r\n", "\t", "'", '"', "<b>", ";", ":",
     "http://x", "a" * 900]
)  # fmt: skip
KINDS: dict[type, Any] = {
    str: TEXT | ODD,
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    UUID: st.uuids(),
    bytes: st.binary(max_size=20),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    float: st.floats(allow_nan=False),
    dt.date: st.dates(),
    dt.datetime: st.datetimes() | st.datetimes(timezones=st.just(dt.UTC)),
    dt.time: st.times(),
    dt.timedelta: st.timedeltas(),
    Colour: st.sampled_from(Colour),
    list: st.lists(st.integers() | TEXT, max_size=3),
}


@st.composite
def keys(draw: st.DrawFn) -> tuple[tuple[Any, ...], tuple[type, ...]]:
    """A key of one to three parts, with the types of its columns; a part may be null."""
    types = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3))
    return tuple(draw(KINDS[kind] | st.none()) for kind in types), tuple(types)


@given(keys())
@example((("..",), (str,)))
@example(((dt.timedelta.max,), (dt.timedelta,)))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_round_trip(key: tuple[tuple[Any, ...], tuple[type, ...]]) -> None:
    """Any key comes back from the address just as it was, in one segment, and is taken for no page of the list."""
    parts, types = key
    text = segment(parts)
    assert text.isascii()
    assert not set(text) & set('/?#\\ "<>')
    assert text.strip(".")
    assert values(unquote(text), types) == parts
    for page in ("", "/change", "/delete", "/purge", "/restore"):
        route, params = match(f"/things/{unquote(text)}{page}/")
        assert route is not None
        assert route.pattern == "{key}/{id}" + page
        assert params["id"] == unquote(text)


@given(keys(), keys())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_two_alike(one: Any, other: Any) -> None:
    """Different keys of the same columns have different addresses."""
    parts, types = one
    drawn, other_types = other
    if types == other_types and parts != drawn:
        assert segment(parts) != segment(drawn)


@given(st.text(max_size=60), st.lists(st.sampled_from([*KINDS, None, object, dict]), min_size=1, max_size=3))
@example("9" * 5000, [int])
@example("1e999999999", [dt.timedelta])
@example("1e999999999", [Decimal])
@example("[" * 5000, [list])
@example("9" * 30_000, [str])
@example("~00", [str])
@example("~00", [None])
@example("nan", [dt.timedelta])
@settings(max_examples=500, deadline=None)
def test_garbage(text: str, types: list[type | None]) -> None:
    """A segment that nobody made is either some key or none, and nothing else."""
    with contextlib.suppress(NotFound):
        values(text, types)


def test_as_people_see_it() -> None:
    """Plain keys stay as they are."""
    assert segment([42]) == "42"
    assert segment(["a/b", 3]) == "a~2Fb,3"
    assert segment([UUID(int=7)]) == "00000000-0000-0000-0000-000000000007"
    assert segment([True]) == "true"
    assert segment([Colour.ADD]) == "ADD"
    assert segment(["x@y.z"]) == "x@y.z"
    assert segment([None]) == "~n"
    assert segment([""]) == "~e"


def test_fixed_words() -> None:
    """Every word that follows a list's key in the table of addresses is kept free of keys."""
    below = [route.pattern.split("/") for route in ROUTES if route.pattern.startswith("{key}/")]
    words = {pattern[1] for pattern in below}
    assert {word for word in words if not word.startswith("{")} <= FIXED_WORDS
    for word in FIXED_WORDS:
        assert segment([word]) != word
        assert values(unquote(segment([word])), [str]) == (word,)


class Wrapped(sa.TypeDecorator[int]):
    impl = sa.Integer
    cache_ok = True


def test_wrapped_types() -> None:
    """A key of a type that wraps another is read as what it wraps, so that the database compares numbers with numbers."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id = mapped_column(Wrapped, primary_key=True)
        part = mapped_column(sa.dialects.postgresql.DOMAIN("part", sa.Integer()), primary_key=True)

    assert inspect_model(Thing).key_types == (int, int)
    assert values("5,6", inspect_model(Thing).key_types) == (5, 6)


NAMES = [
    "plain", "add", "rows", "actions", ".", "..", "a/b", "/", "//x//", "a,b", "~", "~2F", "%2F", "100%", "%41", " ", " x ", "é", "💥 boom", "a\\b",
    "?q=1", "#top", "a&b=c;d", "", "change", "delete", "login", "<script>", "\u2028", "a\nb", "x" * 800, "/" * 800, "...", "+",
]  # fmt: skip


class Base(DeclarativeBase):
    pass


class Note(Base):
    """A row whose key is a text."""

    __tablename__ = "notes"
    name = mapped_column(sa.String, primary_key=True)
    place = mapped_column(sa.Integer)


class Pair(Base):
    """A row whose key is a text and a number."""

    __tablename__ = "pairs"
    name = mapped_column(sa.String, primary_key=True)
    number = mapped_column(sa.Integer, primary_key=True)
    place = mapped_column(sa.Integer)


@pytest.fixture
def admin(engine: sa.Engine) -> Admin:
    """An admin over rows with every odd name."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Note(name=name, place=place) for place, name in enumerate(NAMES))
        session.add_all(Pair(name=name, number=-place, place=place) for place, name in enumerate(NAMES))
        session.commit()
    made = Admin(engine, identify=lambda request: User("Ada"))
    made.add_models(Base)
    return made


def addresses(prefix: str) -> list[tuple[int, str]]:
    """The address of each odd row."""
    notes = [(place, f"{prefix}/notes/{segment([name])}/") for place, name in enumerate(NAMES)]
    return notes + [(place, f"{prefix}/pairs/{segment([name, -place])}/") for place, name in enumerate(NAMES)]


def shown(text: str) -> int:
    """The place of the row that a page shows."""
    return int(parse(text).text("[data-column=place] dd"))


def test_through_the_router(admin: Admin) -> None:
    """The page of every odd row is the page of that row, below a mount point too."""
    app = Starlette(routes=[Mount("/in/here", app=admin)])
    with TestClient(app) as client:
        for place, address in addresses("/in/here"):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert shown(answer.text) == place, address
            assert client.get(f"{address}change/").status_code == 200
        for garbage in ("~00", "nothing", "1,2,3", "~", "~zz", "%00", "%FF", "9" * 3000):
            assert client.get(f"/in/here/notes/{garbage}/").status_code == 404
            assert client.get(f"/in/here/pairs/{garbage}/").status_code == 404


def test_through_a_server(admin: Admin, live: Callable[[Any], str]) -> None:
    """The same through a real server, which decodes the path before any router sees it."""
    host = urlsplit(live(admin)).netloc
    connection = http.client.HTTPConnection(host, timeout=20)
    for place, address in addresses(""):
        connection.request("GET", address)
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, address
        assert shown(text) == place, address
    connection.close()
