"""The odd schema, reflected once for all tests of a file."""

from __future__ import annotations

import sqlite3
import warnings
from pathlib import Path

from sqlalchemy import Engine, create_engine

from webadmin.database.inspection import ModelInfo, inspect_model
from webadmin.database.reflection import Reflected, reflect

DATA = Path(__file__).parents[2] / "data"
SCHEMAS = {"postgresql": ("public", "archive", "Back Office"), "sqlite": ()}


def load_postgresql(url: str) -> Engine:
    """An engine on the odd schema, loaded into an empty PostgreSQL database."""
    engine = create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.cursor().execute((DATA / "odd_postgresql.sql").read_bytes())
    return engine


def load_sqlite(path: Path) -> Engine:
    """An engine on the odd schema, loaded into a new SQLite file."""
    with sqlite3.connect(path) as connection:
        connection.executescript((DATA / "odd_sqlite.sql").read_text())
    connection.close()
    return create_engine(f"sqlite:///{path}")


_reflected: dict[int, Reflected] = {}


def odd_models(engine: Engine) -> dict[str, type]:
    """All models of the odd schema by table, reflected once, with any warning an error."""
    if id(engine) not in _reflected:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            _reflected[id(engine)] = reflect(engine, schemas=SCHEMAS[engine.dialect.name])
    return {inspect_model(model).table.fullname: model for model in _reflected[id(engine)].models}


def odd_notes(engine: Engine) -> list[str]:
    """What reflecting the odd schema told the person."""
    odd_models(engine)
    return _reflected[id(engine)].notes


def info(engine: Engine, table: str) -> ModelInfo:
    """What is known of a table's model."""
    return inspect_model(odd_models(engine)[table])


def relations(engine: Engine, table: str) -> dict[str, str]:
    """The relations of a table's model: name to target's table, with * for many and ** for many-to-many."""
    return {
        name: inspect_model(relation.target).table.fullname + "*" * (relation.uselist + relation.many_to_many)
        for name, relation in info(engine, table).relations.items()
    }


def readable(engine: Engine) -> list[type]:
    """Every model but that of a foreign table on a server that does not exist."""
    return [model for model in odd_models(engine).values() if inspect_model(model).kind != "foreign table"]
