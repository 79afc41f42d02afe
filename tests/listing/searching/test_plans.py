"""Which way leads to the rows of a search, as PostgreSQL plans it: nodes and indexes, not times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.searching.letters import RARE, Letter, expected, reading
from webadmin.dialects import Dialect, for_engine
from webadmin.explain.capture import capture
from webadmin.listing import found_pages, ranking
from webadmin.listing.fragment import Fragment
from webadmin.listing.listing import STATEMENTS, Listing
from webadmin.options.model_view import ModelView

WORDS, WALK = "ix_letters_search", "ix_letters_sent_at"


@pytest.fixture
def dialect(letters_pg: Engine) -> Dialect:
    """One that remembers nothing."""
    return for_engine(letters_pg)


def nodes(engine: Engine, sql: str, parameters: Any) -> Iterator[dict[str, Any]]:
    with engine.connect() as connection:
        answer: Any = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters).scalar()
    plans = json.loads(answer) if isinstance(answer, str) else answer
    todo = [plans[0]["Plan"]]
    while todo:
        node = todo.pop()
        todo += node.get("Plans", ())
        yield node


def read(
    engine: Engine, dialect: Dialect, query: str, *views: type[ModelView]
) -> tuple[Listing, list[dict[str, Any]]]:
    """A page and the plan nodes of the statement that read its rows."""
    with reading(engine, dialect, query, *views) as (context, params):
        with capture(context.session.connection()) as sent:
            listing = Listing.load(context, params.view, params)
        (rows,) = [item for item in sent if item.label == "Page of rows"]
        assert len(sent) <= STATEMENTS
    return listing, list(nodes(engine, rows.sql, rows.parameters))


def indexes(found: list[dict[str, Any]]) -> set[str]:
    return {node["Index Name"] for node in found if "Index Name" in node}


def passed(found: list[dict[str, Any]]) -> float:
    """The most rows that one node gave or threw away."""
    return max(float(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) for node in found)


@pytest.mark.parametrize("query", ["q=marzipan", "q=marzipan&sort=sent_at:desc", "q=marzipan&sort=sent_at"])
def test_a_rare_word_does_not_walk_the_list(letters_pg: Engine, dialect: Dialect, query: str) -> None:
    """All rows with the word are gathered through the index of words, whatever the order."""
    listing, plan = read(letters_pg, dialect, query)
    assert listing.total == RARE - 1
    assert listing.exact
    assert WORDS in indexes(plan)
    assert WALK not in indexes(plan)
    assert "CTE Scan" in {node["Node Type"] for node in plan}
    assert passed(plan) <= RARE


@pytest.mark.parametrize("query", ["q=parcel", "q=parcel&sort=sent_at:desc", "q=parcel&sort=sent_at"])
def test_a_common_word_does_not_sort_all_its_rows(letters_pg: Engine, dialect: Dialect, query: str) -> None:
    """The list's own index is walked until there are enough rows."""
    listing, plan = read(letters_pg, dialect, query)
    assert len(listing.rows) == 25
    assert WALK in indexes(plan)
    assert WORDS not in indexes(plan)
    assert passed(plan) < 20_000


@pytest.mark.parametrize("sort", ["", "&sort=sent_at:desc"])
def test_filters_and_deleted_rows_are_searched_along(letters_pg: Engine, dialect: Dialect, sort: str) -> None:
    """The estimate is of everything that is asked for: a common word is rare where few rows are left."""
    listing, plan = read(letters_pg, dialect, f"q=parcel&deleted=only{sort}")
    with Session(letters_pg) as session:
        gone = sa.select(sa.func.count()).where(
            Letter.deleted_at.is_not(None), Letter.body.icontains("parcel")
        )
        assert listing.total == session.scalar(gone)
    assert passed(plan) < 50_000
    listing, plan = read(letters_pg, dialect, f"q=marzipan&kind=urgent&deleted=show{sort}")
    assert listing.total == RARE
    assert WALK not in indexes(plan)


def test_a_wrong_guess_is_given_up(
    letters_pg: Engine, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two common words that never meet look frequent to the planner. The walk for them is stopped, and they are gathered;
    the next time that is known."""
    monkeypatch.setattr(found_pages, "_TIME_LIMIT", 3)
    with reading(letters_pg, dialect, "q=parcel+invoice") as (context, params):
        assert ranking.tactic(context, params.view, params, statements=4).latest is not None
        listing = Listing.load(context, params.view, params)
    assert (listing.total, listing.exact, listing.rows) == (0, True, ())
    monkeypatch.undo()
    with reading(letters_pg, dialect, "q=parcel+invoice") as (context, params):
        known = ranking.tactic(context, params.view, params, statements=4)
        assert known.gathered
        assert known.latest is None
        assert known.expected is not None
        assert known.expected.rows == 0


@pytest.mark.parametrize("page", [200, 1_000, 0])
def test_a_deep_page_that_takes_long_keeps_its_order(
    letters_pg: Engine, dialect: Dialect, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Behind the ranked rows the list's own order holds, by whichever way they are read."""
    with reading(letters_pg, dialect, "q=parcel") as (context, params):
        quick = Listing.load(context, params.view, params.changed(page=page))
    monkeypatch.setattr(found_pages, "_TIME_LIMIT", 1)
    with reading(letters_pg, dialect, "q=parcel") as (context, params):
        slow = Listing.load(context, params.view, params.changed(page=page))
    assert [row.id for row in slow.rows] == [row.id for row in quick.rows]
    assert slow.latest == quick.latest


@pytest.mark.parametrize("query", ["q=marzipan", "q=marzipan&sort=sent_at:desc"])
def test_pieces_of_a_rare_word_do_not_walk_either(letters_pg: Engine, dialect: Dialect, query: str) -> None:
    """The same by cursor, from the beginning and from the middle."""
    with reading(letters_pg, dialect, f"{query}&per_page=10") as (context, params):
        found: list[str] = []
        after = ""
        while after is not None:
            with capture(context.session.connection()) as sent:
                piece = Fragment.load(context, params.view, params.changed(after=after))
            found += [row.id for row in piece.rows]
            after = piece.after  # type: ignore[assignment]
            for item in sent:
                if item.label == "Next rows":
                    plan = list(nodes(letters_pg, item.sql, item.parameters))
                    # Near the end of the list what is left of it may be shorter than all rows with the word.
                    assert passed(plan) <= (50 * RARE if params.sort else RARE)
    assert sorted(found) == sorted(expected(letters_pg, "marzipan"))
    assert len(found) == len(set(found))
