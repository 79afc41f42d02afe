"""What only SQLite files have."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.database.reflection.odd import info, odd_models, odd_notes
from webadmin.database.inspection import Kind
from webadmin.database.reflection import reflect


def test_sqlite_keys(odd_sqlite: Engine) -> None:
    """A table without a key is told apart by its row number, also where a declared key is NULL."""
    keys = {name: [c.column.name for c in info(odd_sqlite, name).key] for name in odd_models(odd_sqlite)}
    assert keys["no_key"] == keys["null_key"] == ["rowid"]
    assert keys["shadowed"] == ["_rowid_"]
    assert keys["unique_key"] == keys["text_key"] == keys["int_key"] == ["code"]
    assert keys["pair_key"] == ["b", "a"]
    assert info(odd_sqlite, "all_shadowed").keyless
    assert info(odd_sqlite, "no_key").table.c.rowid.info["surrogate"]
    assert info(odd_sqlite, "film").columns["film_id"].has_default
    assert not info(odd_sqlite, "int_key").columns["code"].has_default


def test_sqlite_rows_without_a_declared_key_are_editable(odd_sqlite: Engine) -> None:
    """Of two rows that are the same in all they hold, one can be changed and one added."""
    model = odd_models(odd_sqlite)["no_key"]
    with Session(odd_sqlite) as session:
        first, second = session.scalars(sa.select(model).where(model.note == "same")).all()
        first.note = "changed"
        session.add(model(note="third"))
        session.flush()
        session.expire_all()
        assert second.note == "same"
        assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 4
        session.rollback()


def test_sqlite_types_follow_what_is_stored(odd_sqlite: Engine) -> None:
    """A declaration that the rows do not keep to is not believed, one that they keep to is."""
    kinds = {name: column.kind for name, column in info(odd_sqlite, "odd_types").columns.items()}
    assert (kinds["untyped"], kinds["untyped_mix"], kinds["untyped_bytes"]) == (
        Kind.INTEGER,
        Kind.OTHER,
        Kind.BINARY,
    )
    assert (kinds["epoch"], kinds["iso"], kinds["zoned"]) == (Kind.INTEGER, Kind.DATETIME, Kind.DATETIME)
    assert (kinds["price"], kinds["flag"], kinds["clock"]) == (Kind.NUMERIC, Kind.BOOLEAN, Kind.TIME)
    text = {
        kinds[name] for name in ("words_as_date", "yes_no", "uuid", "words", "whole", "very_odd", "place")
    }
    assert text == {Kind.LONG_TEXT}


def test_sqlite_values_that_do_not_fit_show(sqlite_engine: Engine) -> None:
    """A value that is not what its column is declared as comes back as it is stored."""
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, day DATE, at DATETIME, price NUMERIC, data JSON)"
        )
        connection.exec_driver_sql("INSERT INTO t VALUES (1, '2026-01-01', '2026-01-01 10:00', 1.1, '[1]')")
    (model,) = reflect(sqlite_engine).models
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (2, 'soon', 12, 'cheap', '{')")
    with Session(sqlite_engine) as session:
        row = session.get_one(model, 2)
        assert (row.day, row.at, row.price, row.data) == ("soon", 12, "cheap", "{")


def test_sqlite_ddl(odd_sqlite: Engine) -> None:
    """Generated columns, expressions and predicates of indexes come out of the CREATE statements."""
    film = info(odd_sqlite, "film")
    assert str(film.table.c.upper_title.computed.sqltext) == "upper(title || ' (' || 'x' || ')')"  # type: ignore[union-attr]
    assert film.columns["upper_title"].generated
    assert film.columns["doubled"].generated
    indexes = {index.name: index for index in film.table.indexes}
    assert str(indexes["film_lower"].expressions[0]) == "lower(title)"
    assert str(indexes["film_live"].dialect_options["sqlite"]["where"]) == "deleted_at IS NULL"


def test_sqlite_leaves_out_what_is_not_the_persons(odd_sqlite: Engine) -> None:
    """Shadow tables of full-text search stay out, a table with a similar name does not, a broken view is named."""
    tables = set(odd_models(odd_sqlite))
    assert {name for name in tables if name.startswith("film_text")} == {"film_text", "film_text_notes"}
    assert info(odd_sqlite, "film_text").read_only
    assert "Broken, so left out: broken." in odd_notes(odd_sqlite)
