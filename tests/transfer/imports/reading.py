"""Files for the tests of reading, and what was read of them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.sniffing import sniff
from webadmin.transfer.imports.source import Limits


@dataclass(frozen=True)
class ReadFile:
    """All of a file."""

    headings: tuple[str, ...]
    rows: list[tuple[int, list[Any]]]
    problems: list[tuple[int, str]]
    """Row and kind."""


def read(content: bytes | str, form: FileForm | None = None, name: str = "", **limits: Any) -> ReadFile:
    """What is in ``content``, read in the form that is sniffed unless one is given. Raises Refused."""
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    source = open_source(file, form or sniff(file, name), Limits(**limits))
    batches = list(source.batches())
    again = list(source.batches())
    assert [batch.rows for batch in again] == [batch.rows for batch in batches], (
        "a second pass gives the same"
    )
    for batch in batches:
        assert [problem.row for problem in batch.problems] == [number for number, _cells in batch.left_out]
        assert 0 <= batch.done <= 1
    return ReadFile(
        source.headings,
        [row for batch in batches for row in batch.rows],
        [(problem.row, problem.kind) for batch in batches for problem in batch.problems],
    )
