"""A table of things, and a page that reads it with two statements."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.dialects import for_engine
from webadmin.explain import ExplainReport, build

THING = sa.table("thing", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("n", sa.Integer))
PAGE = sa.select(THING).where(THING.c.name != "it's").order_by(THING.c.n.desc()).limit(5).offset(20)
COUNT = sa.select(sa.func.count()).select_from(THING).where(THING.c.name == "n7")


def _reads(session: Session) -> Callable[[], None]:
    def run() -> None:
        session.execute(PAGE, execution_options={"webadmin_label": "Page of rows"}).all()
        session.execute(COUNT, execution_options={"webadmin_label": "Number of rows"}).scalar()

    return run


def built(session: Session, *, analyze: bool, budget_ms: int = 5_000) -> ExplainReport:
    """The report on a page of things and their number."""
    dialect = for_engine(session.connection().engine)
    return build(dialect, session, _reads(session), analyze=analyze, budget_ms=budget_ms)
