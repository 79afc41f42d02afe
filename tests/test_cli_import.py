"""``webadmin import``: rows of a file into a list."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from webadmin.cli import main


class Pets:
    """A database without own tables, and a file beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "pets.db"
        self.url = f"sqlite:///{self.path}"

    def file(self, content: str, name: str = "pets.csv") -> str:
        (self.folder / name).write_text(content)
        return str(self.folder / name)

    def rows(self) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute("SELECT name, age FROM pets ORDER BY id").fetchall()

    def run(self, *arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(main, ["import", self.url, "pets", *arguments], input=input)


@pytest.fixture
def pets(tmp_path: Path) -> Pets:
    found = Pets(tmp_path)
    with closing(sqlite3.connect(found.path)) as connection, connection:
        connection.execute(
            "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER, born DATE)"
        )
        connection.executemany("INSERT INTO pets (name, age) VALUES (?, ?)", [("Rex", 3), ("Tom", 1)])
    return found


def test_rows_are_added_and_changed(pets: Pets) -> None:
    """New rows are added, others changed; the counts stand at the end; without own tables too."""
    file = pets.file("name;age;colour\nRex;4;black\nAda;7;white\nTom;1;red\n")
    dry = pets.run(file, "--dry-run")
    assert (dry.exit_code, dry.stdout) == (
        0,
        "1 added, 1 changed, 1 the same, 0 failed (nothing was written)\n",
    )
    assert "colour" in dry.stderr
    assert pets.rows() == [("Rex", 3), ("Tom", 1)]
    result = pets.run(file, "--match", "name", "--mode", "upsert")
    assert (result.exit_code, result.stdout) == (0, "1 added, 1 changed, 1 the same, 0 failed\n")
    assert pets.rows() == [("Rex", 4), ("Tom", 1), ("Ada", 7)]
    guess = pets.run("-", "--mode", "insert", "--dry-run", input="short name,age\nUlf,1\n")
    assert "note: column 'short name' goes to name, which is a guess" in guess.stderr.splitlines()
    assert "'age' goes" not in guess.stderr
    again = pets.run("-", "--mode", "insert", "--map", "Wie=name", "--map", "age=", input="Wie,age\nUlf,1\n")
    assert (again.exit_code, pets.rows()[-1]) == (0, ("Ulf", None))


def test_rows_that_fail(pets: Pets) -> None:
    """They stop everything, unless a file is named for them: then the others are imported, and the file can be put right."""
    file = pets.file("name,age\nRex,old\nAda,7\n,3\n")
    result = pets.run(file)
    assert result.exit_code == 1
    assert "row 2: age" in result.stderr
    assert "nothing was written" in result.stdout
    assert pets.rows() == [("Rex", 3), ("Tom", 1)]
    refused = pets.folder / "refused.csv"
    result = pets.run(file, "--errors", str(refused))
    assert (result.exit_code, pets.rows()[-1]) == (1, ("Ada", 7))
    lines = refused.read_text("utf-8-sig").splitlines()
    assert lines[0] == "name,age,Problem"
    assert [line.split(",")[:2] for line in lines[1:]] == [["Rex", "old"], ["", "3"]]
    right = pets.file(refused.read_text("utf-8-sig").replace("old", "5").replace("\n,3", "\nUlf,3"))
    assert pets.run(right).exit_code == 0
    assert pets.rows() == [("Rex", 5), ("Tom", 1), ("Ada", 7), ("Ulf", 3)]


def test_what_values_do_not_tell_is_asked(pets: Pets) -> None:
    """A day that may be in two months stops it until somebody says which."""
    file = pets.file("name,born\nRex,03/04/2020\nTom,05/06/2021\n")
    result = pets.run(file)
    assert (result.exit_code, "--dates" in result.stderr) == (2, True)
    assert pets.run(file, "--dates", "dmy").exit_code == 0
    with closing(sqlite3.connect(pets.path)) as connection:
        assert connection.execute("SELECT born FROM pets WHERE name = 'Rex'").fetchone() == ("2020-04-03",)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nothing.csv"], "cannot be read"),
        (["{empty}"], "empty"),
        (["{file}", "--match", "nothing"], "Nothing"),
        (["{file}", "--match", "age"], "same values"),
        (["{file}", "--mode", "all"], "--mode"),
        (["{file}", "--map", "nothing=name"], "nothing"),
        (["{file}", "--map", "name=nothing"], "nothing"),
        (["{file}", "--map", "name"], "--map"),
        (["{ages}"], "--match"),
        ([], "FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments(pets: Pets, arguments: list[str], word: str) -> None:
    """One clear line and exit status 2."""
    files = {
        "file": pets.file("name,age\nRex,4\n"),
        "empty": pets.file("", "empty.csv"),
        "ages": pets.file("age\n4\n", "ages.csv"),
    }
    result = pets.run(*(argument.format(**files) for argument in arguments))
    assert result.exit_code == 2
    assert word in result.stderr
    assert "Traceback" not in result.stderr
    assert pets.rows() == [("Rex", 3), ("Tom", 1)]


def test_what_goes_out_comes_in(pets: Pets) -> None:
    """An export of the command imports again with nothing to change."""
    file = pets.folder / "out.json"
    assert CliRunner().invoke(main, ["export", pets.url, "pets", "-o", str(file)]).exit_code == 0
    assert len(json.loads(file.read_text())) == 2
    assert pets.run(str(file)).stdout == "0 added, 0 changed, 2 the same, 0 failed\n"
