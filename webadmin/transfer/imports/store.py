"""Where imports are kept between their pages: one person's of one list, with the file in pieces."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, BinaryIO, Literal, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.auth.user import User
from webadmin.database.own_tables.imports import TEXT, import_, import_part, import_problem
from webadmin.errors import Conflict
from webadmin.mixins import server_now, uuid7
from webadmin.text import gettext as _
from webadmin.transfer.imports import mapping
from webadmin.transfer.imports.draft import Draft

State = Literal["new", "checking", "ready", "running", "done", "failed"]
WORKING: tuple[State, ...] = ("checking", "running")
"""States in which a worker has it, or is to take it."""

PIECE = 1024 * 1024
_KEPT = timedelta(days=1)
"""How long a file is kept that nobody has imported, and rows that were left out."""
_REMEMBERED = timedelta(days=30)
"""How long an import that is done stands among the earlier ones."""
_AT_ONCE = 5
"""Files of one person for one list that are kept at the same time."""
_DEAD = timedelta(seconds=20)
"""A worker that said nothing for so long is gone."""
_LATE = timedelta(seconds=60)
"""Nobody has taken it for so long."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An import as it is kept."""

    id: UUID
    list_key: str
    person: str
    user: User
    file_name: str
    byte_count: int
    draft: Draft
    state: State
    done: int
    total: int
    result: Mapping[str, Any]
    message: str
    fingerprint: str
    skip_failed: bool
    change_id: UUID | None
    worker: str
    stop: bool
    created_at: datetime
    submitted_at: datetime | None
    beat_at: datetime | None
    ended_at: datetime | None
    now: datetime
    """The database's time when it was read."""

    @property
    def working(self) -> bool:
        return self.state in WORKING

    @property
    def rows(self) -> int:
        """Of the file, as the last check has counted them; 0 before any."""
        return int(self.result.get("preview", {}).get("total", 0)) if self.state == "running" else 0

    @property
    def abandoned(self) -> bool:
        """Whoever worked on it has gone, or nobody has come: it can be begun again."""
        if not self.working:
            return False
        if self.beat_at is not None:
            return self.now - self.beat_at > _DEAD
        return self.submitted_at is None or self.now - self.submitted_at > _LATE


def person_data(user: User) -> str:
    """Who somebody is and what they may do, for a worker that does not see their request."""
    return json.dumps(
        {
            "name": user.name,
            "grants": sorted(user.grants),
            "id": user.id,
            "roles": sorted(user.roles),
            "full_name": user.full_name,
            "told": None if user.told is None else sorted(user.told),
        }
    )


def add(
    session: Session, list_key: str, person: str, user: User, name: str, file: BinaryIO, draft: Draft
) -> UUID:
    """Keep ``file`` as a new import. Older files of the person for the same list make room where there are many.

    Raises Conflict where as many are being dealt with as may be at once.
    """
    tidy(session)
    mapping.tidy(session, list_key)
    _make_room(session, list_key, person)
    id, size = uuid7(), 0
    file.seek(0)
    for number in range(2**31):
        piece = file.read(PIECE)
        if not piece:
            break
        session.execute(sa.insert(import_part).values(import_id=id, number=number, content=piece))
        size += len(piece)
    session.execute(
        sa.insert(import_).values(
            id=id,
            list_key=list_key,
            person=person,
            person_data=person_data(user),
            file_name=name[-TEXT:],
            byte_count=size,
            asked=draft.to_json(),
            state="new",
        )
    )
    return id


def _make_room(session: Session, list_key: str, person: str) -> None:
    mine = (import_.c.list_key == list_key, import_.c.person == person)
    rows = session.execute(
        sa.select(import_, server_now().label("now"))
        .where(*mine, import_.c.state != "done")
        .order_by(import_.c.id.desc())
    )
    found = [_kept(row) for row in rows.mappings()]
    busy = [kept for kept in found if kept.working and not kept.abandoned]
    if len(busy) >= _AT_ONCE:
        raise Conflict(_("Other files of yours are being dealt with just now. Wait until they are done."))
    remove(session, *(kept.id for kept in [kept for kept in found if kept not in busy][_AT_ONCE - 1 :]))
    # Of what is done, the rows that were left out.
    left = (
        sa.select(import_part.c.import_id)
        .join(import_, import_.c.id == import_part.c.import_id)
        .where(*mine, import_.c.state == "done", import_part.c.number == 0)
    )
    forget_file(session, *session.scalars(left.order_by(import_part.c.import_id.desc()).offset(_AT_ONCE - 1)))


