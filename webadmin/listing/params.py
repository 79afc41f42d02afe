"""The query string of a list: what it says, typed, and the query strings of the links around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from webadmin.errors import BadRequest, WrongField
from webadmin.listing.filters import FilterValue
from webadmin.listing.parsing import LAST, SLOW, Reader, Sort
from webadmin.listing.scope import Deleted
from webadmin.options.view import View
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Usual:
    """What a list shows where its address says nothing about it; a person may keep other than the view's own."""

    columns: tuple[str, ...] = ()
    """Empty for the view's own."""
    per_page: int = 0
    """0 for the view's own."""


_USUAL = Usual()


@dataclass(frozen=True, slots=True)
class ListParams:
    """A list's parameters. Empty or default ones are the same as none; two that say the same are equal."""

    view: View = field(compare=False, repr=False)
    page: int = 1
    """1-based, or :data:`~webadmin.listing.parsing.LAST`."""
    per_page: int = 25
    sort: Sort = ()
    """Empty for the view's default order."""
    slow: bool = False
    """The person has been told that this sort may take long, and goes on: ``sort.slow=yes``."""
    q: str = ""
    q_cut: bool = field(default=False, compare=False)
    """More was typed into the search than is searched for."""
    deleted: Deleted = "hide"
    filters: tuple[FilterValue, ...] = ()
    """In the order of the view's filters."""
    per: str = ""
    """Only the first rows of each group: what makes a group."""
    top: int = 0
    """How many of each group, by the list's order; 0 for the latest."""
    columns: tuple[str, ...] = ()
    """Empty for the view's own."""
    after: str = ""
    before: str = ""
    saved: str = field(default="", compare=False)
    """The saved view that the list was opened as, whatever was changed since; ``none`` for none, where there is a
    default."""
    usual: Usual = field(default=_USUAL, compare=False)
    zone: tzinfo = field(default=UTC, compare=False)

    @classmethod
    def parse(
        cls,
        pairs: Sequence[tuple[str, str]],
        view: View,
        zone: tzinfo,
        *,
        usual: Usual = _USUAL,
        saved: str = "",
    ) -> ListParams:
        """Read the pairs of a query string.

        :param zone: where days begin for this person.
        :param usual: what holds for this person where the pairs say nothing.
        :param saved: the saved view that links are to carry along.
        :raises BadRequest: for anything that this list does not know; its ``link`` is the query string, with its
            question mark, of the list without it.
        """
        reader = Reader(view, zone)
        reader.found |= {"per_page": usual.per_page or view.page_size, "columns": usual.columns}
        reader.read(pairs)
        params = cls(view, zone=zone, saved=saved, usual=usual, **reader.found)
        if reader.faults:
            raise wrong_list(" ".join(dict.fromkeys(reader.faults[:3])), params, reader.fields)
        return params

    @property
    def order(self) -> Sort:
        """The order that the list is in: the chosen one or the view's."""
        return self.sort or self.view.default_sort

    @property
    def narrowed(self) -> bool:
        """Whether not all rows are looked for: by a search, a filter, or only the first of each group."""
        return bool(self.q or self.filters or self.per)

    def active(self, name: str) -> dict[str, FilterValue]:
        """What the filter ``name`` is set to, by operator."""
        return {value.operator: value for value in self.filters if value.name == name}

    def changed(self, *, without: Iterable[str] = (), **changes: Any) -> ListParams:
        """The same with other fields; back to page 1 unless ``page`` is given.

        :param without: parameters to leave out: ``q``, ``sort``, ``total.gte``; a filter's name takes all its
            operators with it.
        """
        fields = self._fields(without, changes)
        return ListParams(self.view, zone=self.zone, usual=self.usual, q_cut=self.q_cut, **fields)

    @property
    def plain(self) -> ListParams:
        """The same, whoever asks: what the person keeps is written out in its query string, and no saved view named.
        For the addresses of everything but the list itself."""
        return replace(self, saved="", usual=_USUAL)

    def _fields(self, without: Iterable[str], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of :meth:`changed`. A page has dozens of links that need no more than these."""
        found: dict[str, Any] = {
            "page": 1,
            "per_page": self.per_page,
            "sort": self.sort,
            "slow": self.slow,
            "q": self.q,
            "deleted": self.deleted,
            "filters": self.filters,
            "per": self.per,
            "top": self.top,
            "columns": self.columns,
            "after": "",
            "before": "",
            "saved": self.saved,
        }
        left_out = set(without)
        if "per" in left_out:
            left_out.add("top")
        if left_out:
            found |= {name: value for name, value in _EMPTY.items() if name in left_out}
            if "per_page" in left_out:
                found["per_page"] = self.usual.per_page or self.view.page_size
            if "columns" in left_out:
                found["columns"] = self.usual.columns
            found["filters"] = tuple(
                f for f in self.filters if f.name not in left_out and f.parameter not in left_out
            )
        found |= changes
        if self.slow and "sort" in changes:  # what was said of one sort is not said of others
            found["slow"] = {name for name, _down in found["sort"]} <= {name for name, _down in self.sort}
        if not found["q"] and found["sort"] == self.view.default_sort:
            found["sort"] = ()
        return found

    def without_filter(self, value: FilterValue) -> ListParams:
        """The same, without this one parameter."""
        return self.changed(filters=tuple(other for other in self.filters if other is not value))

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters in their canonical order, without those that say nothing: for hidden form fields."""
        own = self._fields((), {"page": self.page, "after": self.after, "before": self.before})
        return _pairs(self.view, self.usual, **own)

    def query(
        self, *, without: Iterable[str] = (), add: Iterable[tuple[str, str]] = (), **changes: Any
    ) -> str:
        """The query string, without question mark, of the list with these changes; see :meth:`changed`.

        :param add: pairs to append as they are, such as a preset's ``("created_at.range", "today")``.
        """
        unchanged = not changes and not without and not add
        pairs = self.pairs() if unchanged else _pairs(self.view, self.usual, **self._fields(without, changes))
        return "&".join([f"{_quoted(name)}={_quoted(text)}" for name, text in (*pairs, *add)])


def _pairs(
    view: View,
    usual: Usual,
    *,
    page: int,
    per_page: int,
    sort: Sort,
    slow: bool,
    q: str,
    deleted: str,
    filters: tuple[FilterValue, ...],
    per: str,
    top: int,
    columns: tuple[str, ...],
    after: str,
    before: str,
    saved: str,
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if q:
        found.append(("q", q))
    found += [(value.parameter, text) for value in filters for text in value.texts]
    if per:
        found += [("top", str(top)), ("per", per)] if top else [("latest_per", per)]
    if deleted != "hide":
        found.append(("deleted", deleted))
    if sort:
        found.append(("sort", ",".join([f"{name}:{'desc' if down else 'asc'}" for name, down in sort])))
        if slow:
            found.append((SLOW, "yes"))
    if columns != usual.columns:
        found.append(("columns", ",".join(columns or [column.name for column in view.list_columns])))
    if per_page != (usual.per_page or view.page_size):
        found.append(("per_page", str(per_page)))
    if page != 1:
        found.append(("page", "last" if page == LAST else str(page)))
    found += [(name, text) for name, text in (("after", after), ("before", before)) if text]
    if saved:
        if not found and saved != PLAIN:
            found.append(("page", "1"))  # a saved view alone would mean all that it holds
        found.append((marker(view), saved))
    return found


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return quote_plus(text, safe=":,")


PLAIN = "none"
"""What stands in an address for no saved view."""


def marker(view: View) -> str:
    """The parameter that names a saved view: ``view``, unless the list is filtered by a column of that name."""
    return "_view" if "view" in view.filters else "view"


_EMPTY = {"q": "", "sort": (), "deleted": "hide", "per": "", "top": 0}


def wrong_list(message: str, without: ListParams, fields: Sequence[WrongField] = ()) -> BadRequest:
    """The answer to a query string that cannot be used, with a link to the list that is left of it.

    :param fields: filters to put right.
    """
    link, label = "?" + without.query(), _("Show the list without it")
    return BadRequest(message, link=link, link_label=label, fields=fields)
