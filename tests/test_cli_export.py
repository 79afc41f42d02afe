"""``webadmin export``: rows of a list in a file."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webadmin.cli import main


@pytest.fixture
def url(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "pets.db") as connection:
        connection.execute("CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER)")
        connection.executemany(
            "INSERT INTO pets VALUES (?, ?, ?)", [(1, "Rex", 3), (2, "=Tom", None), (3, "Ada", 7)]
        )
    connection.close()
    return f"sqlite:///{tmp_path / 'pets.db'}"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", *arguments])


def test_to_the_standard_output(url: str) -> None:
    """Without a file the rows go on, and nothing else does."""
    result = run(url, "pets", "--query", "sort=id:asc&columns=id,name,age")
    assert result.exit_code == 0, result.output
    assert result.stdout == "id,name,age\n1,Rex,3\n2,'=Tom,\n3,Ada,7\n"


def test_to_a_file(url: str, tmp_path: Path) -> None:
    """The file's name says the format, and what was asked holds."""
    found = tmp_path / "pets.json"
    result = run(url, "pets", "-o", str(found), "--query", "age.gte=5&columns=name,age")
    assert result.exit_code == 0, result.output
    assert json.loads(found.read_text()) == [{"name": "Ada", "age": 7}]
    assert not list(tmp_path.glob("*.part"))
    spoken = tmp_path / "pets.csv"
    assert run(url, "pets", "-o", str(spoken), "--query", "headings=labels&columns=name").exit_code == 0
    assert next(csv.reader(spoken.read_text().splitlines())) == ["Name"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["cats"], "pets"),
        (["pets", "--query", "nothing=1"], "nothing"),
        (["pets", "--query", "sort=nothing:asc"], "sort"),
        (["pets", "--format", "pdf"], "pdf"),
        (["pets", "-o", "/no/such/folder/pets.csv"], "cannot be written"),
        ([], "KEY"),
    ],
    ids=" ".join,
)
def test_refused(url: str, arguments: list[str], word: str) -> None:
    """What cannot be done is told in one line, with exit status 2, and no file is left."""
    result = run(url, *arguments)
    assert result.exit_code == 2
    assert word in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output
