"""Searching in the texts themselves, where no index of words is: a trigram index serves that, if there is one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.listing.searching.letters import Letter, LetterView, expected, reading
from tests.listing.searching.test_plans import WALK, indexes, passed, read
from webadmin.dialects import for_engine
from webadmin.listing.listing import Listing


class Contains(LetterView, model=Letter):
    column_searchable_list = ["subject", "body"]


@pytest.fixture
def trigrams(letters_pg: Engine) -> Engine:
    """The letters with trigram indexes on both texts."""
    with letters_pg.begin() as connection:
        there = sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if not connection.execute(there).first():
            pytest.skip("this server comes without pg_trgm")
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name in ("subject", "body"):
            connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS ix_letters_{name}_trgm ON letters USING gin ({name} gin_trgm_ops)"
            )
    with letters_pg.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE letters")
    return letters_pg


def test_a_rare_part_of_a_word_goes_through_the_trigrams(trigrams: Engine) -> None:
    """Both columns' indexes are asked, and no row is read in vain."""
    listing, plan = read(trigrams, for_engine(trigrams), "q=arzipa", Contains)
    assert listing.total == len(expected(trigrams, "marzipan"))
    assert {"ix_letters_subject_trgm", "ix_letters_body_trgm"} <= indexes(plan)
    assert WALK not in indexes(plan)
    assert passed(plan) < 1_000


def test_a_common_part_of_a_word_walks_the_list(trigrams: Engine) -> None:
    """With as many rows as a page needs, and few more."""
    listing, plan = read(trigrams, for_engine(trigrams), "q=arce", Contains)
    assert len(listing.rows) == 25
    assert WALK in indexes(plan)
    assert passed(plan) < 1_000
    assert not listing.ranked


@pytest.mark.parametrize("typed", ["100%", "a_b", "\\", "%", "'"])
def test_signs_stand_for_themselves(letters: Engine, typed: str) -> None:
    """No row has them, and none is found."""
    with reading(letters, for_engine(letters), "", Contains) as (context, params):
        assert Listing.load(context, params.view, params.changed(q=typed)).total == 0


def test_words_may_stand_in_different_columns(letters: Engine) -> None:
    """Each of them in any; together they are one letter."""
    with reading(letters, for_engine(letters), "q=4000+PARC", Contains) as (context, params):
        listing = Listing.load(context, params.view, params)
        assert "4000" in {row.id for row in listing.rows}
        assert all("<mark>4000</mark>" in row.highlights["subject"] for row in listing.rows)
