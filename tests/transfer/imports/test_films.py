"""What goes out comes in again as it was, for types that only PostgreSQL has and tables that nobody has written models of."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from webadmin.cli import main
from webadmin.database.own_tables.migrate import upgrade

SCHEMA = """
    CREATE TYPE rating AS ENUM ('G', 'PG-13', 'NC 17');
    CREATE DOMAIN year AS integer CHECK (VALUE >= 1901 AND VALUE <= 2155);
    CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
    CREATE SEQUENCE film_numbers;
    CREATE TABLE tongue (tongue_id smallint PRIMARY KEY, name char(20) UNIQUE NOT NULL);
    CREATE TABLE film (
        film_id integer PRIMARY KEY DEFAULT nextval('film_numbers'),
        title text NOT NULL, released year, code short, tongue_id smallint REFERENCES tongue,
        duration interval, rate numeric(4, 2) DEFAULT 4.99 NOT NULL, grade rating DEFAULT 'G',
        features text[], sizes integer[], grades rating[], about jsonb, notes json, key uuid, address inet,
        begins time, opened date, seen timestamp, told timestamptz, weight double precision,
        tiny smallint, huge bigint, good boolean, poster bytea, fulltext tsvector NOT NULL,
        twice numeric GENERATED ALWAYS AS (rate * 2) STORED);
    CREATE TRIGGER words BEFORE INSERT OR UPDATE ON film FOR EACH ROW
        EXECUTE FUNCTION tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title');
    CREATE TABLE rental (
        rental_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, film_id integer NOT NULL REFERENCES film,
        lent timestamptz NOT NULL, back timestamptz, UNIQUE (film_id, lent), CHECK (back > lent));
    INSERT INTO tongue VALUES (1, 'English'), (2, 'Deutsch');
    INSERT INTO film (title, released, code, tongue_id, duration, rate, grade, features, sizes, grades, about, notes, key,
                      address, begins, opened, seen, told, weight, tiny, huge, good) VALUES
        ('=Ark', 2006, 'a,b', 1, '1 day 02:03:04.5', 1.00, 'PG-13', ARRAY['a "b"', NULL, 'c,d'], '{1,NULL,3}',
         '{G,"NC 17"}', '{"a": [1, 2.5, null]}', '{"b":  1}', '018bf6cc-3520-7c4c-9a42-38a0b923820d', '10.0.0.1',
         '12:30:01.5', '2026-02-28', '2026-01-01 01:02:03.000004', '2026-07-01 12:00:00+02', 0.1, -3,
         9007199254740993, true),
        (E'two\\nlines\\t\\\\N', NULL, NULL, NULL, '-5 minutes', 99.99, 'NC 17', '{}', '{}', '{}', '{}', '[]', NULL,
         '::1', NULL, '0001-01-01', NULL, NULL, -1.5e-300, NULL, NULL, false),
        ('''quoted'' "text"', 1901, '', 2, NULL, 0.10, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL);
    INSERT INTO rental (film_id, lent, back) SELECT film_id, now() - n * interval '1 day', CASE n WHEN 2 THEN now() END
      FROM film, generate_series(1, 3) n;
"""
COLUMNS = (
    "film_id,title,released,code,tongue,duration,rate,grade,features,sizes,grades,about,notes,key,address,begins,opened,"
    "seen,told,weight,tiny,huge,good"
)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def stored(engine: Engine, table: str, columns: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [
            tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY 1, 2")
        ]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_out_and_in(pg_engine: Engine, pg_url: str, tmp_path: Path, kind: str) -> None:
    """Rows that are there stay as they are; those that are gone come back the same, and new ones get numbers behind them."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(SCHEMA.replace("%", "%%"))
    upgrade(pg_engine)
    film, rental = str(tmp_path / f"film.{kind}"), str(tmp_path / f"rental.{kind}")
    run("export", pg_url, "film", "-o", film, "--query", f"columns={COLUMNS}")
    run("export", pg_url, "rental", "-o", rental, "--query", "columns=film,lent,back")
    names = f"{COLUMNS}, fulltext::text, twice".replace("tongue", "tongue_id").replace("notes", "notes::text")
    before = stored(pg_engine, "film", names), stored(pg_engine, "rental", "film_id, lent, back")
    same = run("import", pg_url, "film", film, "--match", "film_id")
    assert "0 added, 0 changed, 3 the same, 0 failed" in same.output, same.output
    with pg_engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE film, rental; ALTER SEQUENCE film_numbers RESTART")
    back = run("import", pg_url, "film", film, "--match", "film_id")
    assert "3 added" in back.output, back.output
    back = run("import", pg_url, "rental", rental, "--mode", "insert")
    assert "9 added" in back.output, back.output
    shorter = [tuple(str(value).replace("  ", " ") for value in row) for row in before[0]]
    assert [tuple(map(str, row)) for row in stored(pg_engine, "film", names)] == shorter
    assert stored(pg_engine, "rental", "film_id, lent, back") == before[1]
    assert stored(pg_engine, "film_numbers", "last_value, is_called") == [(3, True)]


def test_what_a_domain_refuses(pg_engine: Engine, pg_url: str, tmp_path: Path) -> None:
    """Rules of domains are told row by row like others, and the good rows come in."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(SCHEMA.replace("%", "%%"))
    upgrade(pg_engine)
    path, errors = tmp_path / "film.csv", tmp_path / "errors.csv"
    path.write_text(
        "title,released,code\nGood,2000,x\nOld,1900,x\nLong,2000,far too long\nNumber,40000000000,x\n"
    )
    outcome = run("import", pg_url, "film", str(path), "--mode", "insert", "--errors", str(errors))
    assert "1 added, 0 changed, 0 the same, 3 failed" in outcome.output, outcome.output
    assert len(errors.read_text().splitlines()) == 4
