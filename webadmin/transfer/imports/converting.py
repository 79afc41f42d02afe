"""From what stands in a file to the value of a column: what exports write, and what people and other programs write."""

from __future__ import annotations

from functools import partial
from typing import Any

from webadmin.database.identity import values as key_values
from webadmin.database.inspection import inspect_model
from webadmin.dialects import Dialect
from webadmin.errors import NotFound
from webadmin.options.view import View
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import FileForm, Target
from webadmin.transfer.imports.kinds import reader_of
from webadmin.transfer.imports.reader import Converter as Converter
from webadmin.transfer.imports.reader import Wrong as Wrong


def converter(view: View, target: Target, form: FileForm, dialect: Dialect) -> Converter:
    """What reads the column of a file that goes to ``target``.

    Of a relation it gives the key of the row that is meant (a tuple where it has several columns), or the value of the column
    ``target.by``. Raises KeyError for a name that the view does not have.
    """
    relation = view.info.relations.get(target.name)
    reading = target.reading
    if relation is None:
        return reader_of(view.info.columns[target.name], reading, form, dialect, view)
    other = inspect_model(relation.target)
    if target.by:
        return reader_of(other.columns[target.by], reading, form, dialect)
    if len(other.key) == 1:
        return reader_of(other.key[0], reading, form, dialect)
    return Converter(partial(_key, other.key_types))


def _key(types: tuple[type | None, ...], value: Any) -> Any:
    try:
        return key_values(str(value), types)
    except NotFound:
        raise Wrong("type", _("This is no key of a row.")) from None
