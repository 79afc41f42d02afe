"""What a file is, told by its content, and by its name where that leaves a choice."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.sniffing import sniff
from webadmin.transfer.imports.source import Refused


def form_of(content: bytes | str, name: str = "file") -> FileForm:
    return sniff(io.BytesIO(content.encode() if isinstance(content, str) else content), name)


@pytest.mark.parametrize(
    ("text", "delimiter", "quote"),
    [
        ("a,b\n1,2\n", ",", '"'),
        ("a;b\n1,5;2\n", ";", '"'),
        ("a\tb\nx, y\tz\n", "\t", '"'),
        ("Name, Vorname;Preis\nBöhm, Anna;1,5\n", ";", '"'),
        ('"a;b",c\n"1;2",3\n', ",", '"'),
        ("a|b|c\n1|2|3\n", "|", '"'),
        ("'a','b'\n'1,2','3'\n", ",", "'"),
        ("sep=^\r\na^b\r\n", "^", '"'),
        ("name\n12:30\n", ",", '"'),
        ("", ",", '"'),
    ],
)
def test_delimiter(text: str, delimiter: str, quote: str) -> None:
    """The delimiter makes an even table of the first rows; where there is none, it is the usual one."""
    assert form_of(text) == FileForm("csv", "utf-8", delimiter, quote)


def test_names_leave_no_choice() -> None:
    """A file called .tsv has tabs where its content does not tell, and one called .csv is none of JSON."""
    assert form_of("a\n1\n", "x.TSV").delimiter == "\t"
    assert form_of("[a],b\n1,2\n", "x.csv").format == "csv"
    assert form_of('[{"a": 1}]').format == "json"
    assert form_of('{"a": 1}\n{"a": 2}\n').format == "jsonl"
    assert form_of('{"a": 1}\n{"a": 2}\n', "x.json").format == "jsonl"
    assert form_of('{\n"a": 1\n}', "x.json").format == "json"
    one = '{"id": 1, "lines": [{"b": 1}]}'
    assert form_of(one, "x.json").format == form_of(one).format == "json"
    assert form_of(one, "x.jsonl").format == form_of(f"{one}\n{one}\n", "x.json").format == "jsonl"
    assert form_of('{"id": 1, "tags": ["a"]}', "x.json").format == "jsonl"
    assert form_of('{"a": 1,}\n{"a": 2}\n', "x.json").format == "jsonl"
    long = '{"rows": [' + ", ".join(['{"a": 1}'] * 50_000) + "]}"
    assert form_of(long).format == form_of(long.replace(" [", "\n[")).format == "json"


def test_encoding() -> None:
    """Marks and zeros say it; else it is UTF-8 where more of it is that than is not, however late its letters come."""
    late = "a;b\n" + "x;y\n" * 300_000
    assert form_of(b"\xef\xbb\xbfa,b\n").encoding == "utf-8"
    assert form_of("a,b\nä,ö\n".encode("utf-16")).encoding == "utf-16"
    assert form_of("a,b\nä,ö\n".encode("utf-16-be")).encoding == "utf-16-be"
    assert form_of((late + "Müller;Köln\n").encode()).encoding == "utf-8"
    assert form_of((late + "Müller;Köln\n").encode("cp1252")).encoding == "cp1252"
    mixed = "".join(f"Müller;{number}\n" for number in range(9)).encode() + "Böhm;1\n".encode("cp1252")
    assert form_of(mixed).encoding == "utf-8"
    assert form_of("€;ä\n".encode("cp1252")).delimiter == ";"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old Excel"),
        (gzip.compress(b"a,b\n", mtime=0), "packed"),
        (b"%PDF-1.7", "no file of rows"),
        (b"\x89PNG\r\n", "no file of rows"),
    ],
)
def test_refused(content: bytes, message: str) -> None:
    """What is plainly something else is refused with what to do."""
    with pytest.raises(Refused, match=message):
        form_of(content)


def test_workbook() -> None:
    """An archive is taken for a workbook, whatever it is called; whether it is one is seen when it is read."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x", "y")
    assert form_of(file.getvalue(), "x.csv").format == "xlsx"
