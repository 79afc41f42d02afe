"""Why a statement failed, in terms of no database system."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a statement failed, in terms that do not depend on the database system.

    ``kind`` is one of: statement_timeout, lock_timeout, deadlock, serialization, connection_lost, pool_timeout,
    too_many_connections, read_only, permission, unique, foreign_key, not_null, check, exclusion, out_of_range,
    too_long, invalid_value, refused (by a trigger or a view's own check), disk_full, out_of_memory,
    missing_object, unreadable (a foreign table without its server, a view never filled), other.
    """

    kind: str
    table: str | None = None
    columns: tuple[str, ...] = ()
    constraint: str | None = None

    @property
    def integrity(self) -> bool:
        """The values sent broke a rule of the table."""
        return self.kind in {"unique", "foreign_key", "not_null", "check", "exclusion"}

    @property
    def value(self) -> bool:
        """A value does not fit its column's type."""
        return self.kind in {"out_of_range", "too_long", "invalid_value"}
