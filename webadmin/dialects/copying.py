"""Rows as CSV, made by the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Writing = Literal["plain", "text", "json", "truth"]
"""How a column's values are written: as they are; as a text that no spreadsheet computes; as JSON; as true and false."""


class Copying:
    """The part of a dialect that writes files."""

    def copies(self, connection: Connection) -> bool:
        """Whether ``copy_csv`` works on this connection."""
        return False

    def copied(self, value: sa.ColumnElement[Any], writing: Writing) -> sa.ColumnElement[Any]:
        """``value`` as it stands in a file."""
        raise NotImplementedError

    def copy_csv(
        self, connection: Connection, stmt: sa.Select[Any], delimiter: str, time_zone: str
    ) -> Iterator[bytes]:
        """The rows of ``stmt`` as CSV without a heading, in pieces; times in ``time_zone``."""
        raise NotImplementedError
