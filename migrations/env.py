"""Alembic's environment for webadmin's own tables.

They have the prefix ``webadmin_`` and a version table of their own, so that they can live beside a host's tables and
migrations. The connection comes from ``webadmin.database.own_tables``; there is no ``alembic.ini``.
"""

from alembic import context

from webadmin.database.own_tables import VERSION_TABLE, is_own, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=is_own,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
