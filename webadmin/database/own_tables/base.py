"""What all of webadmin's own tables have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

PREFIX = "webadmin_"
VERSION_TABLE = "webadmin_version"
HEAD = "0005"
"""The last version in ``migrations/``."""

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""Every table of webadmin's own; a host's tables are never in it."""


def is_own(name: str | None, kind: str, parents: Mapping[str, Any]) -> bool:
    """Whether a migration may look at a table of this name: a host's tables are none of its business."""
    return kind != "table" or (name is not None and name.startswith(PREFIX))


def is_current(connection: sa.Connection) -> bool:
    """Whether the database has all of webadmin's own tables, as far as its version says; without loading Alembic."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return False
    version = sa.table(VERSION_TABLE, sa.column("version_num", sa.String))
    return connection.execute(sa.select(version.c.version_num)).scalar() == HEAD