def find(
    session: Session, id: UUID, *, list_key: str | None = None, person: str | None = None
) -> Kept | None:
    """The import of that id, of that list and person where these are given."""
    asked = [import_.c.id == id]
    if list_key is not None:
        asked.append(import_.c.list_key == list_key)
    if person is not None:
        asked.append(import_.c.person == person)
    row = session.execute(sa.select(import_, server_now().label("now")).where(*asked)).mappings().first()
    return _kept(row) if row is not None else None


def earlier(session: Session, list_key: str, person: str, limit: int) -> list[Kept]:
    """The last imports of a person for a list, the newest first."""
    mine = (import_.c.list_key == list_key, import_.c.person == person)
    rows = session.execute(
        sa.select(import_, server_now().label("now")).where(*mine).order_by(import_.c.id.desc()).limit(limit)
    )
    return [_kept(row) for row in rows.mappings()]


def save(
    session: Session, id: UUID, *, when: Sequence[State], held_by: str | None = None, **values: Any
) -> bool:
    """Set columns of the import of that id where it is in one of the states ``when``, and that worker has it where one is given;
    whether it was so."""
    if isinstance(draft := values.pop("draft", None), Draft):
        values["asked"] = draft.to_json()
    if "result" in values:
        values["result"] = json.dumps(values["result"], ensure_ascii=False)
    if isinstance(user := values.pop("user", None), User):
        values["person_data"] = person_data(user)
    which = [import_.c.id == id, import_.c.state.in_(when)]
    if held_by is not None:
        which.append(import_.c.worker == held_by)
    done = session.execute(sa.update(import_).where(*which).values(**values))
    return bool(cast("sa.CursorResult[Any]", done).rowcount)


def submitted(session: Session, id: UUID, state: State, *, when: Sequence[State], **values: Any) -> bool:
    """Have it wait for a worker in ``state``; whether it was in one of the states ``when``."""
    return save(
        session, id, when=when, state=state, worker="", stop=False, done=0, total=0, message="", beat_at=None,
        submitted_at=server_now(), **values,
    )  # fmt: skip


def taken(session: Session, kept: Kept, worker: str) -> bool:
    """Let ``worker`` have it, unless another was faster."""
    return save(session, kept.id, when=[kept.state], held_by=kept.worker, worker=worker, beat_at=server_now())


def beaten(session: Session, id: UUID, worker: str, done: int, total: int, message: str) -> bool:
    """Say that ``worker`` lives and how far it is, in words too; whether it is to go on."""
    values = {"done": done, "total": total, "message": message, "beat_at": server_now()}
    if not save(session, id, when=WORKING, held_by=worker, **values):
        return False
    return not session.execute(sa.select(import_.c.stop).where(import_.c.id == id)).scalar()


def fetch(session: Session, id: UUID, into: IO[bytes]) -> None:
    """Put the file together again."""
    asked = sa.select(import_part.c.content).where(
        import_part.c.import_id == id, import_part.c.number == sa.bindparam("number")
    )
    number = 0
    while (piece := session.execute(asked, {"number": number}).scalar()) is not None:
        into.write(piece)
        number += 1
    into.seek(0)


def has_file(session: Session, id: UUID) -> bool:
    """Whether the file is still kept."""
    found = sa.select(import_part.c.number).where(import_part.c.import_id == id, import_part.c.number == 0)
    return session.execute(found).first() is not None


def forget_file(session: Session, *ids: UUID) -> None:
    """Take away the files, and what is wrong with their rows."""
    for table in (import_part, import_problem):
        session.execute(sa.delete(table).where(table.c.import_id.in_(ids)))


def remove(session: Session, *ids: UUID) -> None:
    """Take imports away with all that belongs to them."""
    forget_file(session, *ids)
    session.execute(sa.delete(import_).where(import_.c.id.in_(ids)))


def tidy(session: Session) -> None:
    """Take away what is older than it is kept for, of everybody."""
    now = session.execute(sa.select(server_now())).scalar_one()
    idle = (
        import_.c.created_at < now - _KEPT,
        # A worker that died has left its state.
        sa.or_(import_.c.state.notin_(WORKING), import_.c.created_at < now - 2 * _KEPT),
    )
    old = session.execute(sa.select(import_.c.id, import_.c.state, import_.c.created_at).where(*idle)).all()
    if old:
        forget_file(session, *(row.id for row in old))
        gone = [row.id for row in old if row.state != "done" or row.created_at < now - _REMEMBERED]
        if gone:
            remove(session, *gone)


def _kept(row: sa.RowMapping) -> Kept:
    data: dict[str, Any] = {str(name): value for name, value in row.items()}
    user = json.loads(data.pop("person_data"))
    return Kept(
        user=User(**user),
        draft=Draft.from_json(data.pop("asked")),
        result=json.loads(data.pop("result") or "{}"),
        **data,
    )
