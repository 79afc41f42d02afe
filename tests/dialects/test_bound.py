from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from webadmin.dialects.bound import Piece, inline, plain_literal


def _text(sql: str, parameters: Any, paramstyle: str) -> str:
    return "".join(piece.text for piece in inline(sql, parameters, paramstyle, plain_literal))


def test_values_are_pieces_of_their_own() -> None:
    """A value is told apart from the SQL around it."""
    assert inline("SELECT %(a)s::INTEGER", {"a": 5}, "pyformat", plain_literal) == [
        Piece("SELECT "),
        Piece("5", value=True),
        Piece("::INTEGER"),
    ]


@pytest.mark.parametrize(
    ("sql", "parameters", "paramstyle", "expected"),
    [
        ("a %% %(x)s = '%%'", {"x": 7}, "pyformat", "a % 7 = '%'"),
        ("a = %s AND b = %s", (1, "x"), "format", "a = 1 AND b = 'x'"),
        ("a = ? AND b = '?' AND \"c?\" = ?", (1, 2), "qmark", "a = 1 AND b = '?' AND \"c?\" = 2"),
        ("a = ? -- why?\n AND b = ? /* ? */", (1, 2), "qmark", "a = 1 -- why?\n AND b = 2 /* ? */"),
        ("a::int = :x AND b = ':x'", {"x": 3}, "named", "a::int = 3 AND b = ':x'"),
    ],
)
def test_placeholders(sql: str, parameters: Any, paramstyle: str, expected: str) -> None:
    """Every way in which drivers mark values is understood, and what only looks like one stays."""
    assert _text(sql, parameters, paramstyle) == expected


def test_what_is_not_known_stays() -> None:
    """A placeholder without a value, or of an unknown style, stays as it is."""
    assert _text("a = ? AND b = ?", (1,), "qmark") == "a = 1 AND b = ?"
    assert _text("a = %(x)s", {}, "pyformat") == "a = %(x)s"
    assert _text("a = $1", (1,), "numeric_dollar") == "a = $1"


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (-3, "(-3)"),
        (Decimal("1.50"), "1.50"),
        (float("inf"), "'inf'"),
        ("it's", "'it''s'"),
        (b"\x00\xff", "X'00ff'"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "'2026-01-02 03:04:00+00:00'"),
        (date(2026, 1, 2), "'2026-01-02'"),
        (time(3, 4), "'03:04:00'"),
    ],
)
def test_plain_literal(value: Any, literal: str) -> None:
    """Each kind of value has its literal of standard SQL."""
    assert plain_literal(value) == literal
