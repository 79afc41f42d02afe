"""Alembic's environment for webadmin's own tables, for whoever writes a new revision of them.

They have the prefix ``webadmin_`` and a version table of their own, so that they can live beside a host's tables and
migrations. Databases are brought up to date by ``webadmin.database.own_tables.migrate``, with the same options; there is
no ``alembic.ini``.
"""

from alembic import context

from webadmin.database.own_tables.migrate import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
