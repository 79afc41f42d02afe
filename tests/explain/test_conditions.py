from __future__ import annotations

import pytest

from webadmin.explain.conditions import Column, comparisons, sort_columns, unwrapped


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("(t.code = 'x'::text)", [("=", "t.code", "'x'::text")]),
        ("((t.v)::text = 'y'::text)", [("=", "(t.v)::text", "'y'::text")]),
        ("((t.a > 1) AND (t.b = 'q (AND) ''x'::text))", [(">", "t.a", "1"), ("=", "t.b", "'q (AND) ''x'::text")]),
        ("((t.a = 1) AND ((t.b = 2) AND (t.c = 3)))", [("=", "t.a", "1"), ("=", "t.b", "2"), ("=", "t.c", "3")]),
        ("((t.a = 1) OR ((t.b = 2) AND (t.c = 3)))", [("OR", "(t.a = 1) OR ((t.b = 2) AND (t.c = 3))", None)]),
        ("(t.b AND (NOT t.c))", [("", "t.b", None), ("NOT", "t.c", None)]),
        ("(t.e IS NOT NULL)", [("IS NOT NULL", "t.e", None)]),
        ("(t.id IS DISTINCT FROM 3)", [("IS DISTINCT FROM", "t.id", "3")]),
        ("(t.id = ANY ('{1,2}'::integer[]))", [("= ANY", "t.id", "'{1,2}'::integer[]")]),
        ("((InitPlan 1).col1 = t.id)", [("=", "(InitPlan 1).col1", "t.id")]),
        ("((t.j ->> 'x'::text) = '5'::text)", [("=", "t.j ->> 'x'::text", "'5'::text")]),
        ("(to_tsvector('english'::regconfig, t.code) @@ '''x'''::tsquery)",
         [("@@", "to_tsvector('english'::regconfig, t.code)", "'''x'''::tsquery")]),
        ("((t.d AT TIME ZONE 'UTC'::text) > now())", [(">", "t.d AT TIME ZONE 'UTC'::text", "now()")]),
        ("(ROW(t.id, t.code) > ROW(3, 'x'::text))", [(">", "ROW(t.id, t.code)", "ROW(3, 'x'::text)")]),
    ],
)  # fmt: skip
def test_comparisons(condition: str, found: list[tuple[str, str, str | None]]) -> None:
    """A condition comes apart where it says AND, whatever stands in its texts and parentheses."""
    parts = comparisons(condition)
    assert [(part.operator, part.left.text, part.right and part.right.text) for part in parts] == found


def test_columns() -> None:
    """A column is known alone, behind casts and inside of an expression; functions, types and values are none."""
    [cast] = comparisons('(((t."Due ""On""")::timestamp without time zone)::text = s.code)')
    assert (cast.left.column, cast.left.cast, cast.left.bare) == (Column("t", 'Due "On"'), "text", None)
    assert cast.right is not None
    assert cast.right.bare == Column("s", "code")
    [called] = comparisons("(public.norm(t.a, 'b.c'::text, (t.d)::shop.kind) ~~ '%x%'::text)")
    assert called.left.column is None
    assert called.columns == (Column("t", "a"), Column("t", "d"))
    [plain] = comparisons("(id = 5)")
    assert plain.left.bare == Column("", "id")


def test_sides() -> None:
    """Of a comparison of two tables each has its side; what is about one table alone on both sides has none."""
    [joined] = comparisons("(a.x = (b.y)::text)")
    mine, other = joined.side_of("b") or (None, None)
    assert mine is not None
    assert (mine.column, mine.cast, other and other.text) == (Column("b", "y"), "text", "a.x")
    [within] = comparisons("(a.x = a.y)")
    assert within.side_of("a") is None
    assert within.side_of("c") is None


def test_sort_columns() -> None:
    """Keys of a sort are read without their directions."""
    keys = sort_columns(["(lower(t.code)) DESC NULLS LAST", "t.v", "t.d DESC", "t.e NULLS FIRST"])
    assert [key.text for key in keys] == ["lower(t.code)", "t.v", "t.d", "t.e"]
    assert [key.bare for key in keys] == [None, Column("t", "v"), Column("t", "d"), Column("t", "e")]


def test_unwrapped() -> None:
    """Parentheses are taken off where they are around the whole alone, whatever stands in texts."""
    assert unwrapped("((a = ')'))") == "a = ')'"
    assert unwrapped("(a) = (b)") == "(a) = (b)"
    assert unwrapped("(a = 1") == "(a = 1"
