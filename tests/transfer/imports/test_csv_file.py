"""CSV: any delimiter, quote and encoding; nothing and an empty text are told apart; what is wrong is a row's problem."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transfer.imports.reading import read
from webadmin.transfer.imports import csv_file, decoding
from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.csv_file import CsvFile
from webadmin.transfer.imports.source import Limits, Refused

CSV = FileForm("csv")


def test_nothing_and_empty_text() -> None:
    """An empty field is nothing, two quotes are an empty text; quotes within a text are its own, wherever they stand."""
    found = read('a,b,c\n1,"",\n"",,""\n"x,"",y","""",""""""\n"""",""\r\n', CSV)
    assert found.rows == [(2, ["1", "", None]), (3, ["", None, ""]), (4, ['x,",y', '"', '""'])]
    assert found.problems == [(5, "ragged")]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.none() | st.text('a", \n\r;é', max_size=4), min_size=2, max_size=2),
        min_size=1,
        max_size=6,
    ),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_whatever_is_written_is_read(rows: list[list[str | None]], delimiter: str) -> None:
    """Texts of quotes, delimiters and line ends come back as they were, and nothing as nothing; a row of nothing is none."""
    fields = [["" if text is None else '"' + text.replace('"', '""') + '"' for text in row] for row in rows]
    lines = "".join(delimiter.join(row) + "\n" for row in [["a", "b"], *fields])
    found = read(lines, FileForm("csv", delimiter=delimiter))
    assert [cells for _number, cells in found.rows] == [row for row in rows if row != [None, None]]


