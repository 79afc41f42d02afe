"""Foreign keys that only the database knows of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, exc
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship
from starlette.testclient import TestClient

from tests.changes.judge import get, lines, planned
from tests.forms.posting import context, registry, statements, view_of
from tests.pages import parse
from webadmin import Admin, User
from webadmin.changes.apply import delete
from webadmin.changes.catalog import catalog_of, forget
from webadmin.changes.deletion import NOT_READABLE, plan_deletion
from webadmin.changes.references import database_edges
from webadmin.database.own_tables.base import metadata as own_tables
from webadmin.errors import Conflict
from webadmin.options.context import Context


def library() -> tuple[Any, Any, Any]:
    """Books and loans whose models say nothing of a foreign key."""

    class Base(DeclarativeBase):
        pass

    class Book(Base):
        __tablename__ = "book"
        id = mapped_column(sa.Integer, primary_key=True)
        loans = relationship("Loan", primaryjoin="Book.id == foreign(Loan.book_id)", passive_deletes=True)

    class Loan(Base):
        __tablename__ = "loan"
        id = mapped_column(sa.Integer, primary_key=True)
        book_id = mapped_column(sa.Integer)

    return Base, Book, Loan


TABLES = """
CREATE TABLE book (id INTEGER PRIMARY KEY);
CREATE TABLE loan (id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES book ON DELETE CASCADE,
                   copy_of INTEGER REFERENCES book (id) ON DELETE SET NULL);
CREATE TABLE fine (loan_id INTEGER NOT NULL REFERENCES loan (id) ON DELETE CASCADE, day INTEGER NOT NULL,
                   PRIMARY KEY (loan_id, day));
CREATE TABLE note (text VARCHAR(20), loan_id INTEGER, day INTEGER,
                   FOREIGN KEY (loan_id, day) REFERENCES fine (loan_id, day) ON DELETE SET NULL);
CREATE TABLE pledge (id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES book (id));
INSERT INTO book VALUES (1), (2), (3);
INSERT INTO loan VALUES (1, 1, 2), (2, 1, NULL), (3, 2, 1);
INSERT INTO fine VALUES (1, 1), (1, 2), (3, 1);
INSERT INTO note VALUES ('a', 1, 1), ('b', NULL, 1);
"""


@contextmanager
def opened(engine: Engine, ddl: str, *models: Any) -> Iterator[Context]:
    """A context over tables that were made by hand."""
    with engine.begin() as connection:
        for statement in filter(str.strip, ddl.split(";")):
            connection.exec_driver_sql(statement)
    with context(engine, registry(*models)) as ctx:
        yield ctx


def test_tables_that_no_model_is_of(cleared: Engine) -> None:
    """A plan follows the foreign keys of tables, and of columns, that the models do not have, as far as they lead."""
    _base, book, loan = library()
    with opened(cleared, TABLES, book, loan) as ctx:
        found = get(ctx, book, 1)
        assert lines(planned(ctx, found)) == {
            "cascade": {"loan": 2, "fine": 2},
            "set null": {"loan": 1, "note": 1},
        }
        labels = [item.label for item in planned(ctx, found).deleted]
        assert labels == ["Loans (book id)", "Fine (loan id)"]
        delete(ctx, view_of(ctx, book), found)
        left = {
            name: ctx.session.execute(sa.text(f"SELECT count(*), count({column}) FROM {name}")).one()
            for name, column in (("loan", "copy_of"), ("fine", "day"), ("note", "loan_id"))
        }
        assert left == {"loan": (1, 0), "fine": (1, 1), "note": (2, 0)}


def test_what_stands_in_the_way_unknown_to_all(cleared: Engine) -> None:
    """Rows of a table without a model block like any other, and are counted."""
    _base, book, loan = library()
    with opened(cleared, TABLES + "INSERT INTO pledge VALUES (1, 3), (2, 3)", book, loan) as ctx:
        plan = planned(ctx, get(ctx, book, 3))
        assert lines(plan) == {"restrict": {"pledge": 2}}
        assert plan.refused
        assert [item.label for item in plan.blocked] == ["Pledge (book id)"]
        with pytest.raises(Conflict, match="still point at"):
            delete(ctx, view_of(ctx, book), get(ctx, book, 3))


@pytest.mark.parametrize(
    ("said", "real", "cascade", "happens"),
    [
        ("", "ON DELETE CASCADE", "save-update", {"cascade": {"child": 1}}),
        ("CASCADE", "", "save-update", {"restrict": {"child": 1}}),
        ("CASCADE", "", "all", {"cascade": {"child": 1}}),
        ("SET NULL", "ON DELETE CASCADE", "save-update", {"cascade": {"child": 1}}),
        ("CASCADE", "ON DELETE SET NULL", "save-update", {"set null": {"child": 1}}),
    ],
)
def test_models_that_are_wrong(
    cleared: Engine, said: str, real: str, cascade: str, happens: dict[str, Any]
) -> None:
    """What the database holds to counts, whatever the models say of it, and the deletion does just that."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id = mapped_column(sa.Integer, primary_key=True)
        children = relationship("Child", cascade=cascade, passive_deletes=True)

    class Child(Base):
        __tablename__ = "child"
        id = mapped_column(sa.Integer, primary_key=True)
        parent_id = mapped_column(sa.ForeignKey("parent.id", ondelete=said or None))

    ddl = f"""
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) {real});
    INSERT INTO parent VALUES (1);
    INSERT INTO child VALUES (1, 1)
    """
    with opened(cleared, ddl, Parent, Child) as ctx:
        plan = planned(ctx, get(ctx, Parent, 1))
        assert lines(plan) == happens
        if not plan.refused:
            delete(ctx, view_of(ctx, Parent), get(ctx, Parent, 1))
            left = ctx.session.execute(sa.select(Child.id, Child.parent_id)).all()
            assert left == ([] if "cascade" in happens else [(1, None)])


