"""Indexes that are not there, tried: what the planner would do if they were, without anybody noticing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.building import Building

SAMPLE = 20_000
"""Rows of a table that are copied to try indexes on."""

NAME = "webadmin_trial"
"""What an index is called while it is tried."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An index while it is there for a trial."""

    name: str
    """As plans call it."""
    bytes: int | None = None
    """About how large it would be over all rows; None where that is not known."""


class Trial:
    """A way to see what the planner makes of an index."""

    kind = "hypothetical"
    """``hypothetical``: without any rows, by the statistics of the table itself; ``built``: on the table, and taken back;
    ``copy``: on a copy of some rows."""
    share = 1.0
    """The part of the rows that it is tried on."""

    def place(self, table: sa.Table) -> str:
        """The table as an index for the trial has to call it."""
        raise NotImplementedError

    def explain(self, sql: str, parameters: Any) -> list[dict[str, Any]]:
        """The plan of a captured statement, in the shape of ``Dialect.explain``.

        :raises sqlalchemy.exc.DBAPIError: when the database gives none.
        """
        raise NotImplementedError

    def index(self, ddl: str) -> AbstractContextManager[Tried]:
        """While within, the index that ``ddl`` makes is there, under the name :data:`NAME`.

        :raises sqlalchemy.exc.DBAPIError: when there can be no such index here.
        """
        raise NotImplementedError


class Trying(Building):
    """The part of a dialect that tries indexes, and makes them."""

    supports_include = False
    """Indexes hold columns beside their keys, and keep nulls at either end."""
    tries_by_building = False
    """:meth:`trials` has more where indexes may be built."""
    drop_index = "DROP INDEX IF EXISTS"
    """How an index is dropped while the table is in use."""
    pattern_operators = ""
    """The operators of an index of what is inside of values that serve patterns; empty where there are none."""

    def pattern_indexes(self, connection: Connection) -> bool:
        """Whether :attr:`pattern_operators` are there."""
        return False

    @contextmanager
    def trials(
        self, connection: Connection, tables: Sequence[sa.Table], *, building: bool
    ) -> Iterator[Iterator[Trial]]:
        """The ways there are, the best first; each is made when it is asked for, and all are gone afterwards.

        :param building: indexes may be built, in a transaction that may write: on small tables, whose writers have to wait
            for no longer than that takes, or on rows that are copied to a place that is only this connection's. Nothing of it
            is left, and nobody sees any of it.
        """
        yield iter(())
