"""webadmin's own tables: their metadata, and bringing a database up to date with ``migrations/``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Engine

from webadmin.paths import MIGRATIONS

PREFIX = "webadmin_"
VERSION_TABLE = "webadmin_version"

metadata = sa.MetaData()
"""Every table of webadmin's own; a host's tables are never in it."""


def is_own(name: str | None, kind: str, parents: Mapping[str, Any]) -> bool:
    """Whether a migration may look at a table of this name: a host's tables are none of its business."""
    return kind != "table" or (name is not None and name.startswith(PREFIX))


def upgrade(engine: Engine) -> tuple[str | None, str | None]:
    """Create or upgrade webadmin's own tables in one transaction; returns the version before and after.

    Raises sqlalchemy.exc.DBAPIError when the database account may not create tables.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        before = current_version(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return before, current_version(connection)


def current_version(connection: sa.Connection) -> str | None:
    """The version that the database is at; None where the tables were never made."""
    return MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()
