"""From the bytes of a file to rows."""

from __future__ import annotations

from typing import BinaryIO

from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.csv_file import CsvFile
from webadmin.transfer.imports.json_file import JsonArray, JsonLines
from webadmin.transfer.imports.sniffing import sniff as sniff
from webadmin.transfer.imports.source import Batch as Batch
from webadmin.transfer.imports.source import Limits as Limits
from webadmin.transfer.imports.source import Refused as Refused
from webadmin.transfer.imports.source import Source as Source
from webadmin.transfer.imports.workbook_file import WorkbookFile
from webadmin.transfer.imports.workbook_file import sheets_of as sheets_of


def open_source(file: BinaryIO, form: FileForm, limits: Limits) -> Source:
    """``file`` as rows.

    :param file: can be sought in; it stays open, and in use as long as batches are read.

    Raises Refused for a file that is not of this form, or over a limit.
    """
    if form.format == "csv":
        _check_marks(form)
        return CsvFile(file, form, limits)
    if form.format == "jsonl":
        return JsonLines(file, form, limits)
    if form.format == "json":
        return JsonArray(file, form, limits)
    return WorkbookFile(file, form, limits)


def _check_marks(form: FileForm) -> None:
    """Raise Refused for a delimiter and a quote that cannot tell fields apart."""
    marks = [form.delimiter, *([form.quote] if form.quote else [])]
    if len(set(marks)) < len(marks) or any(len(mark) != 1 or mark in "\r\n\x00" for mark in marks):
        raise Refused(_("The delimiter and the quote are one character each, and not the same."))
