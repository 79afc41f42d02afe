"""Statements over all rows that match, which may take long: under a limit of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.errors import BadRequest
from webadmin.listing.statement import LABEL
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.text import gettext as _

TIME_LIMIT = 5_000
"""Milliseconds."""


@caused_by("column_filters", "search", "soft_delete_column", "scope")
def within_limit(
    context: Context, stmt: sa.Select[Any], label: str, milliseconds: int = TIME_LIMIT
) -> Sequence[Any] | None:
    """The rows of ``stmt``; None when it takes longer than that.

    :raises BadRequest: when a sum is too large for the database.
    """
    connection = context.session.connection()
    try:
        with context.dialect.limited(connection, milliseconds):
            return context.session.execute(stmt, execution_options={LABEL: label}).all()
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
        kind = context.dialect.failure(error).kind
        if kind == "out_of_range":
            raise BadRequest(_("These values are too large to be put together.")) from error
        if kind not in {"statement_timeout", "lock_timeout"}:
            raise
        return None
