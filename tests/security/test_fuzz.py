"""Requests at random: as nobody, as a clerk who sees a part of the rows, and as somebody who may do everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.security.fuzz.__main__ import main
from tests.security.fuzz.ground import ROLES, Ground, on_file
from tests.security.fuzz.run import fuzz

MANY = 400


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with on_file(tmp_path_factory.mktemp("ground")) as made:
        yield made


@pytest.mark.parametrize("role", ROLES)
def test_requests_at_random(ground: Ground, role: str) -> None:
    """No fault of the program, no word of foreign rows or of the database in any answer, every header on each."""
    figures = fuzz(ground, role, MANY)
    assert figures.faults == {}
    assert figures.asked == MANY
    assert sum(figures.statuses[status] for status in (200, 303)) > MANY / 8, (
        "hardly anything is really asked"
    )


def test_an_answer_that_is_wrong_is_told(ground: Ground) -> None:
    """The judge sees a foreign row: the clerk's session is given to somebody who sees all rows."""
    ground.cookies["clerk"], own = ground.cookies["chief"], ground.cookies["clerk"]
    try:
        figures = fuzz(ground, "clerk", 150)
    finally:
        ground.cookies["clerk"] = own
    assert [fault for fault in figures.faults if ": shows " in fault]


def test_the_command() -> None:
    """``scripts/fuzz`` prints what was answered, and ends well where nothing is wrong."""
    done = CliRunner().invoke(main, ["--requests", "20", "--role", "nobody"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("nobody: 20 requests in ")
