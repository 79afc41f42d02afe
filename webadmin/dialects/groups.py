"""What every system knows of groups: their first rows, and which of them is in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

UNITS = ("year", "quarter", "month", "week", "day", "hour")
"""Spans of time that rows can be grouped by. A week begins on Monday."""


class Grouping:
    """How a database system groups rows; the part of a dialect that is about that."""

    supports_medians = False
    """``median`` answers; else the middle is found by numbering the rows."""
    supports_spans = False
    """``span_start`` answers."""

    def first_of_each(
        self,
        stmt: sa.Select[Any],
        columns: Sequence[sa.ColumnElement[Any]],
        groups: Sequence[sa.ColumnElement[Any]],
        order: Sequence[sa.ColumnElement[Any]],
        most: int,
    ) -> sa.Select[Any]:
        """A select of ``columns`` of the first ``most`` rows of each group, of the rows that ``stmt`` selects.

        :param groups: what the rows of a group have in common; null is a group too.
        :param order: which row is the first.
        """
        place = sa.func.row_number().over(partition_by=list(groups), order_by=list(order)).label("in_group")
        own = [column.label(f"own_{number}") for number, column in enumerate(columns)]
        numbered = stmt.with_only_columns(*own, place).subquery("numbered")
        return sa.select(*(numbered.c[column.name] for column in own)).where(numbered.c.in_group <= most)

    def sum(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """The aggregate that is the sum of the values, however large it is."""
        return sa.func.sum(column)

    def median(self, column: sa.ColumnElement[Any], *, exact: bool) -> sa.ColumnElement[Any]:
        """The aggregate that is the middle of the values, or half way between the two that are.

        :param exact: the values have more digits than a float.
        """
        raise NotImplementedError

    def span_start(
        self, connection: Connection, column: sa.ColumnElement[Any], unit: str, zone: str
    ) -> sa.ColumnElement[str]:
        """When the ``unit`` of :data:`UNITS` that a value is in began, as ``YYYY-MM-DD HH:MM:SS``.

        :param zone: the name of the zone whose days count, for moments; empty for times without a zone.
        """
        raise NotImplementedError
