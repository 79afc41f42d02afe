"""Values as text and back."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.choices import BooleanCodec, EnumCodec, GivenCodec
from webadmin.forms.codecs.interval import IntervalCodec, format_interval
from webadmin.forms.codecs.numbers import DecimalCodec, FloatCodec, IntegerCodec
from webadmin.forms.codecs.structured import ArrayCodec, JsonCodec
from webadmin.forms.codecs.text import TextCodec
from webadmin.forms.codecs.times import DateCodec, DateTimeCodec, TimeCodec

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"))
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def there_and_back(codec: Codec, value: Any) -> Any:
    """The value after it was shown, sent by a browser, and read."""
    return codec.parse(codec.format(value).replace("\n", "\r\n"))


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers(value: int) -> None:
    """Every 64-bit number goes through."""
    assert there_and_back(IntegerCodec(64), value) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_decimals(value: Decimal) -> None:
    """An exact number goes through without rounding."""
    assert there_and_back(DecimalCodec(), value) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats(value: float) -> None:
    """A floating number goes through to the last bit."""
    assert there_and_back(FloatCodec(), value) == value


@given(st.timedeltas())
def test_intervals(value: dt.timedelta) -> None:
    """Every length of time goes through, negative ones too."""
    assert there_and_back(IntervalCodec(), value) == value


@given(st.lists(st.none() | TEXTS))
def test_lists_of_texts(value: list[str | None]) -> None:
    """Every list of texts goes through, with empty ones, nulls, quotes and line ends in it."""
    assert there_and_back(ArrayCodec(TextCodec()), value) == value if value else True


@given(JSONS.filter(lambda value: value is not None))
def test_json(value: Any) -> None:
    """Every JSON value goes through."""
    codec = JsonCodec(nullable=True)
    assert codec.same(there_and_back(codec, value), value)


@given(TEXTS)
def test_texts(value: str) -> None:
    """Every text goes through."""
    assert there_and_back(TextCodec(), value) == value


@given(st.text(max_size=30))
@pytest.mark.parametrize(
    "codec",
    [
        IntegerCodec(32), DecimalCodec(6, 2), FloatCodec(), IntervalCodec(), JsonCodec(nullable=True), DateCodec(), TimeCodec(),
        ArrayCodec(IntegerCodec(16)), DateTimeCodec(timezone=True), DateTimeCodec(timezone=False), BooleanCodec(),
    ],
    ids=lambda codec: type(codec).__name__,
)  # fmt: skip
def test_any_text(codec: Codec, text: str) -> None:
    """Whatever is typed, it is read, or refused with a sentence."""
    message = "."
    try:
        codec.parse(text)
    except ValueError as error:
        message = str(error)
    assert message.endswith(".")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 days 03:00:00", dt.timedelta(days=2, hours=3)),
        ("3:00", dt.timedelta(hours=3)),
        ("90 min", dt.timedelta(minutes=90)),
        ("1h 30m", dt.timedelta(minutes=90)),
        ("1 week, 2 days", dt.timedelta(days=9)),
        ("1.5 h", dt.timedelta(minutes=90)),
        ("-1 day 00:00:01", -dt.timedelta(days=1, seconds=1)),
        ("P1DT2H30M", dt.timedelta(days=1, hours=2, minutes=30)),
        ("250 ms", dt.timedelta(milliseconds=250)),
    ],
)
def test_ways_to_write_an_interval(text: str, expected: dt.timedelta) -> None:
    """A length of time is understood as people write it."""
    assert IntervalCodec().parse(text) == expected


@pytest.mark.parametrize("text", ["3", "1:75", "1:00:99", "P", "PT", "day", "2 moons", "1e3 s"])
def test_no_interval(text: str) -> None:
    """A number without a unit, or minutes past 59, is none."""
    with pytest.raises(ValueError, match="length of time"):
        IntervalCodec().parse(text)


def test_interval_in_words() -> None:
    """A length of time is shown in days and a clock."""
    assert format_interval(dt.timedelta(days=1)) == "1 day"
    assert format_interval(dt.timedelta(days=2, hours=3)) == "2 days 03:00:00"
    assert format_interval(dt.timedelta(milliseconds=-1500)) == "-00:00:01.5"


class Level(enum.Enum):
    LOW = "low"
    VERY_HIGH = "very-high"


def test_enums() -> None:
    """Members go by their names, and are understood by their values; labels are words."""
    codec = EnumCodec(list(Level))
    assert codec.choices == (("LOW", "Low"), ("VERY_HIGH", "very-high"))
    assert codec.parse("VERY_HIGH") is codec.parse("very-high") is Level.VERY_HIGH
    assert EnumCodec(["x_large", "PG-13"]).choices == (("x_large", "X large"), ("PG-13", "PG-13"))


def test_given_choices() -> None:
    """Choices that a view gives are values of the column's own type."""
    codec = GivenCodec(IntegerCodec(32), lambda: [(1, "One"), (2, "Two")])
    assert codec.choices == (("1", "One"), ("2", "Two"))
    assert codec.parse("2") == 2
    with pytest.raises(ValueError, match="list"):
        codec.parse("3")
    groups = GivenCodec(TextCodec(), {"Warm": [("r", "Red")], "Cold": [("b", "Blue")]})
    assert [value for value, _ in groups.choices] == ["r", "b"]


def test_times_with_offsets() -> None:
    """A time of day with an offset keeps it; one without refuses it."""
    assert there_and_back(TimeCodec(timezone=True), dt.time(14, 30, tzinfo=dt.UTC)) == dt.time(
        14, 30, tzinfo=dt.UTC
    )
    with pytest.raises(ValueError, match="no zone"):
        TimeCodec().parse("14:30+02:00")


def test_moments_at_the_edge() -> None:
    """The first and the last moment there is are refused, not fallen over."""
    codec = DateTimeCodec(timezone=True)
    with pytest.raises(ValueError, match="far away"):
        codec.parse("0001-01-01T00:00+14:00")
