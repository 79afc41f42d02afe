"""What differs between two texts."""

from __future__ import annotations

import pytest

from webadmin.rendering.diffs import Line, Piece, by_lines, by_words


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "It must show the tax id 42.",
            "It must show the VAT number 42 and more.",
            ("It must show the [tax id ]42.", "It must show the [VAT number ]42 [and more]."),
        ),
        ("same", "same", ("same", "same")),
        ("one thing", "quite another", ("[one thing]", "[quite another]")),
        ("", "new", ("", "[new]")),
        ("a b", "a  b", ("[a b]", "[a  b]")),
    ],
)
def test_words(before: str, after: str, shown: tuple[str, str]) -> None:
    """The words that differ are marked on both sides; texts that have little in common are marked as a whole."""
    assert tuple(map(marked, by_words(before, after))) == shown


def test_words_far_away_are_left_out() -> None:
    """Of a long text with a small change a page shows the change and what is around it."""
    long = "word " * 500
    before, after = by_words(f"{long}red {long}", f"{long}blue {long}")
    assert marked(before).startswith("…")
    assert "[red ]" in marked(before)
    assert "[blue ]" in marked(after)
    assert len(marked(before)) < 400


def test_lines() -> None:
    """Lines taken out and put in, with three of the same around them and a gap for the others."""
    before = "\n".join(f"line {n}" for n in range(20))
    lines = by_lines(before, before.replace("line 10", "line ten"))
    assert [line.kind for line in lines] == [
        "gap",
        "ctx",
        "ctx",
        "ctx",
        "rem",
        "add",
        "ctx",
        "ctx",
        "ctx",
        "gap",
    ]
    assert Line("rem", "line 10") in lines
    assert Line("add", "line ten") in lines
    assert by_lines("", '"a"') == (Line("add", '"a"'),)


def test_texts_that_are_hard_to_compare() -> None:
    """Two texts of a million words that have nothing in common, or everything but their order, come in pieces at once."""
    one, other = " ".join("ab" * 200_000), " ".join("ba" * 200_000)
    for before, after in ((one, other), (other, one), ("x " * 590, "y x " * 290)):
        for pieces in by_words(before, after):
            assert len("".join(piece.text for piece in pieces)) < 10_000
        by_lines(before.replace(" ", "\n"), after.replace(" ", "\n"))
