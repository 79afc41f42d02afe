"""What a list shows of a search: marks, pieces of texts without a column, similar words; and nothing that is hidden."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of, statements
from tests.listing.searching.letters import Letter, LetterView, expected, reading
from webadmin.demo.models import Category, Order
from webadmin.dialects import for_engine
from webadmin.listing.highlights import Highlights
from webadmin.listing.listing import STATEMENTS, Listing
from webadmin.listing.lookup import search_rows
from webadmin.listing.suggestions import suggestion
from webadmin.options.model_view import ModelView


def test_a_text_without_a_column_shows_a_piece(letters: Engine) -> None:
    """Where the words are in nothing that is shown, a piece of the text is; where it is shown, it is marked in full."""
    with reading(letters, for_engine(letters), "q=marzipan") as (context, params):
        row = Listing.load(context, params.view, params).rows[0]
        assert row.highlights == {}
        assert row.piece is not None
        label, piece = row.piece
        assert label == "Body"
        assert "<mark>marzipan</mark> sample for the tasting" in piece
        shown = Listing.load(context, params.view, params.changed(columns=("subject", "body"))).rows[0]
        assert shown.highlights == {"body": Markup("A <mark>marzipan</mark> sample for the tasting")}
        assert shown.piece is None


def test_a_long_text_is_cut_around_what_was_found(letters: Engine) -> None:
    """At words, with what was cut off marked as such; nothing in it becomes markup."""
    with (
        reading(letters, for_engine(letters), "q=zwieback") as (context, params),
        context.session.begin_nested() as savepoint,
    ):
        body = "<i>crumbs</i> & more " * 40 + "the Zwieback is dry " + "and <b>old</b> " * 40
        context.session.execute(sa.update(Letter).where(Letter.id == 1).values(body=body))
        (row,) = Listing.load(context, params.view, params).rows
        assert row.piece is not None
        label, piece = row.piece
        assert label == "Body"
        assert "<mark>Zwieback</mark>" in piece
        assert "<b>" not in piece
        assert "<i>" not in piece
        assert len(piece) < 400
        savepoint.rollback()


def test_a_hidden_text_shows_no_piece(letters: Engine) -> None:
    """What no page of the view shows is not shown because somebody searched for it."""

    class Closed(LetterView, model=Letter):
        column_details_exclude_list = ["body"]

    with reading(letters, for_engine(letters), "q=marzipan", Closed) as (context, params):
        listing = Listing.load(context, params.view, params)
        assert all(row.piece is None and not row.highlights for row in listing.rows)
        if (
            context.dialect.supports_text_index
        ):  # the column that PostgreSQL searches is the view's own choice
            assert not listing.rows
        assert "piece_body" not in Highlights(context, params.view, listing.columns, "marzipan").expressions


@pytest.mark.parametrize(
    ("typed", "better"), [("marzapan", "marzipan"), ("parcl", "parcel"), ("invoce", "invoice")]
)
def test_a_similar_word_is_offered(letters: Engine, typed: str, better: str) -> None:
    """A search that finds nothing comes with one that does, written as the rows write it, in four statements."""
    with reading(letters, for_engine(letters), f"q={typed}") as (context, params):
        with statements(context.session) as sent:
            listing = Listing.load(context, params.view, params)
        assert len(sent) <= STATEMENTS
        assert listing.total == 0
        if better == "marzipan" and context.dialect.supports_text_index:
            return  # the rows whose words are read are the latest ones; that word is in old ones alone
        assert listing.suggestion == better
        assert Listing.load(context, params.view, params.changed(q=listing.suggestion)).total


def test_a_single_statement_is_enough_for_a_single_word(letters_pg: Engine) -> None:
    """Without one to try it, a word is offered that rows have which this person may see; with filters none is."""
    dialect = for_engine(letters_pg)
    with reading(letters_pg, dialect, "q=invoce") as (context, params):
        with statements(context.session) as sent:
            assert suggestion(context, params.view, params, statements=1) in {"invoic", "invoice"}
            assert suggestion(context, params.view, params, statements=1) == "invoice"
        assert len(sent) == 2
    with reading(letters_pg, for_engine(letters_pg), "q=invoce&kind=urgent") as (context, params):
        assert suggestion(context, params.view, params, statements=1) == ""


def test_only_the_wrong_word_is_changed(letters_pg: Engine) -> None:
    """The rest of the search stays as it was typed."""
    with reading(letters_pg, for_engine(letters_pg), 'q=sample+tastng+-parcel+"the"') as (context, params):
        assert Listing.load(context, params.view, params).suggestion == 'sample tasting -parcel "the"'


@pytest.mark.parametrize("typed", ["zzzzzzzz", "marzipan+parcl+zzzzzz", "1234567", "the+of"])
def test_nothing_is_offered_that_finds_nothing(letters: Engine, typed: str) -> None:
    """No suggestion is better than one that leads to an empty list again."""
    with reading(letters, for_engine(letters), f"q={typed}") as (context, params):
        listing = Listing.load(context, params.view, params)
        assert listing.total == 0
        assert listing.suggestion == ""


def test_words_of_rows_that_are_hidden_are_not_told(letters: Engine) -> None:
    """Neither of rows outside a person's scope, nor of deleted ones, nor of those that a filter leaves out."""

    class Mine(LetterView, model=Letter):
        def scope(self, stmt: sa.Select[Any], user: Any) -> sa.Select[Any]:
            return stmt.where(~sa.func.coalesce(Letter.body, "").icontains("invoice"))

    with reading(letters, for_engine(letters), "q=invoce", Mine) as (context, params):
        assert Listing.load(context, params.view, params).suggestion == ""
    with reading(letters, for_engine(letters), "q=invoce&kind=urgent") as (context, params):
        assert Listing.load(context, params.view, params).suggestion == ""
    with reading(letters, for_engine(letters), "q=invoce&kind=plain") as (context, params):
        assert Listing.load(context, params.view, params).suggestion == "invoice"


