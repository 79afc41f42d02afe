"""What was done with accounts and roles, by whom: a log of its own beside the tables, and a line in the program's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin import logs
from webadmin.auth.user import User
from webadmin.database.own_tables import accounts as tables
from webadmin.mixins import uuid7

Subject = Literal["person", "role"]
_event = tables.event.c


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the log."""

    id: UUID
    at: dt.datetime
    who: str
    who_id: str
    subject: str
    subject_id: UUID
    subject_name: str
    kind: str
    detail: Mapping[str, Any]


def note(
    session: Session,
    who: User,
    kind: str,
    subject: Subject,
    id: UUID,
    name: str,
    detail: Mapping[str, Any] | None = None,
    *,
    request_id: str = "",
) -> None:
    """Write down what ``who`` did, in the transaction that does it.

    :param kind: one word, such as ``disabled``.
    :param detail: what JSON can hold, and nothing that is secret.
    """
    written = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
    values: dict[str, Any] = {
        "id": uuid7(),
        "who": who.name[: tables.NAME],
        "who_id": who.id[: tables.NAME],
        "subject": subject,
        "subject_id": id,
        "subject_name": name[: tables.NAME],
        "kind": kind,
        "detail": written,
        "request_id": request_id,
    }
    session.execute(sa.insert(tables.event).values(values))
    # Which fields, and not what is in them: the log has names of accounts and rights, and no addresses of people.
    told = {**(detail or {}), "fields": sorted((detail or {}).get("fields", {}))}
    logs.security(f"{subject} {kind}", request=request_id, by=who.name, name=name, id=str(id), detail=told)


def read(
    session: Session, *, about: UUID | None = None, before: UUID | None = None, limit: int = 25
) -> tuple[list[Event], UUID | None]:
    """The newest entries, and the id before which more of them stand, or None.

    :param about: of this account or role alone.
    """
    stmt = sa.select(tables.event).order_by(_event.id.desc()).limit(limit + 1)
    if about is not None:
        stmt = stmt.where(_event.subject_id == about)
    if before is not None:
        stmt = stmt.where(_event.id < before)
    found = [_entry(row) for row in session.execute(stmt)]
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def _entry(row: Any) -> Event:
    return Event(
        id=row.id,
        at=row.at,
        who=row.who,
        who_id=row.who_id,
        subject=row.subject,
        subject_id=row.subject_id,
        subject_name=row.subject_name,
        kind=row.kind,
        detail=json.loads(row.detail),
    )
