"""How a file is written: its format, encoding, delimiter and quote."""

from __future__ import annotations

import codecs
import csv
import json
import re
from itertools import islice
from typing import BinaryIO

from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import FileForm, Format
from webadmin.transfer.imports.source import Refused

_SAMPLE = 256 * 1024
_BLOCK = 1024 * 1024
_ROWS = 50
_DELIMITERS = (",", ";", "\t", "|", ":", "^", "~")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What files begin with that say their encoding; a longer one stands before what it begins with."""
_BROKEN = re.compile("[\udc80-\udcff]")
_LIST_WITHIN = re.compile(r'\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[\s*\{')
_EXCEL = re.compile(r"sep=([^\r\n])\r?\n")
_NAMES: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".xlsx": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip


def sniff(file: BinaryIO, name: str) -> FileForm:
    """How ``file`` is written, by its content, and by its name where that leaves a choice.

    Raises Refused for what is plainly no file of rows.
    """
    file.seek(0)
    first = file.read(_SAMPLE)
    named = _NAMES.get(_ending(name))
    _refuse_others(first)
    if first.startswith(b"PK\x03\x04"):
        return FileForm("xlsx")
    encoding = _encoding(file, first)
    text = first.decode(encoding, "replace").removeprefix("\ufeff")
    whole = len(first) < _SAMPLE
    if named != "csv" and (format := _json(text.lstrip(), named)) is not None:
        return FileForm(format, encoding)
    delimiter, quote = _dialect(text, whole, "\t" if _ending(name) in {".tsv", ".tab"} else ",")
    return FileForm("csv", encoding, delimiter, quote)


def _ending(name: str) -> str:
    return "." + name.rpartition(".")[2].lower() if "." in name else ""


def _refuse_others(first: bytes) -> None:
    if first.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Refused(
            _(
                "This is a file of an old Excel, or one with a password. Save it as .xlsx without a password, or as CSV."
            )
        )
    if first.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")):
        raise Refused(_("This file is packed. Unpack it and upload what is in it."))
    if first.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"SQLite format 3\x00", b"\x7fELF", b"MZ\x90")
    ):
        raise Refused(
            _("This is no file of rows. Upload CSV, JSON, JSON lines or an Excel workbook (.xlsx).")
        )


# Encoding ---------------------------------------------------------------------------------------------------------


def _encoding(file: BinaryIO, first: bytes) -> str:
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return encoding
    return _by_zeros(first) or _by_validity(file)


def _by_zeros(first: bytes) -> str | None:
    """UTF-16 without a mark: in a language with letters of Latin every other byte is zero."""
    sample = first[:4096]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > half * 0.4 and sample[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[::2].count(0) > half * 0.4 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _by_validity(file: BinaryIO) -> str:
    """UTF-8 where more of the file is that than is not, else what Windows writes in Western Europe: which of the encodings of
    one byte a file is in, its bytes alone do not tell."""
    good = bad = 0
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    file.seek(0)
    while block := file.read(_BLOCK):
        text = decode(block)
        if not block.isascii():
            bad += len(_BROKEN.findall(text))
            good += len(block) - len(text)  # a letter of several bytes is one letter
    file.seek(0)
    return "cp1252" if bad > good else "utf-8"


# Format -----------------------------------------------------------------------------------------------------------


def _json(text: str, named: Format | None) -> Format | None:
    if text.startswith("{"):
        return "jsonl" if named == "jsonl" or not _is_around(text, named) else "json"
    if text.startswith("["):
        return "jsonl" if named == "jsonl" else "json"
    return named if named in {"json", "jsonl"} else None


def _is_around(text: str, named: Format | None) -> bool:
    """Whether the object that a file begins with is one around a list of them, and not the first of many or the only row."""
    line, *more = text.split("\n", 1)
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):  # it goes on: on the next lines, or behind what was looked at
        if more:
            return not line.rstrip().endswith("}")
        return named == "json" or _LIST_WITHIN.match(text) is not None
    if more and more[0].strip():
        return False
    lists = [member for member in first.values() if isinstance(member, list) and member]
    return any(isinstance(member[0], dict) for member in lists)


def _dialect(text: str, whole: bool, usual: str) -> tuple[str, str]:
    """The delimiter and the quote that make the most even table of the first rows."""
    told = _EXCEL.match(text)
    if told:
        return told[1], '"'
    quote = '"'
    if (
        '"' not in text
        and len(re.findall(r"(?:^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n]|$)", text, re.MULTILINE)) > 1
    ):
        quote = "'"
    best = max(_DELIMITERS, key=lambda one: (_evenness(text, whole, one, quote), one == usual))
    return (best if _evenness(text, whole, best, quote) > 0 else usual), quote


def _evenness(text: str, whole: bool, delimiter: str, quote: str) -> float:
    """How much the first rows look like a table: the columns of the first, times the part of the rows that have as many."""
    lines = text.splitlines(keepends=True)
    if not whole:
        del lines[-1:]
    try:
        rows = [
            row for row in islice(csv.reader(lines, delimiter=delimiter, quotechar=quote), _ROWS) if any(row)
        ]
    except csv.Error:
        return 0.0
    if not rows or len(rows[0]) < 2:
        return 0.0
    width = len(rows[0])
    even = sum(len(row) == width for row in rows) / len(rows)
    # Many columns count, but less than that they are the same everywhere: commas stand within texts too.
    return even * even * (1 - 1 / (width + 1))
