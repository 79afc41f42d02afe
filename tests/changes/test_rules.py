"""Check constraints in words."""

from __future__ import annotations

import pytest

from webadmin.changes.rules import in_words, names_in, names_in_name

GENERAL = "A rule of the table does not allow this value."


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("price >= 0", "Enter 0 or more."),
        ("quantity > 0", "Enter more than 0."),
        ("rating BETWEEN 1 AND 5", "Enter a number from 1 to 5."),
        ("discount >= 0 AND discount < 1", "Enter 0 or more. Enter less than 1."),
        ("(price >= (0)::numeric)", "Enter 0 or more."),
        ("low <= 5 AND high >= 1", GENERAL),
        ("starts < ends", GENERAL),
        ("", GENERAL),
    ],
)
def test_in_words(rule: str, expected: str) -> None:
    """A simple rule says what to enter; of any other nothing is repeated."""
    assert in_words(rule) == expected


def test_names() -> None:
    """The columns of a rule are found in its text, and in its name."""
    columns = ["rate", "rental_rate", "film_id", "note"]
    assert names_in("lower(note) <> 'rate' AND film_id > 0", columns) == ("note", "film_id")
    assert names_in_name("film_rental_rate_check", "film", columns) == ("rental_rate",)
    assert names_in_name("ck_film_rate", "film", columns) == ("rate",)
    assert names_in_name("something", "film", columns) == ()
