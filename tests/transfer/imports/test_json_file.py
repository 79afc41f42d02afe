"""JSON and JSON lines: objects become rows, in pieces; what is none is a row's problem, or ends the file with a reason."""

from __future__ import annotations

import json

import pytest

from tests.transfer.imports.reading import read
from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.source import Exact, Refused

LINES, LIST = FileForm("jsonl"), FileForm("json")


def test_list_and_lines() -> None:
    """The same objects in both forms, of more than one piece; names are columns, what lacks one has nothing there."""
    objects = [
        {"id": number, "text": "ä\n" * (number % 50), "more": {"a": [1, None]}} for number in range(4000)
    ]
    objects[1] = {"id": 1}
    expected = [[one["id"], one.get("text"), one.get("more")] for one in objects]
    texts = [json.dumps(one, ensure_ascii=bool(one["id"] % 2)) for one in objects]
    for found in (read("\n".join(texts), LINES), read(" [\n" + " ,\n".join(texts) + "]\n", LIST)):
        assert found.headings == ("id", "text", "more")
        assert [cells for _number, cells in found.rows] == expected
        assert [number for number, _cells in found.rows] == list(range(1, 4001))


def test_a_list_within_an_object() -> None:
    """What services answer with: the list of objects among other members, wherever it stands, and of any length."""
    objects = [{"id": number, "text": "x" * 300} for number in range(2000)]
    around = {
        "next": None,
        "tags": [1, "a", []],
        "none": [],
        "info": {"list": [{"a": 1}]},
        "rows": objects,
        "count": 2,
    }
    for content in (json.dumps(around), json.dumps(around, indent=1), json.dumps({"rows": objects})):
        found = read(content, LIST)
        assert found.headings == ("id", "text")
        assert found.rows == [(one["id"] + 1, [one["id"], one["text"]]) for one in objects]


def test_digits() -> None:
    """A fraction keeps the digits that it was written with."""
    (number, (value,)) = read('[{"a": 1.10}]', LIST).rows[0]
    assert (number, value, type(value), value.text) == (1, 1.1, Exact, "1.10")


def test_what_is_no_object() -> None:
    """A line that is no JSON, a member that is no object, a new name and a text that is none are each a row's problem."""
    lines = [
        '{"a": "x"}',
        "",
        "{",
        "[1]",
        '{"b": 1}',
        r'{"a": "\u0000"}',
        r'{"a": "\ud800"}',
        '{"a": NaN}',
        '{"a": "y"}',
    ]
    found = read("\n".join(lines), LINES)
    assert found.headings == ("a", "b")
    assert found.rows == [(1, ["x", None]), (4, [None, 1]), (8, ["y", None])]
    assert found.problems == [(2, "ragged"), (3, "ragged"), (5, "text"), (6, "text"), (7, "ragged")]
    later = read("\n".join(['{"a": 1}'] * 1000 + ['{"c": 1}']), LINES)
    assert later.problems == [(1001, "ragged")]
    assert read('[{"a": 1}, 2, null]', LIST).problems == [(2, "ragged"), (3, "ragged")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "no rows"),
        ('{"a": 1}', "list of objects"),
        ('{"rows": [], "a": [1]}', "list of objects"),
        ('{"a": [{"b": 1}], "c": [{"d": 1}]}', "several lists"),
        ('{"a": [{"b": 1}], 1: 2}', "no JSON"),
        ('{"a": [{"b": 1}]', "no JSON"),
        ('{"a"}', "no JSON"),
        ('{"a": [{"b": 1}]} x', "behind the list"),
        ('[{"a": 1}', "Object 1 is no JSON"),
        ('[{"a": 1} {"a": 2}]', "Object 1 is no JSON"),
        ('[{"a": 1}, {"a": }]', "Object 2 is no JSON"),
        ('[{"a": 1}] x', "behind the list"),
        ("[" * 100_000, "Object 1 is no JSON"),
        ('[{"a": ' + "1" * 5000 + "}]", "Object 1 is no JSON"),
        ('[{"a": "' + "x" * 400_000, "more than 400 characters"),
        ('[{" a": 1}]', "begin or end with blanks"),
    ],
)
def test_refused(content: str, message: str) -> None:
    """A file that is none, or not any further, says where."""
    with pytest.raises(Refused, match=message):
        read(content, LIST, cell=100)


def test_too_long() -> None:
    """One text that is longer than a cell can be is a problem of its row, a line without end of the file."""
    found = read('{"a": "xxxxxxxxxxx"}\n{"a": "y"}', LINES, cell=10)
    assert (found.problems, found.rows) == ([(1, "long")], [(2, ["y"])])
    with pytest.raises(Refused, match="more than 40 characters"):
        read('{"a": "' + "x" * 400_000 + '"}\n', LINES, cell=10)
