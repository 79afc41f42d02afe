"""Rows that are read to be written: held until the transaction ends, and shown to whoever keeps a record of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

PLACE = "webadmin.witness"
"""Where a session's ``info`` has its witness, if it has one."""


class Witness(Protocol):
    """Is told how rows are at the moment at which they are held, by the statement that holds them."""

    def asks(self, model: type) -> Sequence[sa.ColumnElement[Any]]:
        """What is to be selected beside the rows of ``model`` themselves; nothing where it does not want to know."""
        ...

    def sees(self, row: Any, said: Sequence[Any]) -> None:
        """A row, with the values that were asked for."""
        ...


def read_held(session: Session, model: type, stmt: sa.Select[Any]) -> list[Any]:
    """The rows of ``stmt``, which selects ``model`` and holds its rows where the database can; each once."""
    witness: Witness | None = session.info.get(PLACE)
    asked = witness.asks(model) if witness is not None else ()
    if witness is None or not asked:
        return list(session.scalars(stmt).unique())
    found: dict[int, Any] = {}
    for row, *said in session.execute(stmt.add_columns(*asked)).unique():
        found[id(row)] = row
        witness.sees(row, said)
    return list(found.values())
