"""``webadmin doctor``: what would make an admin slow, with the statements that mend it."""

from __future__ import annotations

from webadmin.auth.user import User
from webadmin.dialects import Timeouts
from webadmin.explain.examination import Report, examine_views, lines, plain
from webadmin.options.context import Context
from webadmin.site import Admin

__all__ = ["Report", "examine", "lines", "plain"]


def examine(admin: Admin, *, small: bool = False) -> Report:
    """What no index serves in all views of ``admin``, that of the largest tables first.

    :param small: also in tables of few rows, which may grow.
    :raises webadmin.OptionsError: with every option that cannot be used.
    :raises sqlalchemy.exc.SQLAlchemyError: when the database cannot be asked.
    """
    admin.check()
    database = admin.runtime.database
    with database.transaction(read_only=True, timeouts=Timeouts()) as session:
        context = Context(session, database.dialect, User("doctor"), admin.registry)
        return examine_views(context, admin.registry.views.values(), small=small)
