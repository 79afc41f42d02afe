"""The rows of an import that cannot be taken, as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from typing import IO, Any, BinaryIO, cast

from webadmin.errors import NotFound
from webadmin.request import AdminRequest, Answer, Download
from webadmin.text import gettext as _
from webadmin.text import use_locale
from webadmin.transfer.imports import store
from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.left_out import left_out, reasons_of
from webadmin.transfer.imports.noted import MOST, problems_of
from webadmin.transfer.imports.source import Limits
from webadmin.views.importing.common import found_import, limits_of


def problems(request: AdminRequest) -> Answer:
    """The rows with problems, as CSV with a column for what is wrong."""
    kept = found_import(request)
    view = request.view
    found = [one for _place, one in problems_of(request.session, kept.id, limit=MOST)]
    if not found or not store.has_file(request.session, kept.id):
        raise NotFound(_("There are no rows with problems, or the file has been taken away since."))
    labels = {one.name: view.label_of(one.name) for one in found if one.name}
    file = tempfile.TemporaryFile(prefix="webadmin-")  # noqa: SIM115 - closed when the last piece is sent
    store.fetch(request.session, kept.id, file)
    name = kept.file_name.rpartition(".")[0] or kept.file_name
    chunks = _chunks(request, file, kept.draft.file, limits_of(request, view), reasons_of(found, labels))
    filename = _("{file} problems").format(file=name)
    return Download(chunks, f"{filename}.csv", "text/csv")


def _chunks(
    request: AdminRequest, file: IO[bytes], form: FileForm, limits: Limits, reasons: dict[int, str]
) -> Generator[bytes, Any, None]:
    # Runs in a thread of its own, after the request.
    with file, use_locale(request.settings.language, request.settings.time_zone):
        yield from left_out(open_source(cast(BinaryIO, file), form, limits), form, reasons)
