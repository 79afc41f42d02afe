"""Rows that cannot be taken come back as a file, as they stood, with what is wrong with them."""

from __future__ import annotations

import io

from tests.transfer.imports.reading import read
from webadmin.transfer.formats import plain
from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.left_out import left_out
from webadmin.transfer.imports.source import Limits


def given_back(content: bytes, form: FileForm) -> list[list[str | None]]:
    """The cells of all rows of ``content`` as they come back, read once more."""
    source = open_source(io.BytesIO(content), form, Limits())
    reasons = dict.fromkeys(range(1, 20), "Name: wrong.")
    file = b"".join(left_out(source, form, reasons))
    found = read(file, FileForm("csv", delimiter=form.delimiter))
    assert found.headings[-1] == "Problem"
    assert {cells[-1] for _number, cells in found.rows} <= {"Name: wrong."}
    return [cells[:-1] for _number, cells in found.rows]


def test_as_they_stood() -> None:
    """Texts, empty ones and none, of CSV also with the apostrophe that they had; a formula gets one."""
    csv = FileForm("csv", delimiter=";")
    rows = 'a;b\n"x;""y";""\n\'=1;+49 30\n=1;-5\n;\'a\n'
    assert given_back(rows.encode(), csv) == [
        ['x;"y', ""], ["\'=1", "+49 30"], ["\'=1", "-5"], [None, "\'a"],
    ]  # fmt: skip
    (json,) = given_back(b'[{"a": "\'=1", "b": 1.10}]', FileForm("json"))
    assert json == ["''=1", "1.10"]
    assert plain(json[0] or "") == "'=1"


def test_what_was_no_row() -> None:
    """Rows of another length come back too, behind the reason what was too much; what is no text is marked."""
    source = open_source(io.BytesIO(b"a,b\n1,2,3,4\n5\n\xff,6\n"), FileForm("csv"), Limits())
    lines = (
        b"".join(left_out(source, FileForm("csv"), {2: "x", 3: "y", 4: "z"})).decode("utf-8-sig").splitlines()
    )
    assert lines == ["a,b,Problem", "1,2,x,3,4", "5,,y", "\ufffd,6,z"]
