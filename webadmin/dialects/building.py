"""Making an index on a table that is in use, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class BuildStep:
    """An index that is being made, by anybody."""

    name: str
    phase: str
    """What is done just now, in the system's own words."""
    share: float | None = None
    """How much of that is done, 0 to 1; None where it does not tell."""


class Building:
    """The part of a dialect that makes indexes."""

    makes_indexes = False
    """:meth:`make_index` works: while a table is in use, and keeping nobody from writing to it."""

    def make_index(self, connection: Connection, name: str, table: str, ddl: str, *, shared: bool) -> None:
        """Run ``ddl``, which makes the index ``name`` on ``table``, a name as it stands in statements. Where that fails nothing is
        left of it.

        :param connection: of its own, which commits each statement and is closed afterwards.
        :param shared: a pooler lends the sessions of ``connection`` to others as well.
        :raises sqlalchemy.exc.DBAPIError: when it could not be made.
        """
        raise NotImplementedError

    def index_builds(self, connection: Connection) -> list[BuildStep]:
        """What is being made just now, as far as this account may see it."""
        return []
