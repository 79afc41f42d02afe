"""The best rows of a search first: by page and by cursor, in both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.conftest import statements
from tests.listing.searching.letters import RARE, Letter, LetterView, expected, reading
from webadmin.dialects import for_engine
from webadmin.errors import BadRequest
from webadmin.listing import cursor, ranking
from webadmin.listing.fragment import Fragment
from webadmin.listing.listing import STATEMENTS, Listing
from webadmin.listing.params import ListParams
from webadmin.options.context import Context


def walk(context: Context, params: ListParams, most: int) -> tuple[list[str], Fragment]:
    """Ids from the beginning on, in pieces, and the last piece."""
    found: list[str] = []
    while True:
        piece = Fragment.load(context, params.view, params)
        found += [row.id for row in piece.rows]
        if piece.after is None or len(found) >= most:
            return found, piece
        params = params.changed(after=piece.after)


def back(context: Context, params: ListParams, last: Fragment) -> list[str]:
    """The ids of ``last`` and of all pieces before it."""
    found = [row.id for row in last.rows]
    while last.before is not None:
        last = Fragment.load(context, params.view, params.changed(before=last.before))
        found = [row.id for row in last.rows] + found
    return found


def test_few_rows_are_all_ranked(letters: Engine) -> None:
    """Pages and pieces show each row with the word once, in the same order, and say how many there are."""
    with reading(letters, for_engine(letters), "q=marzipan&per_page=10") as (context, params):
        found: list[str] = []
        for page in range(1, 5):
            with statements(context.session) as sent:
                listing = Listing.load(context, params.view, params.changed(page=page))
            assert len(sent) <= STATEMENTS
            assert listing.ranked
            assert listing.latest is None
            assert (listing.total, listing.exact, listing.pages, listing.page) == (RARE - 1, True, 4, page)
            found += [row.id for row in listing.rows]
        assert sorted(found) == sorted(expected(letters, "marzipan"))
        forwards, last = walk(context, params, RARE)
        assert forwards == found
        assert back(context, params, last) == found
        last_page = Listing.load(context, params.view, params.changed(page=0))
        assert [row.id for row in last_page.rows] == found[-9:]
        beyond = Listing.load(context, params.view, params.changed(page=40))
        assert [row.id for row in beyond.rows] == found[-9:]


def test_many_rows_are_ranked_among_the_latest(letters_pg: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the first of the list's own order the best come first; the others follow in that order, also by cursor."""
    monkeypatch.setattr(ranking, "LATEST", 60)
    own = expected(letters_pg, "parcel")
    with reading(letters_pg, for_engine(letters_pg), "q=parcel&per_page=25") as (context, params):
        pages: list[str] = []
        for page in range(1, 6):
            listing = Listing.load(context, params.view, params.changed(page=page))
            assert listing.ranked
            assert listing.latest == 50
            assert listing.has_next
            pages += [row.id for row in listing.rows]
        assert sorted(pages[:50]) == sorted(own[:50])
        assert pages[50:] == own[50:125]
        for page in (40, 900):
            deep = Listing.load(context, params.view, params.changed(page=page))
            assert deep.latest == 50
            assert [row.id for row in deep.rows] == own[25 * (page - 1) : 25 * page]
        best = sum(1 for key in own[:50] if int(key) % 40 == 0)
        assert {int(key) % 40 for key in pages[:best]} == {0}
        forwards, last = walk(context, params, 125)
        assert forwards[:125] == pages
        assert back(context, params, last) == forwards


