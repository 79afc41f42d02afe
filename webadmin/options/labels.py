"""How one row is called, and which columns its name needs."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from webadmin.database.inspection import HEAVY, ColumnInfo, Kind, ModelInfo, inspect_model
from webadmin.options.reads import columns_read
from webadmin.options.secrets import is_secret
from webadmin.options.unloaded import NotLoaded, is_unloaded, tell
from webadmin.text import format_datetime, humanize, singular

_NAME_LIKE = (
    "name",
    "title",
    "label",
    "number",
    "reference",
    "subject",
    "username",
    "email",
    "slug",
    "sku",
    "code",
    "full_name",
    "display_name",
)
_SUFFIXES = ("_name", "_title", "_number", "_code", "_no", "_ref")
_NO_NAMES = (
    "postal",
    "postcode",
    "zip",
    "country_code",
    "area_code",
    "currency",
    "language_code",
    "phone",
    "fax",
)
_MAX = 120


class RowLabel:
    """The label of a model's rows.

    :param custom: a function of the row, when the view or the model's ``__str__`` gives one.
    :param columns: the attributes that must be loaded; None for those that ``custom`` is seen to read, or all but the
        heavy ones.
    :param view: the class that gives ``custom`` as its ``row_label``; empty for the model's own ``__str__``, which is
        written for other places as well: what it cannot read here is no fault.
    :param silent: what ``custom`` cannot read may be what the person may not read: nothing is said of it.
    """

    def __init__(
        self,
        info: ModelInfo,
        columns: tuple[str, ...] | None,
        custom: Callable[[Any], Any] | None,
        view: str = "",
        *,
        silent: bool = False,
    ) -> None:
        self._info = info
        self._view = view
        self._custom = custom
        self._given = columns
        self._silent = silent
        self._read = columns
        key = tuple(column.name for column in info.key)
        guessed = guess_columns(info)
        self._guessed = guessed
        deleted = (info.soft_delete,) if info.soft_delete else ()
        if columns is None and custom is not None:
            # A row of a subclass may have a __str__ of its own.
            own_str = custom is str and info.mapper.polymorphic_on is None
            columns = columns_read(info.model.__str__ if own_str else custom, info.columns)
            self._read = columns
            if columns is not None:
                columns = (*guessed, *columns)  # should the function fail, the guess stands in
        self.reads_columns = custom is None or columns is not None
        """Whether :attr:`columns` are all that is asked of a row, so that it need not be an instance of the model."""
        if columns is None and custom is not None:
            names = tuple(n for n, c in info.columns.items() if c.kind not in HEAVY)
        else:
            names = (*key, *(columns or guessed), *deleted)
        self.columns: tuple[str, ...] = tuple(dict.fromkeys(names))

    def without(self, info: ModelInfo, *, unsure: bool) -> RowLabel:
        """The label for somebody for whom ``info`` is all that there is of the model: without a function that reads more.

        :param unsure: leave out a function, too, of which nobody can tell what it reads.
        """
        hidden = self._info.columns.keys() - info.columns.keys()
        keeps = not unsure if self._read is None else hidden.isdisjoint(self._read)
        if self._custom is None or not keeps:
            return RowLabel(info, None, None, self._view, silent=True)
        return RowLabel(info, self._given, self._custom, self._view, silent=True)

    def same(self, other: RowLabel) -> bool:
        """Whether rows are called the same by both."""
        return self._custom is other._custom and self._guessed == other._guessed

    def __call__(self, row: Any) -> str:
        """The label of a loaded row; never empty, never ``<Order object>``."""
        if self._custom is not None:
            try:
                text = str(self._custom(row) or "").strip()
            except NotLoaded:
                raise
            except Exception as error:
                self._tell(error)
                # The model's __str__ reached for something that is not loaded for a label, or has a fault: a label is
                # no reason to lose the page.
                text = ""
            if text:
                return text if len(text) <= _MAX else text[: _MAX - 1] + "…"
        parts = [str(getattr(row, name)) for name in self._guessed if getattr(row, name) not in (None, "")]
        text = " ".join(" ".join(parts).split())
        if text:
            return text if len(text) <= _MAX else text[: _MAX - 1] + "…"
        key = sorted(self._info.key_of(row), key=lambda value: isinstance(value, dt.date))
        return f"{model_name(self._info)} {', '.join(map(_in_words, key))}"

    def _tell(self, error: Exception) -> None:
        if is_unloaded(error) and not self._silent:
            model = self._info.model.__name__
            function = f"{self._view}.row_label" if self._view else f"{model}.__str__"
            tell(error, function, self._view or f"the view of {model}", self._info, lenient=not self._view)


def model_name(info: ModelInfo) -> str:
    """What one row is called: the class in words, or the table where the class was made from it."""
    if hasattr(info.model, "__webadmin__"):
        return singular(humanize(info.table.name))
    return humanize(info.model.__name__)


@functools.cache
def model_label(model: type) -> RowLabel:
    """The label of ``model``'s rows without any option: its own ``__str__``, else a name-like column."""
    info = inspect_model(model)
    return RowLabel(info, None, str if _has_own_str(model) else None)


def _in_words(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return format_datetime(value)
    return value.hex()[:32] if isinstance(value, bytes) else str(value)


def guess_columns(info: ModelInfo) -> tuple[str, ...]:
    """The columns that name a row: first and last name, a name-like column, a unique text column; else none."""
    texts = [c for c in info.columns.values() if _nameable(c)]
    by_name = {column.name.lower(): column.name for column in texts}
    if "first_name" in by_name and "last_name" in by_name:
        return (by_name["first_name"], by_name["last_name"])
    table = singular(info.table.name.lower().replace("_", " ")).replace(" ", "_")
    for wanted in ("name", "title", table, *_NAME_LIKE):
        for candidate in (wanted, f"{table}_{wanted}"):
            if candidate in by_name:
                return (by_name[candidate],)
    telling = [c for c in texts if not any(word in c.name.lower() for word in _NO_NAMES)]
    for column in telling:
        if column.name.lower().endswith(_SUFFIXES):
            return (column.name,)
    for column in telling:
        if column.unique:
            return (column.name,)
    return ()


def _nameable(column: ColumnInfo) -> bool:
    return (
        column.kind in {Kind.TEXT, Kind.LONG_TEXT} and not column.foreign_key and not is_secret(column.name)
    )


def _has_own_str(model: type) -> bool:
    for cls in model.__mro__:
        if cls is object:
            return False
        if "__str__" in vars(cls):
            return True
    return False
