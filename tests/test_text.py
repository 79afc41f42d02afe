from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webadmin.text import (
    choice_label,
    compact,
    current_language,
    current_zone,
    format_ago,
    format_count,
    format_date,
    format_datetime,
    format_month,
    format_number,
    format_time,
    gettext,
    humanize,
    ngettext,
    plural,
    singular,
    text_direction,
    use_locale,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("created_at", "Created at"),
        ("OrderLine", "Order line"),
        ("customer_id", "Customer ID"),
        ("HTTPStatus", "HTTP status"),
        ("Film Actor", "Film actor"),
        ("line2", "Line2"),
        ("sku", "SKU"),
        ("__", "__"),
        ("", ""),
    ],
)
def test_names_become_words(name: str, words: str) -> None:
    """Underscores and capitals part words, abbreviations stay large."""
    assert humanize(name) == words


def test_choices_become_words() -> None:
    """Names of a program become words; what people wrote to be read stays: NC-17."""
    texts = ["in_progress", "IN_PROGRESS", "paid", "NC-17", "PG", "Very good"]
    assert [choice_label(text) for text in texts] == [
        "In progress",
        "In progress",
        "Paid",
        "NC-17",
        "PG",
        "Very good",
    ]
    members = Enum("Level", {"VERY_HIGH": 3, "LOW": "rather_low"})
    assert [choice_label(member) for member in members] == ["Very high", "Rather low"]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("Order line", "Order lines"),
        ("Category", "Categories"),
        ("Day", "Days"),
        ("Status", "Statuses"),
        ("Address", "Addresses"),
        ("Tax", "Taxes"),
        ("Person", "People"),
        ("SKU", "SKUs"),
        ("Price analysis", "Price analyses"),
        ("Movie", "Movies"),
        ("Staff", "Staff"),
    ],
)
def test_singular_and_plural_lead_to_each_other(one: str, many: str) -> None:
    """The last word counts; what is singular or plural already stays."""
    assert (plural(one), singular(many)) == (many, one)
    assert (plural(many), singular(one)) == (many, one)


@given(st.text(max_size=40))
def test_any_name_can_be_put_into_words(name: str) -> None:
    """A table may be called anything."""
    assert isinstance(plural(singular(humanize(name))), str)


def test_numbers_have_the_marks_of_the_language() -> None:
    assert format_number(Decimal("1234567.50")) == "1,234,567.50"
    assert format_number(-1234.5, 2) == "-1,234.50"
    with use_locale("de"):
        assert format_number(Decimal("1234567.50")) == "1.234.567,50"
    with use_locale("hi"):
        assert format_number(12345678) == "1,23,45,678"


def test_numbers_that_are_none_keep_their_word() -> None:
    assert [format_number(value) for value in (float("nan"), float("-inf"), 1e30)] == ["nan", "-inf", "1e+30"]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (312, "312"),
        (1434, "1,430"),
        (12_408, "12.4k"),
        (999_499, "999k"),
        (999_600, "1.00M"),
        (4_800_673, "4.80M"),
        (2_150_000_000, "2.15B"),
    ],
)
def test_an_estimate_has_three_digits(count: int, text: str) -> None:
    assert compact(count) == text
    assert format_count(count, exact=False) == f"about {text}"
    assert format_count(count) == f"{count:,}"


@pytest.mark.parametrize(
    ("away", "text"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-4), "4 min ago"),
        (timedelta(hours=-3), "3 h ago"),
        (timedelta(days=-1), "1 day ago"),
        (timedelta(days=2, hours=1), "in 2 days"),
        (timedelta(days=-40), "Oct 12, 2026"),
    ],
)
def test_times_are_told_by_how_long_ago_they_are(away: timedelta, text: str) -> None:
    """Further away than thirty days it is the day itself."""
    assert format_ago(NOON + away, NOON) == text


def test_times_are_in_the_zone_of_the_request() -> None:
    with use_locale("en", "Asia/Tokyo"):
        assert current_zone() == ZoneInfo("Asia/Tokyo")
        assert format_datetime(NOON) == "Nov 21, 2026, 21:00"
        assert format_datetime(NOON.replace(tzinfo=None)) == "Nov 21, 2026, 12:00"
        assert format_ago(datetime(2026, 11, 21, 20), NOON) == "1 h ago"
    assert current_zone() is UTC


def test_days_and_months_are_in_the_language_of_the_request() -> None:
    day = date(2026, 3, 1)
    assert (format_date(day), format_month(day), format_time(time(9, 5))) == (
        "Mar 1, 2026",
        "March 2026",
        "09:05",
    )
    with use_locale("de"):
        assert (format_date(day), format_month(day)) == ("01.03.2026", "März 2026")


def test_what_a_browser_sends_as_locale_cannot_break_a_page() -> None:
    with use_locale("../../etc", "../../etc/passwd"):
        assert (current_language(), current_zone()) == ("en", UTC)
    with use_locale("en", "America"):
        assert current_zone() is UTC


def test_the_direction_of_writing_follows_the_language() -> None:
    assert text_direction() == "ltr"
    with use_locale("ar"):
        assert text_direction() == "rtl"


def test_texts_without_a_translation_are_english() -> None:
    with use_locale("de"):
        assert gettext("Save") == "Save"
        assert [ngettext("row", "rows", n) for n in (0, 1, 2)] == ["rows", "row", "rows"]
