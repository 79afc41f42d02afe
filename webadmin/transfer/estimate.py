"""How large a file would be, from its first rows."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from sqlalchemy import exc

from webadmin.options.context import Context
from webadmin.transfer.asked import Export
from webadmin.transfer.formats import array, csv
from webadmin.transfer.reading import read

SAMPLE = 200
"""Rows that are looked at."""


def estimated(context: Context, export: Export, count: int, patience: int) -> dict[str, int]:
    """About how many bytes ``export`` would have, by format; empty where that is not known in time.

    :param count: its rows.
    :param patience: milliseconds.
    """
    if not count:
        return {}
    try:
        with (
            context.dialect.limited(context.session.connection(), patience),
            closing(read(context, export, most=SAMPLE)) as portions,
        ):
            rows = next(portions, [])
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
        return {}
    if not rows:
        return {}
    sizes = {}
    for name, make in (("csv", csv), ("json", array)):
        form = replace(export.form, format=name)
        size = sum(map(len, make(replace(export, form=form), [rows])))
        sizes[name] = round(size * count / len(rows))
    return sizes
