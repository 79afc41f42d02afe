"""What a view asks of its table without an index that serves it: what ``webadmin doctor`` says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from webadmin.database.inspection import ColumnInfo, Kind
from webadmin.dialects.indexes import Index, InvertedIndex, TableStatistics, normalised
from webadmin.explain.sorts import sort_findings
from webadmin.listing.advice import free_name, index_name
from webadmin.listing.served import live_condition
from webadmin.options.context import Context
from webadmin.options.view import View

_COMPARED = {
    Kind.INTEGER, Kind.NUMERIC, Kind.FLOAT, Kind.TEXT, Kind.ENUM, Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.UUID,
}  # fmt: skip
"""Kinds of which an ordered index finds one value among many; of a boolean it finds half of the table."""
_LOOKED_INTO = {Kind.ARRAY, Kind.JSON}


@dataclass(frozen=True, slots=True)
class Unindexed:
    """One question that a list asks and no index answers."""

    kind: str
    """``sort``, ``filter``, ``search``, ``soft delete`` or ``foreign key``."""
    view: str
    """The view's key."""
    table: str
    columns: tuple[str, ...]
    """As the database calls them; of a sort, as it stands in the list's address."""
    ddl: str | None
    """The statement that makes the index; None where none can serve."""
    why: str
    rows: int | None
    """About how many rows the table has, or at most; None where nothing is known."""


def unindexed(context: Context, view: View) -> list[Unindexed]:
    """What no index answers of the foreign keys, sorts, filters, search and soft delete of ``view``; each index once, and
    none that another of them makes needless."""
    found: list[Unindexed] = []
    bodies: set[str] = set()
    names: set[str] = set()
    own = _table(context, view)
    keys, questions = (_foreign_keys(own, view), _questions(own, view)) if own is not None else ((), ())
    for finding in (*keys, *_sorts(context, view), *questions):
        if finding.ddl is None:
            found.append(finding)
            continue
        start, _on, body = finding.ddl.partition(" ON ")
        whole = body.partition(" WHERE ")[0].rstrip(";") + ";"  # of all rows, which serves a part of them too
        if body in bodies or whole in bodies:
            continue
        make, _space, name = start.rpartition(" ")
        free = free_name(name, names)
        bodies.add(body)
        names.add(free)
        found.append(replace(finding, ddl=f"{make} {free} ON {body}"))
    return found


def _sorts(context: Context, view: View) -> Iterator[Unindexed]:
    for sort in sort_findings(context, view):
        columns = tuple(part.partition(":")[0] for part in sort.sort.split(","))
        how = "the list's own order" if sort.default else "sorting"
        why = f"{how} by {sort.sort} has no index"
        if sort.ddl is None:
            why += (
                ", and none can serve it, since it is the order of related rows: keep the value in a column of the table, "
                "or take it out of column_sortable_list"
            )
        yield Unindexed("sort", view.key, view.info.table.fullname, columns, sort.ddl, why, sort.rows)


def _foreign_keys(own: _Table, view: View) -> Iterator[Unindexed]:
    constraints = view.info.table.foreign_key_constraints
    for foreign in sorted(constraints, key=lambda each: list(each.column_keys)):
        names = [element.parent.name for element in foreign.elements]
        if not own.leads(names, whole=True):
            target = foreign.referred_table.fullname
            yield own.finding(
                "foreign key",
                names,
                f"rows of {target} are deleted, and counted, by looking through all rows",
            )


def _questions(own: _Table, view: View) -> Iterator[Unindexed]:
    yield from _filters(own, view)
    yield from _search(own, view)
    if view.soft_delete is not None:
        deleted = view.info.columns[view.soft_delete].column.name
        if not own.leads([deleted], where=f"{deleted} IS NOT NULL"):
            why = "deleted rows are found by looking through all rows"
            yield own.finding("soft delete", [deleted], why, where=f"{own.quoted(deleted)} IS NOT NULL")


def _filters(own: _Table, view: View) -> Iterator[Unindexed]:
    for name, option in view.filters.items():
        attribute = option.attribute
        if option.custom is not None or attribute.path:
            continue
        relation = attribute.relation
        if relation is not None:
            continue  # along a foreign key, of this table or of the other
        info = attribute.column
        if info is None or info.column.table is not view.info.table:
            continue
        column = info.column.name
        if info.kind in _COMPARED and not own.leads([column]):
            yield own.finding("filter", [column], f"the filter {name} looks through all rows", live=True)
        elif info.kind in _LOOKED_INTO and own.looks_into(info) is False:
            yield own.inverted_finding("filter", info, f"the filter {name} looks through all rows")


