"""Bringing webadmin's own tables up to date with ``migrations/``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from webadmin.database.own_tables import accounts, changes, imports, lists
from webadmin.database.own_tables.base import VERSION_TABLE, is_own, metadata
from webadmin.paths import MIGRATIONS

__all__ = ["OPTIONS", "current_version", "downgrade", "upgrade"]

SUBJECTS = (lists, changes, accounts, imports)
"""The modules whose tables ``metadata`` holds."""

OPTIONS: dict[str, Any] = {
    "target_metadata": metadata,
    "version_table": VERSION_TABLE,
    "include_name": is_own,
    "render_as_batch": True,
    "compare_server_default": False,
}
"""How Alembic looks at a database on behalf of webadmin."""


def upgrade(bind: Engine | Connection, to: str = "head") -> tuple[str | None, str | None]:
    """Create or upgrade webadmin's own tables; returns the version before and after.

    :param bind: an engine, for a transaction of its own; or a connection, whose transaction goes on, such as that of the
        host's own Alembic run.

    Raises sqlalchemy.exc.DBAPIError when the database account may not create tables.
    """
    return _migrate(bind, to, down=False)


def downgrade(bind: Engine | Connection, to: str = "base") -> tuple[str | None, str | None]:
    """Go back to an earlier version of webadmin's own tables, ``base`` for none; what is in them is lost."""
    return _migrate(bind, to, down=True)


def current_version(connection: Connection) -> str | None:
    """The version that the database is at; None where the tables were never made."""
    return MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()


def _migrate(bind: Engine | Connection, to: str, *, down: bool) -> tuple[str | None, str | None]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, context: MigrationContext) -> Any:
        return script._downgrade_revs(to, revision) if down else script._upgrade_revs(to, revision)

    with _connected(bind) as connection:
        before = current_version(connection)
        # Without an environment of its own, which would take the place of the host's where this is a part of its run.
        context = MigrationContext.configure(
            connection, opts={**OPTIONS, "script": script, "fn": steps, "transaction_per_migration": False}
        )
        with Operations.context(context):
            context.run_migrations()
        return before, current_version(connection)


@contextmanager
def _connected(bind: Engine | Connection) -> Iterator[Connection]:
    if isinstance(bind, Connection):
        yield bind
    else:
        with bind.begin() as connection:
            yield connection