def test_a_scope_holds_for_everything_that_is_found(letters: Engine) -> None:
    """Rows, totals and ranks are of the person's own rows."""

    class Mine(LetterView, model=Letter):
        def scope(self, stmt: sa.Select[Any], user: Any) -> sa.Select[Any]:
            return stmt.where(Letter.id % 100 == 0)

    own = [key for key in expected(letters, "marzipan") if int(key) % 100 == 0]
    with reading(letters, for_engine(letters), "q=marzipan", Mine) as (context, params):
        listing = Listing.load(context, params.view, params)
        assert sorted(row.id for row in listing.rows) == sorted(own)
        assert (listing.total, listing.exact) == (len(own), True)


def test_common_words_alone_say_so(letters_pg: Engine) -> None:
    """Instead of a similar word."""
    with reading(letters_pg, for_engine(letters_pg), "q=the+of") as (context, params):
        listing = Listing.load(context, params.view, params)
        assert "too common" in listing.search_note
        assert listing.suggestion == ""


def test_an_index_that_is_named_is_searched(letters_sqlite: Engine) -> None:
    """With all of its columns, whatever the view shows."""

    class Named(LetterView, model=Letter):
        search_index = "letters_words"
        column_details_exclude_list = ["body"]

    with reading(letters_sqlite, for_engine(letters_sqlite), "q=marzipan", Named) as (context, params):
        listing = Listing.load(context, params.view, params)
        assert listing.total == len(expected(letters_sqlite, "marzipan"))
        assert all(row.piece is None for row in listing.rows)


def test_words_of_a_related_row_are_found_and_marked(shop_session: Session) -> None:
    """In the label of a related row and in its column, where the search looks there."""

    class Categories(ModelView, model=Category):
        column_list = ["name", "parent", "parent.name"]
        column_searchable_list = ["name", "parent.name"]

    context = context_of(shop_session, registry_of(Categories))
    view = context.registry.views["categories"]
    child = shop_session.scalars(sa.select(Category).where(Category.parent_id.is_not(None))).first()
    assert child is not None
    assert child.parent is not None
    word = child.parent.name.split()[0]
    with statements(shop_session) as sent:
        listing = Listing.load(context, view, params_of(view, "").changed(q=word.upper(), per_page=200))
    assert len(sent) <= STATEMENTS
    (row,) = [row for row in listing.rows if row.row.id == child.id]
    assert f"<mark>{word}</mark>" in row.highlights["parent"]
    assert f"<mark>{word}</mark>" in row.highlights["parent.name"]


def test_a_combobox_finds_by_the_same_words(shop_session: Session) -> None:
    """It searches as the list does."""
    context = context_of(shop_session, registry_of())
    order = shop_session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).first()
    assert order is not None
    found, _more = search_rows(context, context.registry.views["orders"], order.number)
    assert str(order.id) in {choice.id for choice in found}
