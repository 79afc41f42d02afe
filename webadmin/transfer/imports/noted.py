"""What is wrong with the rows of an import, kept for its pages and its file of errors."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.database.own_tables.imports import TEXT, import_problem
from webadmin.transfer.imports.asked import Problem

MOST = 100_000
"""Problems of one import that are kept."""
_TOGETHER = 1000


def keep_problems(session: Session, id: UUID, problems: Iterable[Problem]) -> None:
    """Keep what is wrong with rows instead of what was kept before; ``MOST`` of them."""
    session.execute(sa.delete(import_problem).where(import_problem.c.import_id == id))
    numbered = enumerate(islice(problems, MOST))
    while some := list(islice(numbered, _TOGETHER)):
        session.execute(
            sa.insert(import_problem),
            [
                {
                    "import_id": id,
                    "number": number,
                    "row_number": one.row,
                    "name": one.name[:TEXT],
                    "kind": one.kind[:20],
                    "value": one.value,
                    "message": one.message,
                }
                for number, one in some
            ],
        )


def problems_of(
    session: Session,
    id: UUID,
    *,
    limit: int,
    after: int = -1,
    name: str | None = None,
    kind: str | None = None,
) -> list[tuple[int, Problem]]:
    """Problems in the order of the file with their places, those behind the place ``after``."""
    table = import_problem
    which = [table.c.import_id == id, table.c.number > after]
    if name is not None:
        which.append(table.c.name == name)
    if kind is not None:
        which.append(table.c.kind == kind)
    rows = session.execute(sa.select(table).where(*which).order_by(table.c.number).limit(limit))
    return [(row.number, Problem(row.row_number, row.name, row.kind, row.value, row.message)) for row in rows]