def test_rows_written_meanwhile_move_nothing(letters_pg: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pieces others write and delete: no row is shown twice, and none that was there all the time is left
    out."""
    monkeypatch.setattr(ranking, "LATEST", 50)
    own = expected(letters_pg, "parcel")[:120]
    with reading(letters_pg, for_engine(letters_pg), "q=parcel&per_page=10") as (context, params):
        found: list[str] = []
        after = ""
        for step in range(12):
            piece = Fragment.load(context, params.view, params.changed(after=after))
            found += [row.id for row in piece.rows]
            assert piece.after is not None
            after = piece.after
            key = 1_000_000 + step
            context.session.execute(
                sa.insert(Letter).values(
                    id=key, subject="new", body="parcel", kind="new", sent_at=sa.func.now()
                )
            )
            gone = sa.select(Letter).where(Letter.id == int(own[-1 - step]))
            context.session.delete(context.session.scalars(gone).one())
            context.session.flush()
        old = [key for key in found if int(key) < 1_000_000]
        assert len(found) == len(set(found))
        assert set(own[:100]) <= set(old)


def test_too_many_words_of_a_table_apart_are_not_ranked(
    letters_sqlite: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where ranking would count every row, the list keeps its own order."""
    monkeypatch.setattr(ranking, "_MOST_LISTED", 30)
    with reading(letters_sqlite, for_engine(letters_sqlite), "q=parcel&per_page=25") as (context, params):
        listing = Listing.load(context, params.view, params)
        assert not listing.ranked
        own = expected(letters_sqlite, "parcel")
        assert [row.id for row in listing.rows] == own[:25]
        forwards, last = walk(context, params, 60)
        assert forwards == own[:75]
        assert back(context, params, last) == own[:75]


@pytest.mark.parametrize("sort", ["sent_at", "sent_at:desc", "kind,sent_at:desc"])
def test_an_order_that_is_asked_for_is_kept(letters: Engine, sort: str) -> None:
    """With ``sort`` rows come in that order, whatever their rank, in pages and in pieces."""
    query = f"q=parcel&sort={sort}&kind=urgent&deleted=show&per_page=20"
    with reading(letters, for_engine(letters), query) as (context, params):
        listing = Listing.load(context, params.view, params)
        assert not listing.ranked
        stmt = sa.select(Letter.id).where(Letter.body.icontains("parcel"), Letter.kind == "urgent")
        orders: dict[str, list[Any]] = {
            "sent_at": [Letter.sent_at, Letter.id],
            "sent_at:desc": [Letter.sent_at.desc(), Letter.id.desc()],
            "kind,sent_at:desc": [Letter.kind, Letter.sent_at.desc(), Letter.id.desc()],
        }
        stmt = stmt.order_by(*orders[sort]).limit(60)
        own = [str(key) for key in context.session.scalars(stmt)]
        assert [row.id for row in listing.rows] == own[:20]
        assert walk(context, params, 60)[0] == own


def test_a_key_comes_first(letters: Engine) -> None:
    """The row whose key was typed is the best one."""
    with Session(letters) as session:
        letter = session.get_one(Letter, 4242)
        assert letter.body is None or "77" not in letter.body
    with reading(letters, for_engine(letters), "q=4242") as (context, params):
        listing = Listing.load(context, params.view, params)
        assert listing.ranked
        assert listing.rows[0].id == "4242"


def test_broken_cursors_are_refused(letters: Engine) -> None:
    """A cursor of another search, of no search, and one that names no part of the list are a 400 with a way out."""
    with reading(letters, for_engine(letters), "q=marzipan&per_page=5") as (context, params):
        after = Fragment.load(context, params.view, params).after
        assert after is not None
        odd = cursor.encode(context.secret, params, ("nowhere", None, None, None, "1", "2"))
        for other in (
            params.changed(q="parcel", after=after),
            params.changed(q="", after=after),
            params.changed(after=after[:-3]),
            params.changed(after=odd),
            params.changed(sort=(("sent_at", True),), after=after),
        ):
            with pytest.raises(BadRequest):
                Fragment.load(context, params.view, other)


def test_views_without_a_key_are_not_ranked(letters: Engine) -> None:
    """Rows without a key have no order but their own."""

    class Plain(LetterView, model=Letter):
        key = "letters"

    with reading(letters, for_engine(letters), "q=marzipan", Plain) as (context, params):
        assert ranking.may_rank(context, params.view, params)
        assert not ranking.may_rank(context, params.view, params.changed(q=""))
        assert not ranking.may_rank(context, params.view, params.changed(sort=(("kind", False),)))
