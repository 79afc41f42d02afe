"""Indexes that are not there, tried: what the planner would do if they were, without anybody noticing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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

    hypothetical = True
    """With the statistics of the table itself, and without any rows; else on a copy of some of them."""
    share = 1.0
    """The part of the rows that was copied."""

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


class Trying:
    """The part of a dialect that tries indexes."""

    supports_include = False
    """Indexes hold columns beside their keys, and keep nulls at either end."""
    tries_on_copies = False
    """:meth:`trials` has one on copies of rows."""
    drop_index = "DROP INDEX IF EXISTS"
    """How an index is dropped while the table is in use."""
    pattern_operators = ""
    """The operators of an index of what is inside of values that serve patterns; empty where there are none."""

    def pattern_indexes(self, connection: Connection) -> bool:
        """Whether :attr:`pattern_operators` are there."""
        return False

    @contextmanager
    def trials(
        self, connection: Connection, tables: Sequence[sa.Table], *, copies: bool
    ) -> Iterator[Iterator[Trial]]:
        """The ways there are, the best first; each is made when it is asked for, and all are gone afterwards.

        :param copies: rows may be copied to a place that is only this connection's, in a transaction that may write. Nothing
            that others see is written, and nobody has to wait.
        """
        yield iter(())
