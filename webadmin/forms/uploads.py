"""Files in forms: what was sent, checked, and what names it may be kept by."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from webadmin.database.inspection import ColumnInfo
from webadmin.forms.display import format_bytes
from webadmin.forms.fields import OwnField
from webadmin.options.uploads import Upload
from webadmin.text import gettext as _

REMOVE = "remove"
"""What the box beside a file sends."""
_STEM, _ENDING = 60, 10
"""Characters that are left of a name and of its ending."""
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
)


@dataclass(frozen=True)
class SentFile:
    """A file that was sent, as hooks get it. Nothing of its name or type is to be believed."""

    filename: str
    """A name that is safe to keep it by and that no other file has."""
    file: BinaryIO
    size: int
    """Bytes."""
    original: str
    """What the person's machine calls it."""


class UploadField(OwnField):
    """A file: what is sent takes the place of the stored one; a box removes it.

    :param upload: which files it takes.
    """

    def __init__(
        self,
        label: str | None = None,
        validators: Any = None,
        *,
        column: ColumnInfo,
        upload: Upload,
        **kwargs: Any,
    ) -> None:
        self.column, self.upload = column, upload
        super().__init__(label, validators, **kwargs)
        self.required = not column.nullable and not (self.creating and column.has_default)

    def process_data(self, value: Any) -> None:
        self.stored = self.data = value
        self.shown = ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        # Texts under this name come from pages that send no files, and from people who try what happens.
        files = [one for one in valuelist if not isinstance(one, str) and getattr(one, "filename", None)]
        if files:
            self.touched = True
            self.data = self._checked(files[-1])
        elif REMOVE in valuelist:
            self.touched, self.data = True, None

    def same(self, one: Any, other: Any) -> bool:
        return (
            False  # whoever sends a file, or removes one, means it; the stored one is not read to be compared
        )

    def _checked(self, sent: Any) -> SentFile:
        file: BinaryIO = sent.file
        size = file.seek(0, 2)
        file.seek(0)
        start = file.read(16)
        file.seek(0)
        upload, name = self.upload, str(sent.filename)
        if not size:
            raise ValueError(_("This file is empty."))
        if size > upload.max_size:
            message = _("This file has {size}; at most {most} are taken.")
            raise ValueError(message.format(size=format_bytes(size), most=format_bytes(upload.max_size)))
        if upload.accept and not name.lower().endswith(tuple(upload.accept)):
            raise ValueError(_("Choose a file of this kind: {kinds}.").format(kinds=", ".join(upload.accept)))
        picture = picture_type(start)
        if upload.image and picture is None:
            raise ValueError(_("Choose a picture: PNG, JPEG, GIF or WebP."))
        return SentFile(
            safe_name(name, self._longest(), picture[1] if upload.image and picture else ""), file, size, name
        )

    def _longest(self) -> int:
        return getattr(self.column.column.type, "length", None) or 255


def safe_name(name: str, longest: int = 255, ending: str = "") -> str:
    """A name to keep a file by: plain letters, no path, no second ending, nothing hidden, and a part that cannot be guessed,
    so that no two files have the same.

    :param ending: the one that it has to have; by default its own.
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode()
    path = PurePosixPath(re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-_ "))
    own = re.sub(r"[^a-z0-9.]", "", path.suffix.lower())[:_ENDING]
    token, ending = secrets.token_hex(6), ending or own
    room = max(0, min(_STEM, longest - len(token) - len(ending) - 1))
    stem = path.stem.replace(".", "-")[:room].strip("-_")
    return f"{stem}-{token}{ending}" if stem else f"{token}{ending}"


def picture_type(start: bytes) -> tuple[str, str] | None:
    """The media type and the ending of a picture that browsers show, told by its first 16 bytes; None for anything else,
    SVG too, which may hold scripts."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp", ".webp"
    return next(
        (found for mark, *rest in _PICTURES if start.startswith(mark) and (found := (rest[0], rest[1]))), None
    )
