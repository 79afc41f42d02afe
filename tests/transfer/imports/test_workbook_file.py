"""Workbooks: values with their types, formulas by what they came to; what is made to be large is refused before it is unpacked."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.transfer.imports.reading import read
from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.source import Limits, Refused
from webadmin.transfer.imports.workbook_file import sheets_of

XLSX = FileForm("xlsx")
SHEET = "xl/worksheets/sheet1.xml"


def book(fill: Callable[[Any, Any], None]) -> bytes:
    """A workbook, by a function that is given it and its first sheet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        fill(workbook, workbook.add_worksheet("First"))
    return file.getvalue()


def repacked(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same archive with other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *parts}:
            new.writestr(name, parts.get(name) if name in parts else old.read(name))
    return file.getvalue()


def simple() -> bytes:
    return book(lambda workbook, sheet: [sheet.write_row(row, 0, ["a", "b"]) for row in range(3)])


def sheet_of(rows: str) -> bytes:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_values() -> None:
    """Numbers, texts, days and times as they are, formulas as they were computed; rows and cells without anything are none."""

    def fill(workbook: Any, sheet: Any) -> None:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_row(1, 0, [1, 2.5, "=text"], None)
        sheet.write_datetime(2, 0, dt.datetime(2026, 11, 21, 14, 30), day)
        sheet.write_row(3, 0, [True, None, None])
        sheet.write_formula(6, 0, "=1+1", None, 2)
        sheet.write_formula(7, 0, "=1/0", None, "#DIV/0!")
        sheet.write_row(8, 0, [1, 2, 3, 4])
        sheet.write_blank(9, 7, None, day)
        sheet.write_string(1, 2, "=text")

    found = read(book(fill))
    assert found.headings == ("a", "b", "c")
    assert found.rows == [
        (2, [1, 2.5, "=text"]),
        (3, [dt.datetime(2026, 11, 21, 14, 30), None, None]),
        (4, [True, None, None]),
        (7, [2, None, None]),
    ]
    assert found.problems == [(8, "formula"), (9, "ragged")]


def test_formula_without_a_value() -> None:
    """A program has written it, and nobody has computed it: what it would come to is unknown."""
    workbook = openpyxl.Workbook()
    for row in (["a", "b"], [1, "=cmd()"], [2, 3]):
        workbook.worksheets[0].append(row)
    file = io.BytesIO()
    workbook.save(file)
    found = read(file.getvalue())
    assert (found.rows, found.problems) == ([(3, [2, 3])], [(2, "formula")])


def test_titles() -> None:
    """What stands above the headings is none of them."""

    def fill(workbook: Any, sheet: Any) -> None:
        sheet.write(0, 0, "Customers")
        sheet.write(1, 1, "November 2026")
        for row in range(3, 6):
            sheet.write_row(row, 0, ["a", "b"])

    found = read(book(fill))
    assert found.headings == ("a", "b")
    assert found.rows == [(5, ["a", "b"]), (6, ["a", "b"])]


def test_sheets() -> None:
    """A sheet is named; the first is read where none is."""

    def fill(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a"])
        other = workbook.add_worksheet("Zweite")
        other.write_column(0, 0, ["x", 1])
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=First!$A$1:$A$2"})
        workbook.add_chartsheet("Chart").set_chart(chart)

    content = book(fill)
    assert sheets_of(io.BytesIO(content), Limits())[:2] == ("First", "Zweite")
    assert read(content).headings == ("a",)
    assert read(content, FileForm("xlsx", sheet="Zweite")).rows == [(2, [1])]
    for name in ("Dritte", "Chart"):
        with pytest.raises(Refused):
            read(content, FileForm("xlsx", sheet=name))


def doubled() -> bytes:
    """An archive with two parts of one name, of which one is looked at and the other might be read."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("xl/workbook.xml", "x")
    return file.getvalue()


def bombs() -> dict[str, bytes]:
    """Small files that would be large in memory."""
    content = simple()
    huge = b"<a>" + b"x" * 9_000_000 + b"</a>"
    cell = '<row r="{row}"><c r="{cell}" t="inlineStr"><is><t>a</t></is></c></row>'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    entity = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>'
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    return {
        "a part that says little when packed": repacked(content, {"xl/styles.xml": huge}),
        "one endless piece": repacked(
            content,
            {
                SHEET: sheet_of(
                    "<row><c><v>" + "".join(str(number) for number in range(40_000)) + "</v></c></row>"
                )
            },
        ),
        "many parts": repacked(content, {f"x{number}": b"" for number in range(5001)}),
        "parts of the same name": doubled(),
        "a row far below": repacked(content, {SHEET: sheet_of(cell.format(row=10**15, cell="A1"))}),
        "a cell far to the right": repacked(content, {SHEET: sheet_of(cell.format(row=1, cell="ZZZ1"))}),
        "entities within entities": repacked(content, {SHEET: entity.encode() + sheet_of(text)}),
    }


def test_bombs() -> None:
    """Each is refused, in words."""
    for name, content in bombs().items():
        assert len(content) < 2_000_000, name
        with pytest.raises(Refused) as caught:
            read(content, XLSX, cell=1000)
        assert caught.value.message.endswith("."), name


def test_wide_sheet_that_is_empty() -> None:
    """A sheet that says it has every row and column there can be is as large as what stands in it."""
    content = simple()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    found = read(repacked(content, {SHEET: sheet.replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"')}))
    assert found.rows == [(2, ["a", "b"]), (3, ["a", "b"])]


@pytest.mark.parametrize("size", [0, 30, 500, -30])
def test_broken(size: int) -> None:
    """A file that ends early, or is no archive at all, is refused."""
    with pytest.raises(Refused):
        read(simple()[:size] or b"PK\x03\x04", XLSX)


def test_other_archives() -> None:
    """An archive of something else, also a sheet of another program, is none; so is one with a broken sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(Refused, match="no Excel workbook"):
        read(file.getvalue(), XLSX)
    with pytest.raises(Refused):
        read(repacked(simple(), {SHEET: b"<worksheet"}), XLSX)


def test_texts_that_cells_share() -> None:
    """They are read as openpyxl reads them, runs of letters and all; what is made to be large in memory alone is refused."""
    name, head = (
        "xl/sharedStrings.xml",
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
    )
    texts = (
        '<si><t>code</t></si><si><t/></si><si><r><rPr><b/></rPr><t>bo</t></r><r><t>ld </t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>'
        "<si><t>_x005F_x000D_</t></si>"
    )
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{place}</v></c></row>'
        for row, place in enumerate([0, 1, 2, 3], 1)
    )
    given = {SHEET: sheet_of(rows), name: f"{head}{texts}</sst>".encode()}
    content = repacked(simple(), given)
    loaded = openpyxl.load_workbook(io.BytesIO(content))
    beside = [row[0] for row in loaded["First"].iter_rows(values_only=True)]
    assert beside[2] == "bold "
    found = read(content)
    assert [values[0] for _number, values in found.rows if values[0]] == [
        "bold ",
        beside[3].replace("_x000D_", "\r"),
    ]
    for bomb in (f"<si>{'<a/>' * 200_000}</si>", "<a/>" * 200_000):
        with pytest.raises(Refused):
            read(repacked(simple(), {name: f"{head}{bomb}</sst>".encode()}))
