"""The stored file of a row, beside the control that another is chosen with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from webadmin.database.inspection import Kind
from webadmin.forms.display import format_bytes, stored_size
from webadmin.forms.row_form import RowForm
from webadmin.forms.uploads import UploadField
from webadmin.options.uploads import file_name
from webadmin.rendering.urls import Urls
from webadmin.text import gettext as _

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""What a browser offers where a picture is wanted."""


@dataclass(frozen=True, slots=True)
class FileShown:
    name: str
    """Empty for one that the database keeps, which has none."""
    size: str
    url: str
    picture: bool
    removable: bool


def stored_file(form: RowForm, urls: Urls, name: str, field: UploadField) -> FileShown | None:
    """The file that the row of ``form`` has in a column; None where it has none."""
    if form.creating:
        return None
    view, column = form.view, form.view.info.columns[name]
    called, size = file_name(field.stored), None
    if called is not None:
        with suppress(OSError):  # its file is gone
            size = field.stored.size
    elif column.kind is Kind.BINARY:
        size = stored_size(form.context, view.info, form.row, name, field.stored)
    if called is None and size is None:
        return None
    return FileShown(
        called or "",
        format_bytes(size) if size is not None else _("not there any more"),
        urls.file(view, view.id_of(form.row), name),
        field.upload.image and size is not None,
        column.nullable,
    )
