"""How a file is written: its format, encoding, delimiter and quote."""

from __future__ import annotations

from typing import BinaryIO

from webadmin.transfer.imports.asked import FileForm


def sniff(file: BinaryIO, name: str) -> FileForm:
    """How ``file`` is written, by its content, and by its name where that leaves a choice."""
    file.seek(0)
    first = file.read(64 * 1024).decode("utf-8", "replace").split("\n", 1)[0]
    file.seek(0)
    delimiter = max(",;\t|", key=first.count)
    return FileForm("csv", "utf-8", delimiter if delimiter in first else ",")
