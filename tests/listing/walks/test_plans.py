"""What a piece of a list costs deep in a table: rows that it shows, and hardly any beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.walks.events import ROWS, events_of, fill, middle
from tests.plugins.databases import database_of, file_of
from webadmin.demo.server import EmbeddedServer
from webadmin.explain.capture import Captured, capture
from webadmin.listing.fragment import Fragment

SIZE = 10
SORTS = [
    "id", "id:desc",
    "kind", "kind:desc",
    "at", "at:desc",
    "kind,at", "kind:desc,at:desc",
    "name,kind:desc", "name:desc,kind",
    "kind,id:desc", "kind:desc,id",
    "weight,kind:desc", "weight:desc,kind",
    "at,id:desc", "at:desc,id",
]  # fmt: skip
OFFSETS = [50, ROWS // 3, ROWS - ROWS // 8, ROWS - 50]
"""Near both ends, and between; rows without a value are at one of them."""


@pytest.fixture(scope="module")
def events(server: EmbeddedServer) -> Iterator[Engine]:
    with database_of(server, fill) as engine:
        yield engine


@pytest.fixture(scope="module")
def events_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with file_of(tmp_path_factory.mktemp("events") / "events.db", fill) as engine:
        yield engine


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_piece_reads_its_rows_alone(events: Engine, sort: str, side: str) -> None:
    """Wherever one stands, in every direction and mix, an index gives the rows; no condition has an OR."""
    for offset in OFFSETS:
        with Session(events) as session:
            context, params = events_of(session, f"sort={sort}&per_page={SIZE}")
            place = middle(context, params, offset)
            with capture(session) as sent:
                Fragment.load(context, params.view, params.changed(**{side: place}))
            _check(context, session, sent, 4)


@pytest.mark.parametrize("sort", SORTS)
def test_the_first_piece_too(events: Engine, sort: str) -> None:
    """It begins at the end of an index, also where directions are mixed."""
    with Session(events) as session:
        context, params = events_of(session, f"sort={sort}&per_page={SIZE}")
        with capture(session) as sent:
            Fragment.load(context, params.view, params)
        _check(context, session, sent, 1)


def _check(context: Any, session: Session, sent: list[Captured], most: int) -> None:
    assert 0 < len(sent) <= most
    for statement in sent:
        assert not re.search(r"\bOR\b", statement.sql), statement.sql
        assert not re.search(r"NULLS (FIRST|LAST)", statement.sql)
        (plan,) = context.dialect.explain(
            session.connection(), statement.sql, statement.parameters, analyze=True
        )
        read = sum(_read(node) for node in _nodes(plan["Plan"]))
        assert read <= ROWS // 100, (read, statement.sql, plan)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _read(node: dict[str, Any]) -> float:
    """How many rows of the table a node looked at, those that it passed over too."""
    if "Relation Name" not in node:
        return 0
    passed = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return float((node["Actual Rows"] + passed) * node["Actual Loops"])


@pytest.mark.parametrize("sort", [sort for sort in SORTS if not ("desc" in sort and "," in sort)])
def test_on_sqlite(events_file: Engine, sort: str) -> None:
    """Where all keys run one way, SQLite finds the place by an index too, and sorts nothing of the table."""
    for offset in OFFSETS:
        with Session(events_file) as session:
            context, params = events_of(session, f"sort={sort}&per_page={SIZE}")
            place = middle(context, params, offset)
            with capture(session) as sent:
                Fragment.load(context, params.view, params.changed(after=place))
            for statement in sent:
                assert not re.search(r"\bOR\b", statement.sql), statement.sql
                plan = session.connection().exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters
                )
                steps = [row.detail for row in plan]
                assert not [step for step in steps if re.match(r"SCAN (?!page\b)", step)], (
                    steps,
                    statement.sql,
                )


def test_no_other_form_anywhere(events: Engine) -> None:
    """Walking a list from end to end never sends ``a > x OR (a = x AND …)``."""
    with Session(events) as session:
        session.execute(sa.text("DELETE FROM events WHERE id > 300"))
        for sort in SORTS:
            context, params = events_of(session, f"sort={sort}&per_page=50")
            with capture(session) as sent:
                piece = Fragment.load(context, params.view, params)
                while piece.after is not None:
                    piece = Fragment.load(context, params.view, params.changed(after=piece.after))
            assert sent
            assert not [s.sql for s in sent if re.search(r"\bOR\b", s.sql)]