def test_it_is_read_once(cleared: Engine) -> None:
    """The catalog is asked by the first plan alone, until the database does something else."""
    base, book, loan = library()
    with opened(cleared, TABLES, book, loan) as ctx:
        with statements(ctx.session, "") as first:
            catalog = catalog_of(ctx)
        with statements(ctx.session, "") as sent:
            assert catalog_of(ctx) is catalog
        assert 0 < len(first) < 10
        assert sent == []
        edges = database_edges(loan.__table__, base.registry, catalog)
        assert [(edge.child.name, edge.rule) for edge in edges] == [("fine", "cascade")]
        assert database_edges(loan.__table__, base.registry) == ()
        forget(ctx)
        assert catalog_of(ctx) is not catalog


def test_rows_that_are_about_to_go_are_held(kept_pg_engine: Engine) -> None:
    """While a plan is carried out nobody adds to the rows that go, also where only the database deletes them."""
    _base, book, loan = library()
    with opened(kept_pg_engine, TABLES, book, loan) as ctx:
        plan_deletion(ctx, view_of(ctx, book), get(ctx, book, 1), lock=True)
        with kept_pg_engine.connect() as other:
            other.exec_driver_sql("SET lock_timeout = 50")
            with pytest.raises(exc.OperationalError, match="lock timeout"):
                other.exec_driver_sql("INSERT INTO fine VALUES (1, 3)")
            other.rollback()
    with kept_pg_engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_tables_that_may_not_be_read(kept_pg_engine: Engine) -> None:
    """Rows that the database would delete and this account may not count stand in the way; those that it would not, do not."""
    _base, book, loan = library()
    ddl = (
        TABLES
        + "CREATE ROLE librarian; GRANT USAGE ON SCHEMA public TO librarian; GRANT ALL ON book, loan TO librarian; REVOKE ALL ON fine, pledge FROM librarian"
    )
    with opened(kept_pg_engine, ddl, book, loan) as ctx:
        ctx.session.execute(sa.text("SET LOCAL ROLE librarian"))
        plan = plan_deletion(ctx, view_of(ctx, book), get(ctx, book, 1))
        assert {item.edge.child.name: (item.rule, item.count_text) for item in plan.blocked} == {
            "fine": (NOT_READABLE, "?")
        }
        free = plan_deletion(ctx, view_of(ctx, book), get(ctx, book, 3))
        assert not free.refused
    with kept_pg_engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP ROLE librarian")


def test_rows_beside_the_models_come_back(cleared: Engine) -> None:
    """What the database deletes of tables without a model is written down too, and comes back when the change is undone."""
    base, *_models = library()
    with cleared.begin() as connection:
        for statement in filter(str.strip, TABLES.split(";")):
            connection.exec_driver_sql(statement)
        own_tables.create_all(connection)

    def rows() -> dict[str, Any]:
        with cleared.connect() as connection:
            read = {name: f"SELECT * FROM {name} ORDER BY 1" for name in ("book", "fine")}
            return {name: connection.exec_driver_sql(sql).all() for name, sql in read.items()}

    before = rows()
    site = Admin(cleared, identify=lambda request: User("Ada"))
    site.add_models(base)
    with TestClient(site, follow_redirects=False) as client:
        plan = parse(client.get("/book/1/delete/").text)
        assert client.post("/book/1/delete/", data=plan.form("form")).status_code == 303
        assert rows() != before
        id = parse(client.get("/changes/").text).css("[data-change]")[0].get("data-change")
        undo = parse(client.get(f"/changes/{id}/undo/").text)
        assert client.post(f"/changes/{id}/undo/", data=undo.form("form")).status_code == 303
    assert rows() == before
