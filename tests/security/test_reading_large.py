"""Large lists of people who see different rows: maps of pages, totals and statistics are of one's own rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)

from tests.pages import parse
from tests.security.desk import OwnTeam, Ticket, TicketView, Visitor, admin_of, who
from tests.security.test_scope import shows_nothing_foreign
from webadmin import Admin, ModelView, User
from webadmin.listing import counts, pages
from webadmin.listing.pagemap import build, store


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    place: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str]
    __table_args__ = (sa.Index("ix_entries_team_place", "team", "place", "id"),)


class EntryView(OwnTeam, model=Entry):
    column_sortable_list = [Entry.place]
    column_default_sort = (Entry.place, False)
    column_filters = [Entry.kind]
    column_searchable_list = [Entry.kind]
    page_size = 10


RED, BLUE, RARE = 150, 450, 30


@pytest.fixture
def entries(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A quarter of the rows are red, and few of these of the kind that most blue ones are of. Lists count as large."""
    monkeypatch.setattr(counts, "SMALL", 1)
    monkeypatch.setattr(build, "LEAP", 20)
    monkeypatch.setattr(build, "MOST_IDS", 10)
    monkeypatch.setattr(pages, "_NEAR", 3)
    monkeypatch.setattr(store, "_PAUSE", 0.0)
    monkeypatch.setattr(store, "REST", 0)
    Base.metadata.create_all(engine)
    teams = ["red" if n % 4 == 0 else "blue" for n in range(RED + BLUE)]
    rows = [
        {"id": n + 1, "team": team, "place": n, "kind": "rare" if team == "blue" or n < RARE * 4 else "other"}
        for n, team in enumerate(teams)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(Entry), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    return engine


def own_rows(team: str) -> list[str]:
    return [str(n + 1) for n in range(RED + BLUE) if (n % 4 == 0) is (team == "red")]


def of(engine: Engine, view: type[ModelView]) -> Admin:
    admin = Admin(engine, identify=who)
    admin.add_view(view)
    return admin


def test_maps_of_others(entries: Engine) -> None:
    """Two people ask for the same pages in turn, before maps are made and after: each gets the pages of their own rows."""
    admin = of(entries, EntryView)
    people = {name: Visitor(admin, name) for name in ("red", "blue", "chief")}
    rows = {
        "red": own_rows("red"),
        "blue": own_rows("blue"),
        "chief": [str(n + 1) for n in range(RED + BLUE)],
    }
    for _round in range(3):
        for number in (7, 2, 12):
            for name, visitor in people.items():
                page = visitor.page(f"/entries/?page={number}")
                assert page.ids() == rows[name][number * 10 - 10 : number * 10]
                assert page.count() == len(rows[name])
        for name, visitor in people.items():
            assert visitor.page("/entries/?page=last").ids()[-1] == rows[name][-1]
            assert visitor.page("/entries/?page=9999").count() == len(rows[name])
        assert admin.runtime.maps.wait(20)
    admin.runtime.maps.close()


@pytest.mark.parametrize("query", ["q=r", "top=1000&per=kind", "kind.not=none", "where=kind:rare|kind:other"])
def test_maps_of_others_searches(entries: Engine, query: str) -> None:
    """The same for lists that are searched, filtered or show the first rows of groups: here all rows again."""
    admin = of(entries, EntryView)
    people = {name: Visitor(admin, name) for name in ("red", "blue")}
    for _round in range(3):
        for number in (2, 9, 14):
            for name, visitor in people.items():
                page = visitor.page(f"/entries/?{query}&sort=place&page={number}")
                assert page.ids() == own_rows(name)[number * 10 - 10 : number * 10], (name, number)
                assert page.count() == len(own_rows(name))
        assert admin.runtime.maps.wait(20)
    admin.runtime.maps.close()


SECRET_WORDS = {
    "text": lambda stmt: stmt.where(sa.text("entries.team = 'red'")),
    "column": lambda stmt: stmt.where(Entry.team == sa.literal_column("(SELECT 'red')")),
}


@pytest.mark.parametrize("way", SECRET_WORDS)
def test_scopes_that_cannot_be_told_apart(entries: Engine, way: str) -> None:
    """Where the text of a scope may mean other rows for somebody else, nothing is kept of its list."""

    class Told(ModelView, model=Entry):
        key = "entries"
        column_default_sort = (Entry.place, False)
        page_size = 10

        def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
            return SECRET_WORDS[way](stmt)

    admin = of(entries, Told)
    visitor = Visitor(admin, "red")
    for _ in range(2):
        page = visitor.page("/entries/?page=7")
        assert page.ids() == own_rows("red")[60:70]
        assert page.count() == RED
        assert admin.runtime.maps.wait(20)
    assert admin.runtime.maps.followed() == []


def test_a_scope_that_does_not_reach_every_statement(small_desk: Engine) -> None:
    """Criteria in a statement's options hold for the outermost one alone: such a scope is a fault, not a list of all rows."""

    class Told(TicketView, model=Ticket):
        key = "tickets"

        def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
            return stmt.options(with_loader_criteria(Ticket, Ticket.team == "red"))

    visitor = Visitor(admin_of(small_desk, Told))
    for path in (
        "/tickets/",
        "/tickets/rows",
        "/tickets/1/",
        "/tickets/2/",
        "/tickets/summary/",
        "/tickets/count/",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 500
        shows_nothing_foreign(answer)


def test_a_session_that_rewrites_statements(entries: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host's session may add criteria of its own to every statement: no page reads past it, and no number is of all rows."""
    monkeypatch.setattr(counts, "CHEAP", 0.0)
    made = sessionmaker(entries)
    person = ["red"]

    @event.listens_for(made, "do_orm_execute")
    def narrow(state: ORMExecuteState) -> None:
        if state.is_select:
            team = person[0]
            criteria = with_loader_criteria(Entry, Entry.team == team, include_aliases=True)
            state.statement = state.statement.options(criteria)

    class Plain(ModelView, model=Entry):
        column_sortable_list = [Entry.place]
        column_default_sort = (Entry.place, False)
        column_filters = [Entry.kind]
        page_size = 10

    admin = Admin(made, identify=who)
    admin.add_view(Plain)
    visitor = Visitor(admin)
    for team, all_rows in (("red", RED), ("blue", BLUE), ("red", RED)):
        person[0] = team
        for path in (
            "/entries/",
            "/entries/?page=7",
            "/entries/?page=last",
            "/entries/?sort=place:desc",
            "/entries/rows",
        ):
            page = visitor.page(path)
            assert page.ids()
            assert set(page.ids()) <= set(own_rows(team)), path
            if "rows" not in path:
                assert page.count() == all_rows, path
        assert visitor.page("/entries/?kind=rare").count() == (RARE if team == "red" else BLUE)
        other = own_rows("blue" if team == "red" else "red")[0]
        assert visitor.get(f"/entries/{other}/").status_code == 404
        assert str(all_rows) in visitor.page("/entries/summary/").one("main").text_content()
        assert not visitor.page("/").css(".wa-model__n[data-count]")
    assert admin.runtime.maps.wait(20)
    assert admin.runtime.maps.followed() == []


def test_statistics_of_foreign_rows(entries: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many rows a filter leaves is not said by statistics, which know the rows of others."""
    monkeypatch.setattr(counts, "CHEAP", 0.0)
    red = Visitor(of(entries, EntryView))
    for path in ("/entries/?kind=rare", "/entries/?kind=rare&page=2", "/entries/?where=kind:rare|kind:none"):
        assert red.page(path).count() == RARE, path
    assert red.page("/entries/?kind.contains=ra").count() == RARE


def test_sizes_behind_policies(pg_engine: Engine, entries_of_clerks: Engine) -> None:
    """Where the server itself hides rows, neither a list nor the first page tells how large the table is."""
    admin = of(
        entries_of_clerks,
        type("Plain", (ModelView,), {"model": Entry, "page_size": 10, "column_filters": [Entry.kind]}),
    )
    visitor = Visitor(admin)
    for path in ("/entries/", "/entries/?page=3", "/entries/?page=last", "/entries/count/"):
        answer = visitor.get(path)
        text = parse(answer.text).one("main").text_content()
        assert str(RED + BLUE) not in text, " ".join(text.split())
    assert visitor.page("/entries/").count() == RED
    sizes = [element.get("data-count") for element in visitor.page("/").css(".wa-model__n[data-count]")]
    assert sizes in ([], [str(RED)])


@pytest.fixture
def entries_of_clerks(
    pg_engine: Engine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """An engine whose role sees the red entries alone, by a policy."""
    monkeypatch.setattr(counts, "SMALL", 1)
    Base.metadata.create_all(pg_engine)
    role = f"clerk_{pg_engine.url.database}"
    with pg_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            sa.insert(Entry),
            [
                {"id": n + 1, "team": "red" if n % 4 == 0 else "blue", "place": n, "kind": "x"}
                for n in range(RED + BLUE)
            ],
        )
        for line in (
            f'CREATE ROLE "{role}"', f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"', "ALTER TABLE entries ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY own ON entries USING (team = 'red')", "ANALYZE",
        ):  # fmt: skip
            connection.execute(sa.text(line))
    pg_engine.dispose()

    def become(raw: Any, _record: Any) -> None:
        with raw.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"')
        raw.commit()

    event.listen(pg_engine, "connect", become)
    yield pg_engine
    event.remove(pg_engine, "connect", become)
    pg_engine.dispose()
    with pg_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f'DROP OWNED BY "{role}"'))
        connection.execute(sa.text(f'DROP ROLE "{role}"'))