def test_across_pieces() -> None:
    """Files of more than one piece and batch: texts, marks and numbers of rows are those of the whole."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    rows = [[str(number), f'ä "{number}",\r\n' * (number % 40), "x"] for number in range(9000)]
    writer.writerows([["id", "text", "more"], *rows])
    found = read(file.getvalue().replace(",x\r\n", ',""\r\n'), CSV)
    expected = [[cells[0], cells[1] or None, ""] for cells in rows]
    assert [cells for _number, cells in found.rows] == expected
    assert [number for number, _cells in found.rows] == list(range(2, 9002))


_LINES = [
    "1,2",
    "x,",
    ",",
    "",
    '"a,b",c',
    '"",d',
    'e,"f\ng"',
    '5" pipe,h',
    '"i""j",""',
    "1,2,3",
    "k",
    '"open,1',
    ',"',
    "ä,ö",
]


@settings(max_examples=100, deadline=None)
@given(
    lines=st.lists(st.sampled_from(["1,2", "3,4", *_LINES]), max_size=40),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    size=st.integers(4, 60),
)
@example(lines=["1,2,3", "", "1,2"], end="\n", size=4)
def test_block_by_block(lines: list[str], end: str, size: int) -> None:
    """Blocks of lines that are taken apart as they are, or in part, say what the reader of the csv module says of the whole."""
    content = end.join(["a,b", *lines])
    expected = read(content, CSV)  # the first block is never taken apart, and this is the only one
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "_BLOCK", size)
        assert read(content, CSV) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    """Lines of Unix, of Windows and of an old Macintosh; blank ones count, as a spreadsheet shows them."""
    found = read(end.join(["", "a,b", "1,2", "", "3,4"]), CSV)
    assert found.headings == ("a", "b")
    assert found.rows == [(3, ["1", "2"]), (5, ["3", "4"])]


@pytest.mark.parametrize("empty", [",", ",,,", '"",'])
def test_rows_in_which_nothing_stands(empty: str) -> None:
    """Spreadsheets save cleared rows as delimiters alone: they are none; an empty text is something that stands there."""
    found = read(f"a,b\n1,2\n{empty}\n3,4\n{empty}\n", CSV)
    rows = [number for number, _cells in found.rows]
    assert rows == ([2, 3, 4, 5] if '"' in empty else [2, 4])
    assert found.problems == []


def test_single_column() -> None:
    """Where there is one column, a blank line is a row without a value, as exports write it."""
    assert read('a\n1\n\n""\n', CSV).rows == [(2, ["1"]), (3, [None]), (4, [""])]


def test_rows_of_another_length() -> None:
    """A row that is too short or too long is a problem of its own; empty fields at the end are not too many."""
    found = read("a,b\n1\n1,2,3\n1,2,,\n3,4\n", CSV)
    assert found.rows == [(4, ["1", "2"]), (5, ["3", "4"])]
    assert found.problems == [(2, "ragged"), (3, "ragged")]


def test_quote_that_is_not_closed() -> None:
    """The row in which it opens is wrong, and it says so; rows before it are there."""
    found = read('a,b\n1,2\n"3,4\n5,6\n', CSV)
    assert found.rows == [(2, ["1", "2"])]
    assert found.problems == [(3, "ragged")]
    with pytest.raises(Refused, match="Row 2 has a cell of more than 1,000,000"):
        read('a,b\n"1,2\n' + "3,4\n" * 300_000, CSV)
    with pytest.raises(Refused, match="Row 1 has a cell of more than 10"):
        read("a" * 400_000, CSV, cell=10)


def test_long_cell() -> None:
    """A cell that is longer than one can be is a problem of its row, also behind many short ones."""
    lines = ["a,b", *["1,2"] * 3000, "x" * 1001 + ",1", "y" * 1000 + ",2"]
    found = read("\n".join(lines), CSV, cell=1000)
    assert found.problems == [(3002, "long")]
    assert found.rows[-1] == (3003, ["y" * 1000, "2"])


def test_what_is_no_text() -> None:
    """Bytes of another encoding and the character NUL make their rows wrong, not the file."""
    found = read(b"a,b\nMi\xfcller,1\nM\xc3\xbcller,2\nx\x00y,3\n", FileForm("csv", "utf-8"))
    assert found.rows == [(3, ["Müller", "2"])]
    assert found.problems == [(2, "text"), (4, "text")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1252", "shift_jis"])
def test_encodings(encoding: str) -> None:
    """A file with a mark, or in an encoding that was said, is read in it."""
    text = "Größe;Name\n1;Ä\n" if encoding != "shift_jis" else "大きさ;名\n1;花\n"
    form = FileForm("csv", encoding, ";") if encoding == "shift_jis" else None
    found = read(text.encode(encoding), form)
    assert found.headings == tuple(text.splitlines()[0].split(";"))
    assert found.rows == [(2, text.splitlines()[1].split(";"))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b,a\n1,2,3\n", "Columns 1 and 3 are both called “a”"),
        ("a,b,c,d\n", "has 4 columns; at most 3"),
        ("a\n" + "1\n" * 11, "more than 10 rows"),
        (b"a,\xff\n", "cannot be read as text"),
        ("a\n" + "x" * 3000, "too large"),
    ],
)
def test_refused(content: bytes | str, message: str) -> None:
    """What cannot be imported at all is refused in words that say what to do."""
    with pytest.raises(Refused, match=message):
        read(content, CSV, columns=3, rows=10, bytes=2000)


@pytest.mark.parametrize(
    "form", [FileForm("csv", delimiter=""), FileForm("csv", delimiter='"'), FileForm("csv", "idna")]
)
def test_forms_that_are_none(form: FileForm) -> None:
    """Marks that tell nothing apart, and encodings that are not offered, are refused."""
    with pytest.raises(Refused):
        read("a,b\n1,2\n", form)


def test_titles() -> None:
    """What a list is called, as spreadsheets write it above the headings, is none of them; a single column has no titles."""
    found = read(
        'Customers;;\r\n;"";\r\nNovember 2026;;\r\nname;email;\r\nAnna;a@b.de;\r\n',
        FileForm("csv", delimiter=";"),
    )
    assert found.headings == ("name", "email")
    assert found.rows == [(5, ["Anna", "a@b.de"])]
    assert read("name\nAnna\n", CSV).headings == ("name",)
    assert read("name,\nAnna,\nBert,\nCarl,\nDora,x\n", CSV).headings == ("name",)
    assert read("\n" * 5000 + "a,b\n1,2\n", CSV).rows == [(5002, ["1", "2"])]


def test_headings() -> None:
    """Blanks around headings are none; an empty one is called by its place, empty ones at the end are none."""
    found = read(" a ,,c,,\n1,2,3\n", CSV)
    assert found.headings == ("a", "Column 2", "c")
    assert found.rows == [(2, ["1", "2", "3"])]


def test_rows_of_long_texts_come_in_smaller_parts() -> None:
    """However long rows are, a few million letters at most are in memory."""
    file = io.BytesIO(("a,b\n" + f'1,"{"x" * 500_000}"\n' * 30).encode())
    sizes = [len(batch.rows) for batch in CsvFile(file, CSV, Limits()).batches()]
    assert sum(sizes) == 30
    assert max(sizes) < 15


def test_line_ends_alone() -> None:
    """Headings that do not come within some thousand rows are not looked for in gigabytes of line ends."""
    assert read("\n" * 9_000 + "a,b\n1,2\n", CSV).rows == [(9_002, ["1", "2"])]
    with pytest.raises(Refused):
        read("\n" * 10_000 + "a,b\n1,2\n", CSV)


def test_letters_of_blocks_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken apart before does not count where rows come one by one again: they stay together."""
    monkeypatch.setattr(decoding, "_BLOCK", 400)
    monkeypatch.setattr(csv_file, "LETTERS", 1000)
    lines = ["a,b", *["1,2"] * 2000, *['"1","2"'] * 100]
    source = CsvFile(io.BytesIO("\n".join(lines).encode()), CSV, Limits())
    sizes = [len(batch.numbers) for batch in source.batches()]
    assert sum(sizes) == 2100
    assert 1 not in sizes[:-1]
