"""Whether tables can be used, asked beside a page's statements."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine

from webadmin.dialects import for_engine
from webadmin.dialects.base import Dialect


def test_tables_that_are_there(engine: Engine) -> None:
    """All of them have to be; the word of a plain system is the same."""
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE one (id INTEGER)"))
        connection.execute(sa.text('CREATE TABLE "Two b" (id INTEGER)'))
    for dialect in (for_engine(engine), Dialect()):
        with engine.connect() as connection:
            assert dialect.may_use(connection, ["one", "Two b"])
            assert not dialect.may_use(connection, ["one", "three"])
            assert not dialect.may_use(connection, ["'; DROP TABLE one; --"])


def test_rights(pg_engine: Engine) -> None:
    """Reading and every kind of change are needed."""
    with pg_engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE one (id INTEGER)"))
        connection.execute(sa.text("CREATE ROLE guest"))
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE")
    with pg_engine.connect() as connection:
        connection.execute(sa.text("GRANT ALL ON one TO guest"))
        connection.execute(sa.text("SET ROLE guest"))
        dialect = for_engine(pg_engine)
        assert dialect.may_use(connection, ["one"])
        for right in rights:
            connection.execute(sa.text("RESET ROLE"))
            connection.execute(sa.text("GRANT ALL ON one TO guest"))
            connection.execute(sa.text(f"REVOKE {right} ON one FROM guest"))
            connection.execute(sa.text("SET ROLE guest"))
            assert not dialect.may_use(connection, ["one"])
        connection.rollback()
    with pg_engine.begin() as connection:
        connection.execute(sa.text("DROP ROLE guest"))
