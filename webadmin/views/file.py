"""The file of a row: to be kept by whoever asks for it, and never shown as a page."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import sqlalchemy as sa

from webadmin.errors import NotFound
from webadmin.forms.uploads import picture_type
from webadmin.listing.scope import one
from webadmin.options.uploads import storage_of
from webadmin.options.visible import columns_shown
from webadmin.request import AdminRequest, Answer, Download
from webadmin.text import gettext as _

_CHUNK = 64 * 1024


def file(request: AdminRequest) -> Answer:
    """The file of a column, through the person's scope. Raises NotFound for columns that no page of theirs shows."""
    view, name = request.view, request.params["field"]
    form = request.may("change") or request.may("add")
    if name not in view.uploads or name not in columns_shown(view, form=form):
        raise NotFound(_("There is no such file."))
    row = one(request.context, view, request.key, deleted="show")
    if storage_of(view.info.columns[name]) is None:
        return _from_database(request, row, name)
    return _from_storage(getattr(row, name))


def _from_storage(value: Any) -> Download:
    opened = _open(value)
    start = opened.read(16)
    return Download(_chunks(start, opened), PurePosixPath(str(value.name)).name, _type(start))


def _open(value: Any) -> BinaryIO:
    try:
        opened: BinaryIO = value.open()
    except (AttributeError, OSError):  # none, or one whose file is gone from the storage
        raise NotFound(_("There is no such file.")) from None
    return opened


def _from_database(request: AdminRequest, row: Any, name: str) -> Download:
    info = request.view.info
    key = [column.column == getattr(row, column.name) for column in info.key]
    content = request.session.scalar(sa.select(info.columns[name].column).where(*key))
    if content is None:
        raise NotFound(_("There is no such file."))
    picture = picture_type(bytes(content[:16]))
    ending = picture[1] if picture else ".bin"
    return Download(_whole(content), f"{request.view.key}-{name}{ending}", _type(content))


def _type(start: bytes) -> str:
    picture = picture_type(bytes(start[:16]))
    return picture[0] if picture is not None else "application/octet-stream"


def _whole(content: bytes) -> Generator[bytes, Any, None]:
    yield bytes(content)


def _chunks(start: bytes, opened: BinaryIO) -> Generator[bytes, Any, None]:
    with opened:
        yield start
        while chunk := opened.read(_CHUNK):
            yield chunk
