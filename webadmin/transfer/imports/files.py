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


def open_source(file: BinaryIO, form: FileForm, limits: Limits) -> Source:
    """``file`` as rows.

    :param file: can be sought in; it stays open, and in use as long as batches are read.

    Raises Refused for a file that is not of this form, or over a limit.
    """
    if form.format == "csv":
        return CsvFile(file, form, limits)
    if form.format == "jsonl":
        return JsonLines(file, form, limits)
    if form.format == "json":
        return JsonArray(file, form, limits)
    raise Refused(_("Files of this format cannot be read."))
