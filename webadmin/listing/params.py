"""The query string of a list: what it says, typed, and the query strings of the links around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import urlencode

from webadmin.errors import BadRequest
from webadmin.listing.filters import FilterValue
from webadmin.listing.parsing import LAST, Reader, Sort
from webadmin.listing.scope import Deleted
from webadmin.options.view import View
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class ListParams:
    """A list's parameters. Empty or default ones are the same as none; two that say the same are equal."""

    view: View = field(compare=False, repr=False)
    page: int = 1
    """1-based, or :data:`~webadmin.listing.parsing.LAST`."""
    per_page: int = 25
    sort: Sort = ()
    """Empty for the view's default order."""
    q: str = ""
    q_cut: bool = field(default=False, compare=False)
    """More was typed into the search than is searched for."""
    deleted: Deleted = "hide"
    filters: tuple[FilterValue, ...] = ()
    """In the order of the view's filters."""
    columns: tuple[str, ...] = ()
    """Empty for the view's own."""
    after: str = ""
    before: str = ""
    zone: tzinfo = field(default=UTC, compare=False)

    @classmethod
    def parse(cls, pairs: Sequence[tuple[str, str]], view: View, zone: tzinfo) -> ListParams:
        """Read the pairs of a query string.

        :param zone: where days begin for this person.
        :raises BadRequest: for anything that this list does not know; its ``link`` is the query string, with its
            question mark, of the list without it.
        """
        reader = Reader(view, zone)
        reader.read(pairs)
        params = cls(view, zone=zone, **reader.found)
        if reader.faults:
            raise wrong_list(" ".join(dict.fromkeys(reader.faults[:3])), params)
        return params

    @property
    def order(self) -> Sort:
        """The order that the list is in: the chosen one or the view's."""
        return self.sort or self.view.default_sort

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter is active."""
        return bool(self.q or self.filters)

    def active(self, name: str) -> dict[str, FilterValue]:
        """What the filter ``name`` is set to, by operator."""
        return {value.operator: value for value in self.filters if value.name == name}

    def changed(self, *, without: Iterable[str] = (), **changes: Any) -> ListParams:
        """The same with other fields; back to page 1 unless ``page`` is given.

        :param without: parameters to leave out: ``q``, ``sort``, ``total.gte``; a filter's name takes all its
            operators with it.
        """
        left_out = set(without)
        fresh: dict[str, Any] = {"page": 1, "after": "", "before": ""}
        fresh |= {name: value for name, value in _EMPTY.items() if name in left_out}
        if "per_page" in left_out:
            fresh["per_page"] = self.view.page_size
        kept = tuple(f for f in self.filters if f.name not in left_out and f.parameter not in left_out)
        return replace(self, **{**fresh, "filters": kept, **changes})

    def without_filter(self, value: FilterValue) -> ListParams:
        """The same, without this one parameter."""
        return self.changed(filters=tuple(other for other in self.filters if other is not value))

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters in their canonical order, without those that say nothing: for hidden form fields."""
        found: list[tuple[str, str]] = []
        if self.q:
            found.append(("q", self.q))
        found += [(value.parameter, text) for value in self.filters for text in value.texts]
        if self.deleted != "hide":
            found.append(("deleted", self.deleted))
        if self.sort:
            found.append(
                ("sort", ",".join(f"{name}:{'desc' if down else 'asc'}" for name, down in self.sort))
            )
        if self.columns:
            found.append(("columns", ",".join(self.columns)))
        if self.per_page != self.view.page_size:
            found.append(("per_page", str(self.per_page)))
        if self.page != 1:
            found.append(("page", "last" if self.page == LAST else str(self.page)))
        found += [(name, text) for name, text in (("after", self.after), ("before", self.before)) if text]
        return found

    def query(
        self, *, without: Iterable[str] = (), add: Iterable[tuple[str, str]] = (), **changes: Any
    ) -> str:
        """The query string, without question mark, of the list with these changes; see :meth:`changed`.

        :param add: pairs to append as they are, such as a preset's ``("created_at.range", "today")``.
        """
        unchanged = not changes and not without and not add
        params = self if unchanged else self.changed(without=without, **changes)
        return urlencode([*params.pairs(), *add], safe=":,")


_EMPTY = {"q": "", "sort": (), "deleted": "hide", "columns": ()}


def wrong_list(message: str, without: ListParams) -> BadRequest:
    """The answer to a query string that cannot be used, with a link to the list that is left of it."""
    return BadRequest(message, link="?" + without.query(), link_label=_("Show the list without it"))
