from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from webadmin.dialects.bound import Piece
from webadmin.explain.format import highlight, layout, one_line, text

_SQL = (
    'SELECT orders.id, orders."select" FROM orders JOIN customers AS c ON c.id = orders.customer_id '
    "WHERE orders.note = "
)


def _spans(pieces: list[Piece], name: str) -> list[str]:
    tree = html.fromstring(f"<code>{highlight(pieces)}</code>")
    return [span.text_content() for span in tree.cssselect(f"span.{name}")]


def test_layout() -> None:
    """Each clause begins a line."""
    laid_out = text(layout([Piece(_SQL), Piece("'x'", value=True), Piece(" ORDER BY orders.id LIMIT 25")]))
    assert laid_out.splitlines() == [
        'SELECT orders.id, orders."select"',
        "FROM orders",
        "JOIN customers AS c ON c.id = orders.customer_id",
        "WHERE orders.note = 'x'",
        "ORDER BY orders.id",
        "LIMIT 25",
    ]


def test_colours() -> None:
    """Keywords and values are marked, quoted names are not."""
    pieces = layout([Piece(_SQL), Piece("'x'", value=True), Piece(" LIMIT 25")])
    assert _spans(pieces, "k") == ["SELECT", "FROM", "JOIN", "AS", "ON", "WHERE", "LIMIT"]
    assert _spans(pieces, "n") == ["'x'", "25"]


def test_markup_in_values_names_and_sql_is_escaped() -> None:
    """No element comes from the statement, wherever it stands."""
    evil = "<script>alert(1)</script>"
    pieces = layout([Piece(f"SELECT \"{evil}\", '{evil}' /* {evil} */ < "), Piece(f"'{evil}'", value=True)])
    tree = html.fromstring(f"<code>{highlight(pieces)}</code>")
    assert {element.tag for element in tree.iter()} <= {"code", "span"}
    assert tree.text_content().count(evil) == 4


_VALUE = st.text(alphabet=st.sampled_from("ab '\"\\\n-$/*;%(<wq0z_"), max_size=30)


@given(_VALUE, _VALUE, _VALUE)
def test_nothing_but_space_between_words_changes(value: str, inside: str, name: str) -> None:
    """Values, texts and quoted names come through untouched, whatever is in them."""
    literal = "'" + value.replace("'", "''") + "'"
    constant = "'" + inside.replace("'", "''") + "'"
    quoted = '"' + name.replace('"', '""') + '"'
    pieces = [
        Piece(f"SELECT {quoted}, {constant} FROM t WHERE a IN ("),
        Piece(literal, value=True),
        Piece(") AND b = "),
        Piece(literal, value=True),
    ]
    laid_out = layout(pieces)
    result = text(laid_out)
    assert re.sub(r"\s", "", result) == re.sub(r"\s", "", text(pieces))
    assert result.count(literal) >= 2
    assert quoted in result
    assert constant in result
    assert html.fromstring(f"<code>{highlight(laid_out)}</code>").text_content().strip() == result


def test_statement_with_a_comment_to_the_end_of_its_line_stays_as_it_is() -> None:
    """Moving what stands behind such a comment would make it part of the comment."""
    sql = "SELECT 1 -- one\nFROM t"
    assert text(layout([Piece(sql)])) == sql


def test_backslashes_in_texts() -> None:
    """A text that ends in a backslash, or escapes its quote with one, is one text."""
    sql = "SELECT E'it\\'s' AS a, 'dir\\' AS b, 'from  where' AS c FROM t"
    laid_out = layout([Piece(sql)])
    assert "'from  where'" in text(laid_out)
    assert _spans(laid_out, "n") == ["E'it\\'s'", "'dir\\'", "'from  where'"]


def test_huge_statement_is_shown_as_sent() -> None:
    """A statement of thousands of values is not laid out."""
    sql = "SELECT * FROM t WHERE id IN (" + ", ".join(["1"] * 10_000) + ")"
    assert text(layout([Piece(sql)])) == sql


def test_one_line() -> None:
    """The preview is one line, cut with an ellipsis."""
    assert one_line("SELECT a,\n       b\nFROM t") == "SELECT a, b FROM t"
    assert one_line("SELECT " + "a" * 500).endswith("…")