def _search(own: _Table, view: View) -> Iterator[Unindexed]:
    vector = view.search_vector
    if vector is None or vector.path or vector.column is None:
        return
    if vector.column.kind is Kind.SEARCH_VECTOR and own.looks_into(vector.column) is False:
        yield own.inverted_finding("search", vector.column, "the search looks through all rows")


def _table(context: Context, view: View) -> _Table | None:
    """None for what has no indexes of its own: a view reads those of other tables."""
    if view.info.kind != "table":
        return None
    found = _Table(context, view)
    return None if found.known.indexes is None else found


class _Table:
    """The view's table with what the database knows of it."""

    def __init__(self, context: Context, view: View) -> None:
        self._view = view
        self._table = view.info.table
        self._connection = context.session.connection()
        self._dialect = context.dialect
        self.known: TableStatistics = context.dialect.statistics(self._connection, self._table)
        self._inverted = context.dialect.inverted_indexes(self._connection, self._table)
        self._live = live_condition(view) if view.soft_delete is not None else ""
        self._rows = self.known.rows if self.known.rows is not None else self.known.at_most
        self._taken = {index.name for index in self.known.indexes or ()}

    def quoted(self, name: str) -> str:
        return self._connection.dialect.identifier_preparer.quote(name)

    def leads(self, names: Sequence[str], *, whole: bool = False, where: str = "") -> bool:
        """Whether an index begins with these columns.

        :param whole: it has all rows in which they are not null.
        :param where: it may hold these rows alone.
        """
        wanted = {normalised(name) for name in names}
        key = [column.name for column in self._table.primary_key.columns]
        if len(names) <= len(key) and set(key[: len(names)]) == set(names):
            return True
        allowed = {"", normalised(where), *(normalised(f"{name} IS NOT NULL") for name in names)}
        if not whole and not where:
            allowed.add(self._live)
        return any(
            self._begins(index, wanted) and index.where in allowed for index in self.known.indexes or ()
        )

    @staticmethod
    def _begins(index: Index, wanted: set[str]) -> bool:
        return {key.text for key in index.keys[: len(wanted)]} == wanted

    def looks_into(self, info: ColumnInfo) -> bool | None:
        """Whether an index has what is inside of a column's values; None where the system knows no such index."""
        if self._inverted is None:
            return None
        text = normalised(info.column.name)
        return any(_has(index, text, self._live) for index in self._inverted)

    def finding(
        self, kind: str, names: Sequence[str], why: str, *, where: str = "", live: bool = False
    ) -> Unindexed:
        key = [column.name for column in self._table.primary_key.columns if column.name not in names]
        if live and self._live and self._view.soft_delete is not None:
            column = self._view.info.columns[self._view.soft_delete].column.name
            where = f"{self.quoted(column)} IS NULL"
        return self._finding(kind, names, [*names, *key], why, where=where)

    def inverted_finding(self, kind: str, info: ColumnInfo, why: str) -> Unindexed:
        name = info.column.name
        return self._finding(kind, [name], [name], why, using=self._dialect.inverted_method)

    def _finding(
        self,
        kind: str,
        names: Sequence[str],
        keys: Sequence[str],
        why: str,
        *,
        where: str = "",
        using: str = "",
    ) -> Unindexed:
        prepared = self._connection.dialect.identifier_preparer
        make = "CREATE INDEX" if self.known.partitioned else self._dialect.create_index
        ddl = (
            f"{make} {self.quoted(index_name(self._table.name, names, self._taken))} ON {prepared.format_table(self._table)}"
            f"{f' USING {using}' if using else ''} ({', '.join(map(self.quoted, keys))})"
            f"{f' WHERE {where}' if where else ''};"
        )
        return Unindexed(kind, self._view.key, self._table.fullname, tuple(names), ddl, why, self._rows)


def _has(index: InvertedIndex, text: str, live: str) -> bool:
    return text in index.keys and index.where in {"", live}
