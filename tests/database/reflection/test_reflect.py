"""What a reflected database is good for: reading, changing, and saying what is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.database.reflection.odd import odd_models, odd_notes, readable
from tests.plugins.databases import fresh_name, opened
from webadmin.database import identity
from webadmin.database.inspection import Kind, inspect_model
from webadmin.database.reflection import reflect
from webadmin.demo.server import EmbeddedServer
from webadmin.errors import DatabaseUnreachable


def test_every_model_can_be_read(odd: Engine) -> None:
    """Each table and view gives all its rows as tuples, and each row of a table with a key as an object."""
    with Session(odd) as session:
        for model in readable(odd):
            about = inspect_model(model)
            names = list(about.columns)
            rows = session.execute(sa.select(*(getattr(model, name) for name in names))).all()
            count = session.scalar(sa.select(sa.func.count()).select_from(about.table))
            assert len(rows) == count, model
            if not about.keyless:
                assert len({about.key_of(row) for row in session.scalars(sa.select(model))}) == count, model


def test_every_row_is_found_by_its_address(odd: Engine) -> None:
    """A key goes to an address and back, whatever its columns hold."""
    with Session(odd) as session:
        for model in readable(odd):
            about = inspect_model(model)
            if about.keyless:
                continue
            for row in session.scalars(sa.select(model)).all():
                segment = identity.segment(about.key_of(row))
                key = identity.values(_decoded(segment), about.key_types)
                found = session.scalars(
                    sa.select(model).where(
                        *(c.column == value for c, value in zip(about.key, key, strict=True))
                    )
                ).all()
                assert found == [row], (model, segment)


def _decoded(segment: str) -> str:
    return unquote(segment)


def test_every_writable_row_can_be_changed(odd: Engine) -> None:
    """Each column that a person may change takes its own value again in an UPDATE of that column alone."""
    changed = 0
    with Session(odd) as session:
        for model in readable(odd):
            about = inspect_model(model)
            if about.read_only or about.keyless:
                continue
            for row in session.scalars(sa.select(model)).all():
                for name, column in about.columns.items():
                    if column.generated or column.primary_key or column.kind is Kind.OTHER:
                        continue
                    sa.orm.attributes.flag_modified(row, name)
                    session.flush()
                    changed += 1
        session.rollback()
    assert changed > 100


def test_rows_can_be_added_and_deleted(odd: Engine) -> None:
    """A new row takes its key from the database, and goes again by the ORM."""
    film, language = odd_models(odd)["film"], odd_models(odd)["language"]
    with Session(odd) as session:
        row = film(title="New", language=session.scalars(sa.select(language)).first())
        session.add(row)
        session.flush()
        key = inspect_model(film).key_of(row)
        session.expire_all()
        assert session.get(film, key).rental_rate == pytest.approx(Decimal("4.99"))
        session.delete(session.get(film, key))
        session.flush()
        assert session.get(film, key) is None
        session.rollback()


def test_notes_name_what_is_not_as_expected(odd_pg: Engine) -> None:
    """The person reads which tables are read-only, which types unknown and which relations left out."""
    notes = odd_notes(odd_pg)
    assert [note for note in notes if note.startswith("No key") and "no_key" in note]
    assert [note for note in notes if "every_type.place (point)" in note]
    assert [note for note in notes if note.startswith("Not filled yet") and "not_filled" in note]


def test_statements_do_not_grow_with_tables(pg_engine: Engine) -> None:
    """Three hundred tables take as many statements as three."""
    with pg_engine.begin() as connection:
        for number in range(300):
            parent = f", parent integer REFERENCES many_{number - 1}" if number else ""
            connection.exec_driver_sql(f"CREATE TABLE many_{number} (id integer PRIMARY KEY{parent})")
    counts = []
    for pattern, tables in (("many_?", 10), ("many_*", 300)):
        statements: list[str] = []
        with opened(pg_engine.url.render_as_string(hide_password=False)) as engine:
            event.listen(engine, "before_cursor_execute", lambda *args, seen=statements: seen.append(args[2]))
            assert len(reflect(engine, include=[pattern]).models) == tables
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 15


def test_rights_decide(server: EmbeddedServer, pg_engine: Engine) -> None:
    """What may not be read is left out with a note; what may not be written is read-only."""
    role = f"reader_{fresh_name()}"
    with pg_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE open (id integer PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE closed (id integer PRIMARY KEY)")
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql(f"GRANT SELECT ON open TO {role}")
    try:
        with opened(pg_engine.url.set(username=role).render_as_string()) as engine:
            reflected = reflect(engine)
        assert [model.__name__ for model in reflected.models] == ["Open"]
        assert inspect_model(reflected.models[0]).read_only
        assert "No right to read, so left out: closed." in reflected.notes
        assert "No right to change anything in: open." in reflected.notes
    finally:
        with pg_engine.begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")


@pytest.mark.parametrize(
    "where",
    ["postgresql+psycopg://anna:geheim@127.0.0.1:9/shop?connect_timeout=2", "sqlite:////nowhere/at/all.db"],
)
def test_a_database_that_cannot_be_reached(where: str) -> None:
    """One line says where and why, without the password."""
    with opened(where) as engine, pytest.raises(DatabaseUnreachable) as caught:
        reflect(engine)
    message = str(caught.value)
    assert "\n" not in message
    assert "geheim" not in message
    assert message.startswith(
        ("The database 127.0.0.1:9/shop cannot be opened: ", "The database /nowhere/at/all.db cannot")
    )


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    """To look into a file that is not there does not create it."""
    path = tmp_path / "missing.db"
    with opened(f"sqlite:///{path}") as engine, pytest.raises(DatabaseUnreachable):
        reflect(engine)
    assert not path.exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of something else is refused in one line."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Anna, " * 200)
    with opened(f"sqlite:///{path}") as engine, pytest.raises(DatabaseUnreachable, match="not a database"):
        reflect(engine)


def test_an_empty_database(pg_engine: Engine) -> None:
    """A database without a table is refused."""
    with pytest.raises(DatabaseUnreachable, match="no table or view"):
        reflect(pg_engine)
