"""Opening a workbook with the texts that its cells share, which are read once and in little memory."""

from __future__ import annotations

from typing import IO, Any, BinaryIO

_PARTS = 100_000
"""Elements of one text: each run of letters that look the same has some."""


def load(file: BinaryIO, texts: list[str] | None, *, computed: bool) -> Any:
    """The workbook of openpyxl, which reads its sheets row by row. Raises whatever openpyxl raises.

    :param texts: those that :func:`shared_texts` has read; None where no cell is looked at.
    :param computed: cells have what a formula came to, instead of the formula.
    """
    from openpyxl.reader.excel import ExcelReader

    class Reader(ExcelReader):  # type: ignore[misc]
        def read_strings(self) -> None:
            self.shared_strings = texts or []

    file.seek(0)
    reader = Reader(file, read_only=True, data_only=computed, keep_links=False)
    reader.read()
    return reader.wb


def shared_texts(file: BinaryIO, most: int) -> list[str]:
    """The texts that the cells of a workbook share. Raises whatever openpyxl raises, ValueError for what is made to be large.

    openpyxl makes an object of each and keeps the whole tree: minutes and hundreds of megabytes for a file of one.

    :param most: bytes that they may have, unpacked.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS

    file.seek(0)
    reader = ExcelReader(file, read_only=True)
    with reader.archive as archive:
        reader.read_manifest()
        part = reader.package.find(SHARED_STRINGS)
        if part is None:
            return []
        name = part.PartName[1:]
        if archive.getinfo(name).file_size > most:  # a sheet, called so
            raise ValueError(name)
        with archive.open(name) as stream:
            return _read(stream)


def _read(stream: IO[bytes]) -> list[str]:
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    item, run, text = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "r", "t"))
    found: list[str] = []
    events = iterparse(stream, events=("start", "end"))
    _event, root = next(events)
    within = 0
    for event, node in events:
        if event == "start":
            within += 1
            if within > _PARTS:
                raise ValueError(node.tag)
        elif node.tag == item:
            whole = "".join([part.text or "" for part in node if part.tag == text])
            for part in node:
                if part.tag == run:
                    whole += "".join([piece.text or "" for piece in part if piece.tag == text])
            found.append(whole.replace("x005F_", ""))  # as openpyxl does
            root.clear()
            within = 0
    return found
