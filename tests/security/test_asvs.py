"""The table of ASVS requirements: whole, and each test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
NUMBERS = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2", "2.1": "1-3", "2.2": "1-3", "2.3": "1-4", "2.4": "1-1", "3.2": "1-2", "3.3": "1-4",
    "3.4": "1-6", "3.5": "1-5", "3.7": "1-2", "4.1": "1-3", "4.2": "1-1", "4.3": "1-2", "4.4": "1-4", "5.1": "1-1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3",
    "6.1": "1-3", "6.2": "1-12", "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4", "7.1": "1-3", "7.2": "1-4", "7.3": "1-2", "7.4": "1-5",
    "7.5": "1-2", "7.6": "1-2", "8.1": "1-2", "8.2": "1-3", "8.3": "1-1", "8.4": "1-1", "9.1": "1-3", "9.2": "1-4", "10.1": "1-2", "10.2": "1-2", "10.3": "1-4",
    "10.4": "1-11", "10.5": "1-5", "10.6": "1-2", "10.7": "1-3", "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1-1", "11.6": "1-1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4", "13.1": "1-1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5", "14.1": "1-2", "14.2": "1-4", "14.3": "1-3",
    "15.1": "1-3", "15.2": "1-3", "15.3": "1-7", "16.1": "1-1", "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3", "17.1": "1-1", "17.2": "1-4",
    "17.3": "1-2",
}  # fmt: skip
"""The requirements of levels 1 and 2 of version 5.0.0, by section."""
_ROW = re.compile(r"^\| ([0-9][0-9.,– ]*)\|([^|]+)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
ROWS = [
    tuple(cell.strip() for cell in row)
    for row in _ROW.findall((ROOT / "docs" / "asvs.md").read_text(encoding="utf-8"))
]


def numbers(text: str) -> list[str]:
    """``1.2.5–1.2.7, 1.3.1`` as one number each."""
    found = []
    for part in text.split(", "):
        first, _, last = part.partition("–")
        section, _, begin = first.rpartition(".")
        end = last.rpartition(".")[2] or begin
        found += [f"{section}.{number}" for number in range(int(begin), int(end) + 1)]
    return found


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_requirement_has_one_row() -> None:
    """None of levels 1 and 2 is left out, none stands twice, and none is made up."""
    wanted = [
        f"{section}.{number}"
        for section, span in NUMBERS.items()
        for number in range(1, int(span.partition("-")[2]) + 1)
    ]
    assert sorted(number for row in ROWS for number in numbers(row[0])) == sorted(wanted)
    assert len(wanted) > 240


def test_rows_are_held_by_tests() -> None:
    """Each test that a row names exists; a row without any says whose matter it is."""
    for row in ROWS:
        named = _NAMED.findall(row[3])
        for file, test in named:
            assert (ROOT / "tests" / file).is_file(), (row[0], file)
            assert test in functions_of(file), f"{row[0]}: {file}::{test}"
        assert named or "**no use**" in row[2] or "**yours**" in row[2], row[0]
        assert row[3].count("`") == 2 * len(named), row[0]


def test_what_is_met_in_part_is_named_as_missing() -> None:
    """The list at the end has what the table calls a part, and nothing else."""
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- ([0-9.]+): ", text.partition("## What is missing")[2], re.MULTILINE)
    assert sorted(listed) == sorted(row[0] for row in ROWS if "**part**" in row[2])


def test_the_way_to_report_is_there() -> None:
    """Whoever finds something is told how to say so, and how soon it is dealt with."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in text
    assert "within" in text
