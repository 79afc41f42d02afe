"""What is typed into a search box, as each database understands it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Connection

from tests.plugins.databases import fresh_name, opened
from webadmin.demo.server import EmbeddedServer
from webadmin.dialects import for_engine
from webadmin.dialects.postgresql import PostgreSQL
from webadmin.dialects.search import TextIndex, alternatives, wanted_words
from webadmin.dialects.sqlite import SQLite

TYPED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
SIGNS = st.text(st.sampled_from(list("ab -\"'()*:^+&|!<>~{}[]\\%_,.;or")), max_size=40)

META = sa.MetaData()
PAPERS = sa.Table(
    "papers",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text),
    sa.Column(
        "words",
        TSVECTOR,
        sa.Computed("to_tsvector('english'::regconfig, coalesce(title, ''))", persisted=True),
    ),
    sa.Column("by_trigger", TSVECTOR),
)
TITLES = [
    "Managing the parcels",
    "A parcel for the manager",
    "O'Neill's invoice",
    "foo-bar and c++",
    "the of and",
]


@pytest.fixture(scope="module")
def papers(server: EmbeddedServer) -> Iterator[Connection]:
    name = fresh_name()
    with (
        opened(server.create_database(name, template="template1")) as engine,
        engine.connect() as connection,
    ):
        META.create_all(connection)
        connection.execute(sa.insert(PAPERS), [{"title": title} for title in TITLES])
        yield connection
        connection.rollback()
    server.drop_database(name)


def asked(connection: Connection, text: str) -> str:
    return PostgreSQL().search_query(connection, PAPERS, PAPERS.c.words, text).text


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("parcels", "'parcel':*"),
        ("parcels manag", "'parcel' & 'manag':*"),
        ("parcel ", "'parcel'"),
        ('"parcel for"', "'parcel'"),
        ("parcel -manager", "'parcel' & !'manag'"),
        ("parcel or invoice", "'parcel' | 'invoic':*"),
        ("o'neill", "'o''neill':*"),
        ("-o'neill", "!'o''neill'"),
        ("the of", ""),
        ("!!! ((", ""),
    ],
)
def test_only_a_last_word_that_is_wanted_may_be_unfinished(
    papers: Connection, typed: str, query: str
) -> None:
    """The prefix is put on a final lexeme which is not excluded, in the configuration that the column was made with."""
    found = asked(papers, typed)
    if "neill" in typed:  # how the parser cuts it is its own business
        assert found.endswith(":*") is not typed.startswith("-")
    else:
        assert found == query


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(TYPED, SIGNS))
def test_nothing_that_is_typed_breaks_a_search_column(papers: Connection, text: str) -> None:
    """Whatever it is, the query can be made and run."""
    dialect = PostgreSQL()
    query = dialect.search_query(papers, PAPERS, PAPERS.c.words, text)
    if query.text:
        papers.execute(sa.select(PAPERS.c.id).where(dialect.search_found(PAPERS.c.words, query))).all()


def test_a_column_that_says_no_configuration_is_searched_in_the_servers(papers: Connection) -> None:
    """Such as one that a trigger fills."""
    papers.exec_driver_sql("SET LOCAL default_text_search_config = 'simple'")
    query = PostgreSQL().search_query(papers, PAPERS, PAPERS.c.by_trigger, "Parcels")
    assert query.text == "'parcels':*"
    assert asked(papers, "Parcels") == "'parcel':*"


def test_words_of_a_column(papers: Connection) -> None:
    """The most frequent first, none too short, none with a digit."""
    words = PostgreSQL().search_words(papers, PAPERS, PAPERS.c.words, 1.0)
    assert dict(words)["parcel"] == 2
    assert ("manag", 2) in words
    assert all(len(word) >= 3 for word, _count in words)
    assert PostgreSQL().search_words(papers, PAPERS, PAPERS.c.words, 0.5) is not None


def test_marks_stand_around_what_was_found(papers: Connection) -> None:
    """In the whole text, or in a piece of it."""
    dialect = PostgreSQL()
    query = dialect.search_query(papers, PAPERS, PAPERS.c.words, "parcel")
    marked = dialect.search_marked(PAPERS.c.title, PAPERS.c.words, query, piece=False)
    assert papers.scalar(sa.select(marked).where(PAPERS.c.id == 1)) == "Managing the \x02parcels\x03"
    long = sa.literal("word " * 200 + "parcel" + " word" * 50)
    piece = papers.scalar(sa.select(dialect.search_marked(long, PAPERS.c.words, query, piece=True)))
    assert piece is not None
    assert "\x02parcel\x03" in piece
    assert len(piece) < 200


# Tables of words --------------------------------------------------------------------------------------------------


@pytest.fixture
def words() -> Iterator[Connection]:
    engine: Engine = create_engine("sqlite://")
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.executescript(
            """
            CREATE TABLE papers (id INTEGER PRIMARY KEY, title TEXT, "the note" TEXT);
            CREATE TABLE others (id INTEGER PRIMARY KEY, title TEXT);
            CREATE TABLE stale (id INTEGER PRIMARY KEY, title TEXT);
            CREATE VIRTUAL TABLE stale_words USING fts5(title, content='stale', content_rowid='id');
            CREATE VIRTUAL TABLE a_plain USING fts5(title);
            CREATE VIRTUAL TABLE papers_words USING fts5(
                title, "the note", unseen UNINDEXED, tokenize = 'porter unicode61', content='papers', content_rowid="id",
                prefix='2 3');
            CREATE TRIGGER papers_added AFTER INSERT ON papers BEGIN
                INSERT INTO papers_words(rowid, title, "the note") VALUES (new.id, new.title, new."the note");
            END;
            INSERT INTO papers VALUES (1, 'Managing the parcels', 'x'), (2, 'foo-bar and c++', 'parcel');
            INSERT INTO papers_words(papers_words) VALUES ('rebuild');
            """.replace("unseen UNINDEXED, ", "")
        )
        yield connection


def table(connection: Connection, name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=connection)


def test_a_table_of_words_is_found(words: Connection) -> None:
    """The one that says whose it is, or the one that is named."""
    dialect = for_engine(words.engine)
    found = dialect.text_index(words, table(words, "papers"), None)
    assert found == TextIndex("papers_words", ("title", "the note"), "id")
    assert dialect.text_index(words, table(words, "others"), None) is None
    named = dialect.text_index(words, table(words, "others"), "A_PLAIN")
    assert named == TextIndex("a_plain", ("title",), None)
    assert dialect.text_index(words, table(words, "others"), "nowhere") is None


def test_a_table_of_words_that_nothing_keeps_current_is_not_guessed(words: Connection) -> None:
    """Without a trigger it would miss what is written; who names it has said that it is kept in another way."""
    dialect = for_engine(words.engine)
    assert dialect.text_index(words, table(words, "stale"), None) is None
    assert dialect.text_index(words, table(words, "stale"), "stale_words") is not None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("parcel", {1, 2}),
        ("parcels managing", {1}),
        ("manag", {1}),
        ('"foo bar"', {2}),
        ("foo-bar", {2}),
        ("c++", {2}),
        ("parcel -managing", {2}),
        ("managing or foo", {1, 2}),
        ("managing OR foo", {1, 2}),
        ("title:parcel", set()),
        ("-parcel", set()),
        ("NEAR(parcel)", set()),
        ("*", set()),
    ],
)
def test_words_are_found_in_it(words: Connection, typed: str, found: set[int]) -> None:
    """As people write in a search box; the last word may be unfinished, and no sign means anything to the database."""
    assert rows(words, typed) == found


def rows(connection: Connection, typed: str) -> set[int]:
    dialect = SQLite()
    papers = table(connection, "papers")
    index = dialect.text_index(connection, papers, None)
    assert index is not None
    query = dialect.index_query(typed, index, index.columns)
    if not query.text:
        return set()
    hits = dialect.index_hits(index, query, papers, ranked=True)
    return {row.row for row in connection.execute(sa.select(hits)) if row.rank is not None}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(TYPED, SIGNS))
def test_nothing_that_is_typed_breaks_it(words: Connection, text: str) -> None:
    """Whatever it is, the query can be made and run."""
    rows(words, text)


def test_a_column_that_may_not_be_seen_is_not_looked_in(words: Connection) -> None:
    """Only the columns that are given."""
    dialect = SQLite()
    papers = table(words, "papers")
    index = dialect.text_index(words, papers, None)
    assert index is not None
    query = dialect.index_query("parcel", index, ["the note"])
    hits = dialect.index_hits(index, query, papers)
    assert [row.row for row in words.execute(sa.select(hits))] == [2]
    assert dialect.index_query("parcel", index, []).text == ""


@given(st.one_of(TYPED, SIGNS))
def test_terms_have_something_to_find(text: str) -> None:
    """Every term has a letter or digit; only the last may be unfinished, and none that is excluded."""
    for terms in alternatives(text):
        assert terms
        for term in terms:
            assert any(character.isalnum() for character in term.text)
            assert not (term.last and term.negated)
    assert sum(term.last for terms in alternatives(text) for term in terms) <= 1


def test_words_that_are_wanted() -> None:
    """For marking: without those that are excluded, and without the word between alternatives."""
    assert list(wanted_words('red -blue or "dark green" -"no way" x')) == ["red", "dark", "green", "x"]
