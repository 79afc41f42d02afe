"""Reading a list's query string."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, cast

from webadmin.errors import BadRequest, WrongField
from webadmin.listing.filters import FilterValue, filters_of
from webadmin.listing.filters.base import RESERVED, short
from webadmin.listing.filters.forms import form_faults
from webadmin.listing.filters.where import split
from webadmin.listing.fits import sendable
from webadmin.listing.group_names import groups_of
from webadmin.listing.scope import Deleted
from webadmin.options.view import View
from webadmin.text import gettext as _

MAX_PARAMETERS = 200
MAX_VALUES = 100
"""Of one filter."""
MAX_LENGTH = 1000
MAX_QUERY = 256
"""Characters of a search; a longer one is cut, not refused: it may be pasted."""
LAST = 0
"""The page number that stands for ``page=last``: the end of the list, wherever it is."""

Sort = tuple[tuple[str, bool], ...]
"""``(name, descending)`` by weight."""

SLOW = "sort.slow"
"""The parameter by which a person agrees to a sort that may take long; no filter can be called so."""
MAX_TOP = 1000
"""Rows of each group."""
_MAX_SORT = 5
_MAX_PAGE = 10**9
_NUMBER = re.compile(r"-?[0-9]+", re.ASCII)
_DIRECTIONS = {"asc": False, "desc": True}


class _Wrong(Exception):
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Reader:
    """Reads what it can into ``found``, the fields of ``ListParams``, and keeps what is wrong with the rest in
    ``faults``, in words."""

    def __init__(self, view: View, zone: tzinfo) -> None:
        self.view = view
        self.zone = zone
        self.found: dict[str, Any] = {"per_page": view.page_size}
        self.faults: list[str] = []
        self.fields: list[WrongField] = []
        """The filters that cannot be used, to be put right where that is said."""
        self._single = {
            "page": self._page,
            "per_page": self._per_page,
            "sort": self._sort,
            SLOW: self._slow,
            "q": self._q,
            "deleted": self._deleted,
            "columns": self._columns,
            "after": self._cursor,
            "before": self._cursor,
        }
        for name in ("latest_per", "per", "top"):
            if name not in view.filters:  # a column of that name is filtered by
                self._single[name] = self._top if name == "top" else self._per

    def read(self, pairs: Sequence[tuple[str, str]]) -> None:
        texts = self._by_name(pairs)
        filters: list[FilterValue] = []
        for name, values in texts.items():
            try:
                if name in self._single:
                    self._single[name](name, values)
                else:
                    filters.append(self._filter(name, values))
            except (_Wrong, BadRequest) as refused:
                self.faults.append(refused.message)
                named = self._split(name)
                if named is not None:
                    self._note([FilterValue(*named, tuple(values))], refused.message)
        self._check_groups(texts)
        # Said by nobody it is the same, but for a search, which without it shows the best rows first.
        if not self.found.get("q") and self.found.get("sort") == self.view.default_sort:
            self.found["sort"] = ()
        if "after" in self.found and "before" in self.found:
            del self.found["before"]
            self.faults.append(_("A list starts after a row or ends before one, not both."))
        places = list(filters_of(self.view))
        filters.sort(key=lambda value: (places.index(value.name), value.operator))
        for sentence, wrong in form_faults(filters_of(self.view), filters):
            self.faults.append(sentence)
            self._note(wrong, sentence)
            filters = [value for value in filters if value not in wrong]
        self.found["filters"] = tuple(filters)

    def _by_name(self, pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
        """The values of each parameter, without empty ones: a form that nobody filled in sends those."""
        found: dict[str, list[str]] = {}
        if len(pairs) > MAX_PARAMETERS:
            self.faults.append(_("An address may have %d parameters at most.") % MAX_PARAMETERS)
        for name, value in pairs[:MAX_PARAMETERS]:
            text = value.strip()
            if name.startswith("_") or (name == "view" and not self._known(name)):
                continue
            if not text and (name in self._single or self._known(name)):
                continue
            if not sendable(name) or not sendable(text):
                self.faults.append(_("The address has a character that no list can look for."))
            elif len(text) > MAX_LENGTH and name not in {"q", "after", "before"}:
                self.faults.append(
                    _("“%(name)s” is too long: %(most)d characters at most.")
                    % {"name": short(name), "most": MAX_LENGTH}
                )
            else:
                found.setdefault(name, []).append(text)
        return found

    # -- single parameters ---------------------------------------------------------------------------------

    def _page(self, name: str, values: list[str]) -> None:
        text = values[-1]
        if text == "last":
            self.found["page"] = LAST
        elif not _NUMBER.fullmatch(text):
            raise _Wrong(_("A page is a number, not “%s”.") % short(text))
        else:
            self.found["page"] = max(1, min(_MAX_PAGE, _whole(text)))

    def _per_page(self, name: str, values: list[str]) -> None:
        text, most = values[-1], max(self.view.page_sizes)
        if not _NUMBER.fullmatch(text) or not 1 <= _whole(text) <= most:
            raise _Wrong(
                _("A page has 1 to %(most)d rows, not “%(text)s”.") % {"most": most, "text": short(text)}
            )
        self.found["per_page"] = _whole(text)

    def _sort(self, name: str, values: list[str]) -> None:
        keys: dict[str, bool] = {}
        for part in filter(None, ",".join(values).split(",")):
            column, _colon, direction = part.strip().partition(":")
            if column not in self.view.sortable or direction not in {"", *_DIRECTIONS}:
                allowed = ", ".join(self.view.sortable) or _("none")
                if column in self.view.sortable:
                    raise _Wrong(_("A direction is asc or desc, not “%s”.") % short(direction))
                raise _Wrong(
                    _("This list cannot be sorted by “%(name)s”. It can be sorted by: %(allowed)s.")
                    % {"name": short(column), "allowed": allowed}
                )
            keys.setdefault(column, _DIRECTIONS.get(direction, False))
        sort: Sort = tuple(list(keys.items())[:_MAX_SORT])
        self.found["sort"] = sort

    def _slow(self, name: str, values: list[str]) -> None:
        if values[-1] != "yes":
            raise _Wrong(_("Write %(name)s=yes for a sort that may take long.") % {"name": name})
        self.found["slow"] = True

    def _q(self, name: str, values: list[str]) -> None:
        self.found["q"] = values[-1][:MAX_QUERY].strip()
        self.found["q_cut"] = len(values[-1]) > MAX_QUERY

    def _deleted(self, name: str, values: list[str]) -> None:
        if values[-1] not in {"hide", "show", "only"}:
            raise _Wrong(_("Deleted rows can be: hide, show or only, not “%s”.") % short(values[-1]))
        if values[-1] != "hide" and self.view.soft_delete is None:
            raise _Wrong(
                _("Rows of this list are gone when they are deleted, so deleted ones cannot be shown.")
            )
        self.found["deleted"] = cast(Deleted, values[-1])

    def _columns(self, name: str, values: list[str]) -> None:
        names = list(dict.fromkeys(part.strip() for part in ",".join(values).split(",") if part.strip()))
        for column in names:
            if column not in self.view.all_columns:
                raise _Wrong(
                    _("This list has no column “%(name)s”. It has: %(known)s.")
                    % {"name": short(column), "known": ", ".join(self.view.all_columns)}
                )
        shown = tuple(column.name for column in self.view.list_columns)
        self.found["columns"] = () if tuple(names) == shown else tuple(names)

    def _cursor(self, name: str, values: list[str]) -> None:
        if len(values[-1]) > 4 * MAX_LENGTH:
            raise _Wrong(_("The place in the list that the address names cannot be read."))
        self.found[name] = values[-1]

    def _per(self, name: str, values: list[str]) -> None:
        if self.view.keyless:
            raise _Wrong(_("These rows have no key, so the first of a group cannot be told from the others."))
        known = groups_of(self.view)
        if values[-1] not in known:
            raise _Wrong(
                _("This list has no groups by “%(name)s”. It has by: %(allowed)s.")
                % {"name": short(values[-1]), "allowed": ", ".join(known) or _("nothing")}
            )
        self.found["per"] = values[-1]

    def _top(self, name: str, values: list[str]) -> None:
        text = values[-1]
        if not _NUMBER.fullmatch(text) or not 1 <= _whole(text) <= MAX_TOP:
            raise _Wrong(
                _("A list shows the first 1 to %(most)d rows of each group, not “%(text)s”.")
                % {"most": MAX_TOP, "text": short(text)}
            )
        self.found["top"] = _whole(text)

    def _check_groups(self, texts: Mapping[str, Any]) -> None:
        """Which rows of a group, and what a group is, come together or not at all."""
        given = {name for name in ("latest_per", "per", "top") if name in texts and name in self._single}
        if given and given not in ({"latest_per"}, {"per", "top"}):
            for name in ("per", "top"):
                self.found.pop(name, None)
            self.faults.append(
                _("Write latest_per=… for the latest row of each group, or top=3&per=… for the first three.")
            )
        elif "per" not in self.found:
            self.found.pop("top", None)
        elif given == {"per", "top"} and "top" not in self.found:
            del self.found["per"]

    # -- filters -------------------------------------------------------------------------------------------

    def _note(self, wrong: Sequence[FilterValue], sentence: str) -> None:
        known = filters_of(self.view)
        for place, value in enumerate(wrong):
            label = known[value.name].label_of(value.operator)
            self.fields.append(WrongField(value.parameter, label, value.texts[-1], "" if place else sentence))

    def _known(self, name: str) -> bool:
        return self._split(name) is not None

    def _split(self, name: str) -> tuple[str, str] | None:
        """The filter and the operator that a parameter's name stands for."""
        return None if name in RESERVED else split(filters_of(self.view), name)

    def _filter(self, name: str, texts: list[str]) -> FilterValue:
        split = self._split(name)
        if split is None:
            raise _Wrong(self._unknown(name))
        if len(texts) > MAX_VALUES:
            raise _Wrong(
                _("“%(name)s” has too many values: %(most)d at most.")
                % {"name": short(name), "most": MAX_VALUES}
            )
        head, operator = split
        several = operator in {"eq", "not", "contains", "search", "range"}
        unique = tuple(dict.fromkeys(texts)) if several else (texts[-1],)
        chosen = unique if operator != "range" else unique[-1:]
        return FilterValue(
            head, operator, chosen, filters_of(self.view)[head].parse(operator, chosen, self.zone)
        )

    def _unknown(self, name: str) -> str:
        known = filters_of(self.view)
        head = name if name in known else name.rpartition(".")[0]
        if head in known:
            operators = ", ".join(
                head if op == "eq" else f"{head}.{op}"
                for op in (*known[head].operators, "null")
                if known[head].takes(op)
            )
            return _("“%(name)s” is not a way to filter here. There are: %(known)s.") % {
                "name": short(name),
                "known": operators,
            }
        return _("This list does not know “%(name)s”. It can be filtered by: %(known)s.") % {
            "name": short(name),
            "known": ", ".join(known) or _("nothing"),
        }


def _whole(text: str) -> int:
    return int(text) if len(text) <= 18 else (-1 if text.startswith("-") else 1) * _MAX_PAGE
