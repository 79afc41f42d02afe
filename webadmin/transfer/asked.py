"""What an export is asked for: which rows, which columns, in which form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from webadmin.database.inspection import Kind
from webadmin.database.keys import Key
from webadmin.errors import BadRequest
from webadmin.listing.params import ListParams
from webadmin.options.view import ShownColumn, View
from webadmin.text import gettext as _

OPTIONS: dict[str, tuple[str, ...]] = {
    "format": ("csv", "json", "jsonl", "xlsx"),
    "headings": ("names", "labels"),
    "values": ("raw", "formatted"),
    "relations": ("key", "label"),
    "delimiter": ("comma", "semicolon", "tab"),
    "bom": ("no", "yes"),
}
"""The parameters of an export with what each may be, the default first."""
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """How an export is written."""

    format: str = "csv"
    headings: str = "names"
    values: str = "raw"
    relations: str = "key"
    delimiter: str = "comma"
    bom: str = "no"

    @property
    def raw(self) -> bool:
        return self.values == "raw"


@dataclass(frozen=True, slots=True)
class Export:
    """Rows of ``view`` in a form."""

    view: View
    params: ListParams
    form: Form
    columns: tuple[ShownColumn, ...]
    keys: tuple[Key, ...] = ()
    """Chosen rows alone; empty for all that the list shows."""

    @property
    def headings(self) -> tuple[str, ...]:
        if self.form.headings == "labels":
            return tuple(column.label for column in self.columns)
        return tuple(column.name for column in self.columns)


def split(view: View, pairs: Pairs) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The export's own parameters among ``pairs``, and those of the list.

    A parameter that the list can be filtered by is the export's only where it has one of the export's values.

    Raises BadRequest for a value that an option does not have.
    """
    own: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for name, value in pairs:
        allowed = OPTIONS.get(name)
        if allowed is None or (name in view.filters and value not in allowed):
            others.append((name, value))
        elif not value:
            continue
        elif value not in allowed:
            raise BadRequest(
                _("{name} is one of {allowed}.").format(name=name, allowed=", ".join(allowed)), link="./"
            )
        else:
            own[name] = value
    return own, others


def columns_of(view: View, params: ListParams, form: Form, *, every: bool = False) -> tuple[ShownColumn, ...]:
    """The columns that are exported: those chosen in the list, else the view's for exports.

    :param every: all that the list could show.
    """
    if every:
        names = tuple(view.all_columns)
    else:
        names = params.columns or tuple(column.name for column in view.export_columns)
    own = {column.name: column for column in view.export_columns}
    found = (view.all_columns.get(name) or own[name] for name in names)
    if not form.raw:
        return tuple(found)
    return tuple(column if _in_part(view, column) else replace(column, formatter=None) for column in found)


def _in_part(view: View, column: ShownColumn) -> bool:
    """Whether a column's formatter counts for exact values as well: it may show a text in part, the ends of an account number say.
    What it makes of other values is for people alone, and so it is of what the view names for exports."""
    info, named = column.attribute.column, view.options.column_export_list
    if column.formatter is None or info is None or info.kind not in _TEXTS:
        return False
    return not named or isinstance(named, str) or column.name not in {one.name for one in view.export_columns}
