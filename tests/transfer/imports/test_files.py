"""Whatever a file holds, it becomes rows, problems of rows, or a refusal in words; and its values are values or wrong."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from webadmin import Admin, User
from webadmin.database.session import Database
from webadmin.demo.views import register
from webadmin.options.context import Context
from webadmin.transfer.imports.asked import FileForm, Problem, Target
from webadmin.transfer.imports.converting import Wrong, converter
from webadmin.transfer.imports.decoding import ENCODINGS
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.guessing import candidates, guess, shown
from webadmin.transfer.imports.sniffing import sniff
from webadmin.transfer.imports.source import Limits, Refused

ROWS: list[dict[str, Any]] = [
    {
        "number": "A-1",
        "total": 12.5,
        "status": "paid",
        "tags": ["a"],
        "meta": {"a": 1},
        "due_on": "2026-11-21",
    },
    {"number": "Ä\n2", "total": None, "status": "Sent", "tags": [], "meta": {}, "due_on": "21.11.2026"},
]


def seeds() -> list[bytes]:
    """Good files of each format."""
    heading = ";".join(ROWS[0])
    table = "\r\n".join(
        ";".join('"' + str(value).replace('"', '""') + '"' for value in row.values()) for row in ROWS
    )
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for at, row in enumerate([list(ROWS[0]), *[[str(value) for value in row.values()] for row in ROWS]]):
            sheet.write_row(at, 0, row)
        sheet.write_formula(3, 0, "=1+1")
    return [
        f"{heading}\r\n{table}\r\n".encode(),
        f"{heading}\r\n{table}\r\n".encode("utf-16"),
        json.dumps(ROWS, ensure_ascii=False).encode(),
        "\n".join(json.dumps(row) for row in ROWS).encode(),
        book.getvalue(),
    ]


SEEDS = seeds()
EDITS = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.integers(0, 40),
        st.sampled_from([b"", b'"', b",", b";", b"\n", b"\r", b"\x00", b"\xff", b"\xc3", b"{", b"]", b"\\ud800", b"9" * 400, b"<", b"PK"]) | st.binary(max_size=8),
    ),
    max_size=4,
)  # fmt: skip


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    engine = sa.create_engine("postgresql+psycopg://nobody@nowhere/nothing")
    admin = Admin(engine, title="Shop")
    register(admin)
    with Session(engine) as session:
        yield Context(session, Database(engine).dialect, User("Ada"), admin.registry)


def check_file(context: Context, content: bytes, form: FileForm | None, name: str) -> None:
    """Read all of ``content`` as the import does. Raises Refused, and else nothing."""
    file = io.BytesIO(content)
    limits = Limits(bytes=1_000_000, rows=1000, columns=50, cell=10_000)
    form = form or sniff(file, name)
    source = open_source(file, form, limits)
    batches = list(source.batches())
    rows = [cells for batch in batches for _number, cells in batch.rows]
    assert all(len(cells) == len(source.headings) for cells in rows)
    assert all(isinstance(one, Problem) and one.message for batch in batches for one in batch.problems)
    json.dumps([shown(cell) for cells in rows for cell in cells]).encode()
    view = context.registry.views["orders"]
    guesses = guess(context, view, form, source.headings, rows)
    targets = {one.target.source: one.target for one in guesses if one.target is not None}
    for place, one in enumerate(candidates(context, view)):
        column = place % len(source.headings)
        target = targets.get(column, Target(column, one.name))
        values, wrong = converter(view, target, form, context.dialect).column(
            [cells[column] for cells in rows]
        )
        assert len(values) == len(rows)
        assert all(isinstance(error, Wrong) and error.message for error in wrong.values())


@settings(max_examples=200, deadline=None)
@example(content=b"", form=None, name="")
@given(
    content=st.builds(
        lambda seed, edits: _edited(seed, edits), st.sampled_from(SEEDS), EDITS
    ) | st.binary(max_size=200),
    form=st.none() | st.builds(
        FileForm,
        format=st.sampled_from(["csv", "json", "jsonl", "xlsx"]),
        encoding=st.sampled_from(sorted(ENCODINGS)),
        delimiter=st.sampled_from(",;\t"),
        quote=st.sampled_from(['"', "'", ""]),
    ),
    name=st.sampled_from(["", "a.csv", "a.json", "a.jsonl", "a.xlsx"]),
)  # fmt: skip
def test_any_file(context: Context, content: bytes, form: FileForm | None, name: str) -> None:
    """A good file with some bytes changed, or bytes that are none, in any form, under any name."""
    with contextlib.suppress(Refused):
        check_file(context, content, form, name)


def _edited(seed: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in edits:
        place = at % (len(seed) + 1)
        seed = seed[:place] + new + seed[place + length :]
    return seed


@pytest.mark.parametrize("seed", SEEDS, ids=["csv", "utf-16", "json", "jsonl", "xlsx"])
def test_good_file(context: Context, seed: bytes) -> None:
    """The files that are changed above are good before."""
    check_file(context, seed, None, "")
