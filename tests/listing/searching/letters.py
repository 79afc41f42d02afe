"""A large table of letters to search in: a word in a quarter of them, a rare one in old letters alone, and one mistyped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from webadmin.auth.user import User
from webadmin.dialects import Dialect
from webadmin.listing.params import ListParams
from webadmin.mixins import SoftDeleteMixin, fts5_index, gin_index, live_index, search_column
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry

ROWS = 120_000
FEW_ROWS = 12_000
"""In SQLite."""
RARE = 40
"""Letters that have the rare word, one of them deleted."""


class Base(DeclarativeBase):
    pass


class Letter(SoftDeleteMixin, Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    body: Mapped[str | None] = mapped_column(sa.Text())
    kind: Mapped[str]
    sent_at: Mapped[datetime]
    search: Mapped[str | None] = search_column("subject", "body", config="english")

    __table_args__ = (
        live_index("ix_letters_sent_at", "sent_at", "id"),
        live_index("ix_letters_kind", "kind", "sent_at", "id"),
        gin_index("ix_letters_search", "search"),
        fts5_index("letters_words", "subject", "body"),
    )


class LetterView(ModelView, model=Letter):
    column_list = ["subject", "kind", "sent_at"]
    column_sortable_list = ["sent_at", "kind", "id"]
    column_default_sort = ("sent_at", True)
    column_filters = ["kind"]


# The planner trusts what it knows of a word's beginning only where it knows a hundred words.
_FILL = """
    INSERT INTO letters (id, subject, body, kind, sent_at, deleted_at)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
    SELECT n, 'Letter ' || n || ' on topic' || (n % 150),
           CASE WHEN n <= 40 * 50 AND n % 50 = 0 THEN 'A marzipan sample for the tasting'
                WHEN n % 4 = 0 THEN CASE WHEN n % 40 = 0 THEN 'Parcel, parcel and parcel' ELSE 'The parcel has left' END
                WHEN n % 4 = 1 THEN 'An invoice is enclosed' END,
           CASE WHEN n % 10 = 0 THEN 'urgent' ELSE 'plain' END,
           {moment},
           CASE WHEN n % 25 = 0 AND n % 2 = 1 OR n = 50 THEN {deleted} END
      FROM numbers
"""


def fill(engine: Engine) -> None:
    """Make the table and its rows, the higher numbers sent later."""
    Base.metadata.create_all(engine)
    if engine.dialect.name == "sqlite":
        moment = "datetime('2026-01-01', n || ' minutes')"
        sql = _FILL.format(rows=FEW_ROWS, moment=moment, deleted="'2026-11-01 00:00:00'")
    else:
        moment = "TIMESTAMP '2026-01-01' + n * INTERVAL '1 minute'"
        sql = _FILL.format(rows=ROWS, moment=moment, deleted="TIMESTAMP '2026-11-01'").replace("%", "%%")
    with engine.begin() as connection:
        connection.exec_driver_sql(sql)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name != "sqlite" else "ANALYZE")


@contextmanager
def reading(
    engine: Engine, dialect: Dialect, query: str, *views: type[ModelView]
) -> Iterator[tuple[Context, ListParams]]:
    """A context over the letters and the parameters of a query string."""
    registry = Registry()
    for view in views or (LetterView,):
        registry.add(view)
    with Session(engine) as session:
        context = Context(session, dialect, User("someone"), registry)
        pairs = parse_qsl(query, keep_blank_values=True)
        yield context, ListParams.parse(pairs, registry.views["letters"], ZoneInfo("UTC"))


def expected(engine: Engine, word: str, *, deleted: bool = False) -> list[Any]:
    """Keys of the letters that have ``word``, the latest first."""
    stmt = sa.select(Letter.id).where(sa.func.lower(Letter.body).contains(word))
    if not deleted:
        stmt = stmt.where(Letter.deleted_at.is_(None))
    with Session(engine) as session:
        return [str(key) for key in session.scalars(stmt.order_by(Letter.sent_at.desc()))]
