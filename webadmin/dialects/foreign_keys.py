"""The foreign keys that a database holds to, whatever the models say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

Place = tuple[str | None, str]
"""Schema and name of a table; no schema for one that is found without."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """One foreign key as the catalog has it."""

    table: tuple[Place, ...]
    """Every way to name the table that it belongs to: with its schema, and without where that is enough."""
    columns: tuple[str, ...]
    target: tuple[Place, ...]
    referred: tuple[str, ...]
    on_delete: str = ""
    """As it is written after ON DELETE; empty for no action."""
    nullable: tuple[bool, ...] = ()
    """Which of the columns may be empty."""
    key: tuple[str, ...] = ()
    """The columns of the table's primary key."""
    readable: bool = True
    """This account may read the table."""
    lockable: bool = True
    """It may lock rows of it."""


class ForeignKeys:
    """What a database system tells of foreign keys; the part of a dialect that is about that."""

    def foreign_keys(self, connection: Connection) -> Sequence[ForeignKey]:
        """All foreign keys of the database, in one statement or a few; here those of the default schema, by the
        inspector."""
        inspector = sa.inspect(connection)
        choice = {"kind": ObjectKind.TABLE, "scope": ObjectScope.DEFAULT}
        columns = inspector.get_multi_columns(None, **choice)  # type: ignore[arg-type]
        keys = inspector.get_multi_pk_constraint(None, **choice)  # type: ignore[arg-type]
        found: list[ForeignKey] = []
        for place, constraints in inspector.get_multi_foreign_keys(None, **choice).items():  # type: ignore[arg-type]
            nullable = {column["name"]: bool(column["nullable"]) for column in columns.get(place, ())}
            key = keys.get(place)
            for constraint in constraints:
                own = tuple(constraint["constrained_columns"])
                found.append(
                    ForeignKey(
                        table=(place,),
                        columns=own,
                        target=((constraint["referred_schema"], constraint["referred_table"]),),
                        referred=tuple(constraint["referred_columns"]),
                        on_delete=str(constraint.get("options", {}).get("ondelete") or ""),
                        nullable=tuple(nullable.get(name, True) for name in own),
                        key=tuple(key["constrained_columns"]) if key else (),
                    )
                )
        return found
