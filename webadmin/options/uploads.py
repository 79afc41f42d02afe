"""Columns whose values are files: kept by a storage of ``fastapi-storages``, or in the database itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import ColumnInfo, Kind, ModelInfo
from webadmin.options.attributes import attribute_name

_STORAGE = ("open", "write", "delete", "get_name", "get_path")


@dataclass(frozen=True)
class Upload:
    """Which files a column takes.

    :param accept: endings of their names, such as ``.pdf``; empty for any.
    :param max_size: bytes; a request has a limit of its own, ``Limits.body``.
    :param image: only pictures that browsers show: PNG, JPEG, GIF and WebP, told by their content and not by their names.
    """

    accept: Sequence[str] = ()
    max_size: int = 5 * 1024 * 1024
    image: bool = False


def storage_of(column: ColumnInfo) -> Any:
    """The storage that keeps the files of a column of type ``FileType`` or ``ImageType``; None for any other column."""
    type_ = column.column.type
    storage = getattr(type_, "storage", None) if isinstance(type_, sa.TypeDecorator) else None
    return storage if all(callable(getattr(storage, name, None)) for name in _STORAGE) else None


def file_name(value: Any) -> str | None:
    """What a file is called that a storage keeps, without the folder; None for anything else. It is a text too, which says
    where on the server the file lies."""
    if isinstance(value, str) and callable(getattr(value, "open", None)):
        return PurePosixPath(str(getattr(value, "name", ""))).name
    return None


def uploads_of(
    info: ModelInfo, given: Mapping[Any, Any], fault: Callable[[str, str, str], None]
) -> dict[str, Upload]:
    """The columns that are files: all that a storage keeps, and those of bytes that the option ``form_uploads`` names.

    :param fault: takes option, value and remedy of what cannot be used.
    """
    found = {
        name: Upload(image="ImageType" in {cls.__name__ for cls in type(column.column.type).__mro__})
        for name, column in info.columns.items()
        if storage_of(column) is not None
    }
    for key, value in given.items():
        name = attribute_name(key)
        column = info.columns.get(name)
        if not isinstance(value, Upload) or isinstance(value.accept, str) or value.max_size < 1:
            fault(
                "form_uploads", repr(name), "write Upload(), or Upload(accept=['.pdf'], max_size=1_000_000)"
            )
        elif column is None or (column.kind is not Kind.BINARY and name not in found):
            fault("form_uploads", repr(name), "it must be a column of bytes, or one of FileType or ImageType")
        elif column.primary_key:
            fault("form_uploads", repr(name), "a key cannot be a file")
        else:
            endings = tuple(f".{ending.lstrip('.').lower()}" for ending in value.accept)
            image = value.image or (name in found and found[name].image)
            found[name] = replace(value, accept=endings, image=image)
    return found
