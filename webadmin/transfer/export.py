"""An export from its rows to the bytes of its file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from typing import Any

from webadmin.options.context import Context
from webadmin.transfer.asked import Export
from webadmin.transfer.copying import copied
from webadmin.transfer.formats import array, csv, lines
from webadmin.transfer.reading import read
from webadmin.transfer.workbook import MEDIA_TYPE, workbook

MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "xlsx": MEDIA_TYPE,
}
_MAKERS = {"csv": csv, "json": array, "jsonl": lines, "xlsx": workbook}
_CHUNK = 256 * 1024


def exported(
    open_context: Callable[[], AbstractContextManager[Context]], export: Export
) -> Generator[bytes, Any, None]:
    """The file of ``export`` in pieces, as they are asked for.

    All rows are of one moment. Where a reader would keep writers waiting, they are read at once and kept in a file until
    the client has taken them.

    :param open_context: opens a transaction of the export's own, that lasts as long as the rows are read.
    """
    with open_context() as context:
        made = _made(context, export)
        if context.dialect.supports_snapshots:
            yield from made
            return
        with tempfile.TemporaryFile(prefix="webadmin-") as file:
            for piece in made:
                file.write(piece)
            context.session.rollback()
            file.seek(0)
            while piece := file.read(_CHUNK):
                yield piece


def _made(context: Context, export: Export) -> Iterator[bytes]:
    if context.dialect.supports_snapshots:
        context.dialect.freeze(context.session.connection())
    found = copied(context, export)
    return found if found is not None else _MAKERS[export.form.format](export, read(context, export))
