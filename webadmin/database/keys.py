"""Rows by their keys, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

Key = tuple[Any, ...]


def among(columns: Sequence[Any], keys: Sequence[Key]) -> sa.ColumnElement[bool]:
    """``columns`` are equal to one of ``keys``, in one parameter for each value."""
    if len(columns) == 1:
        found: sa.ColumnElement[bool] = columns[0].in_([key[0] for key in keys])
        return found
    return sa.tuple_(*columns).in_(list(keys))
