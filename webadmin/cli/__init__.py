"""``webadmin``: the demo, an admin over any database, its own tables and its accounts."""

from webadmin.cli.commands import main

__all__ = ["main"]
