"""The text of a file, in pieces."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from webadmin.text import gettext as _
from webadmin.transfer.imports.source import UNREADABLE, Refused

ENCODINGS: dict[str, str] = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "utf-16-le": "Unicode (UTF-16 LE)",
    "utf-16-be": "Unicode (UTF-16 BE)",
    "utf-32": "Unicode (UTF-32)",
    "cp1252": "Western Europe (Windows-1252)",
    "iso8859-15": "Western Europe (ISO 8859-15)",
    "mac-roman": "Western Europe (Macintosh)",
    "cp850": "Western Europe (DOS 850)",
    "cp1250": "Central Europe (Windows-1250)",
    "iso8859-2": "Central Europe (ISO 8859-2)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc-jp": "Japanese (EUC)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "euc-kr": "Korean (EUC)",
}
"""What a file can be written in, with a name of it. Among the others that Python knows are some that take minutes for a megabyte."""
_BLOCK = 256 * 1024
_ERRORS = "webadmin-unreadable"


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return UNREADABLE, error.end


codecs.register_error(_ERRORS, _mark)


class Text:
    """The text of ``file``, from its beginning. Bytes that are none come as ``UNREADABLE``. Raises Refused for an encoding that
    is not among ``ENCODINGS``."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        if encoding not in ENCODINGS:
            raise Refused(_("There is no such encoding."))
        file.seek(0)
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)(_ERRORS)
        self._started = False
        self.bytes = 0
        """How many have been read."""
        self.broken = False
        """Whether anything read so far was no text: an unreadable byte, or the character NUL."""

    def read(self) -> str | None:
        """Some more of it; None at the end. Raises Refused for a file that is in another encoding altogether."""
        while True:
            data = self._file.read(_BLOCK)
            self.bytes += len(data)
            try:
                text = self._decoder.decode(data, not data)
            except UnicodeError:  # no mark at the beginning, by which its bytes would be put in order
                raise Refused(_("This file is not in that encoding.")) from None
            if text and not self._started:
                text, self._started = text.removeprefix("\ufeff"), True
            if text:
                self.broken |= "\x00" in text or (not text.isascii() and UNREADABLE in text)
                return text
            if not data:
                return None
