"""What is guessed from a model where a view sets nothing."""

from __future__ import annotations

from collections.abc import Mapping

from webadmin.database.inspection import HEAVY, NUMBERS, UNSORTABLE, ColumnInfo, Kind, ModelInfo
from webadmin.options.labels import guess_columns
from webadmin.options.secrets import is_secret
from webadmin.text import humanize, plural

_LIST_LIMIT = 8
_LIST_WIDTH = 880
"""Pixels that the columns of a list take together at most: a window of 1440 beside navigation and filters."""
_WIDTHS = {
    Kind.DATETIME: 150, Kind.DATE: 105, Kind.TEXT: 140, Kind.LONG_TEXT: 140, Kind.UUID: 120, Kind.BOOLEAN: 75,
    Kind.ENUM: 95, Kind.ARRAY: 190, Kind.INTERVAL: 120,
}  # fmt: skip
_TIMES = frozenset({Kind.DATETIME, Kind.DATE})
_RELATION_WIDTH = 130
_OTHER_WIDTH = 70
_LONG_NAMES = frozenset(
    [
        "description",
        "descriptions",
        "body",
        "content",
        "contents",
        "text",
        "notes",
        "bio",
        "comment",
        "comments",
        "summary",
        "html",
        "markdown",
    ]
)
_LAST = ("created_at", "updated_at", "modified_at", "last_update", "last_updated", "modified")
_STATES = ("status", "state", "active", "is_active", "enabled", "published", "stage", "priority")
_MONEY = ("total", "amount", "price", "balance", "cost", "payment", "revenue", "fee", "rate")


def many(info: ModelInfo, name: str) -> str:
    """What rows called ``name`` are called together. A view of the database is called as it is: "Sales by store"."""
    return humanize(info.table.name) if "view" in info.kind else plural(name)


def list_columns(info: ModelInfo) -> tuple[str, ...]:
    """The columns of a list, a label first: states, to-one relations, money, dates; nothing long or heavy."""
    if info.keyless:
        shown = [
            name
            for name, column in info.columns.items()
            if column.kind not in HEAVY | {Kind.JSON} and not is_secret(name)
        ]
        return tuple(shown[: _LIST_LIMIT + 4])
    relations = _to_one_by_column(info)
    first = guess_columns(info) or _key_columns(info, relations)
    ranked: list[tuple[int, int, str]] = []
    targets: set[type] = set()
    for position, (name, column) in enumerate(info.columns.items()):
        relation = relations.get(name)
        if name in first or relation in first:
            continue
        if relation is not None:
            again = info.relations[relation].target in targets and column.nullable
            ranked.append((5 if again else 1, position, relation))
            targets.add(info.relations[relation].target)
        elif _shown(column, info):
            ranked.append((_rank(column), position, name))
    chosen = _fitting(info, first, [name for _, _, name in sorted(ranked)])
    late = [name for _, _, name in sorted(ranked, key=lambda item: item[1]) if name in chosen]
    late.sort(key=lambda name: name in _LAST)
    return (*first, *late)


def _key_columns(info: ModelInfo, relations: Mapping[str, str]) -> tuple[str, ...]:
    """What stands for a name that a table does not have: its key, or what the key points at; times come last."""
    key = sorted(info.key, key=lambda column: column.kind in _TIMES)
    names = [relations.get(column.name, column.name) if len(key) > 1 else column.name for column in key]
    return tuple(dict.fromkeys(names))


def _fitting(info: ModelInfo, first: tuple[str, ...], wanted: list[str]) -> set[str]:
    """As many of the ``wanted`` as there is room for, the most wanted first."""
    chosen: set[str] = set()
    room = _LIST_WIDTH - sum(_width(info, name) for name in first)
    for name in wanted[: _LIST_LIMIT - len(first)]:
        room -= _width(info, name)
        if room < 0 and len(chosen) >= 2:
            break
        chosen.add(name)
    return chosen


def _width(info: ModelInfo, name: str) -> int:
    """About how many pixels a column of a list takes."""
    column = info.columns.get(name)
    kind = _RELATION_WIDTH if column is None else _WIDTHS.get(column.kind, _OTHER_WIDTH)
    return max(kind, 30 + 6 * len(name))


def _rank(column: ColumnInfo) -> int:
    name = column.name.lower()
    if name in _STATES or column.kind is Kind.ENUM:
        return 0
    if any(word in name for word in _MONEY) and column.kind in NUMBERS:
        return 2
    if name in _LAST:
        return 5 if name == "created_at" else 9
    if column.kind in _TIMES:
        return 3
    if column.kind in {Kind.BOOLEAN, Kind.TEXT, Kind.LONG_TEXT}:
        return 4
    if column.kind in NUMBERS:
        return 6
    return 7


def _shown(column: ColumnInfo, info: ModelInfo) -> bool:
    name = column.name.lower()
    if column.kind in HEAVY | {Kind.JSON, Kind.OTHER}:
        return False
    if is_secret(column.name) or not _LONG_NAMES.isdisjoint(name.split("_")):
        return False
    if column.name in {info.soft_delete, info.version} or column.primary_key:
        return False
    return not (column.kind is Kind.LONG_TEXT and (column.column.type.length or 0) > 0)  # type: ignore[attr-defined]


def _to_one_by_column(info: ModelInfo) -> Mapping[str, str]:
    """The to-one relation that stands in a list for its foreign key column."""
    found: dict[str, str] = {}
    for relation in info.relations.values():
        if relation.many_to_one and relation.local:
            found.setdefault(relation.local[-1], relation.name)
    return found


def details_columns(info: ModelInfo) -> tuple[str, ...]:
    """Every column in the model's order, to-one relations in place of their keys, without the heavy ones."""
    relations = _to_one_by_column(info)
    names: list[str] = []
    for name, column in info.columns.items():
        if name in relations:
            names.append(relations[name])
        elif column.kind is not Kind.SEARCH_VECTOR:
            names.append(name)
    return tuple(dict.fromkeys(names))


def form_columns(info: ModelInfo, *, include_key: bool) -> tuple[str, ...]:
    """What a form edits: columns that people set, to-one relations in place of their keys, many-to-many."""
    relations = {
        name: relation
        for name, relation in _to_one_by_column(info).items()
        if not info.relations[relation].view_only
    }
    names: list[str] = []
    for name, column in info.columns.items():
        if name in {info.soft_delete, info.version} or column.kind is Kind.SEARCH_VECTOR:
            continue
        if name in relations:
            names.append(relations[name])
        elif (column.primary_key and column.has_default and not include_key) or (
            column.name in _LAST and column.has_default
        ):
            continue
        else:
            names.append(name)
    many = [r.name for r in info.relations.values() if r.many_to_many and not r.view_only]
    return tuple(dict.fromkeys([*names, *many]))


def sortable(info: ModelInfo, shown: tuple[str, ...]) -> tuple[str, ...]:
    """The safelist: every column that leads an index, and small labels of the list that are such columns."""
    return tuple(
        name
        for name, column in info.columns.items()
        if column.indexed and column.kind not in UNSORTABLE | {Kind.OTHER} and not is_secret(name)
    ) or (
        tuple(n for n in shown if n in info.columns and info.columns[n].kind not in UNSORTABLE | {Kind.OTHER})
        if info.keyless
        else ()
    )


_FILTER_RANKS = {
    Kind.ENUM: 0, Kind.BOOLEAN: 0, Kind.DATETIME: 1, Kind.DATE: 1, Kind.INTEGER: 3, Kind.NUMERIC: 3, Kind.FLOAT: 3,
    Kind.ARRAY: 4, Kind.TEXT: 5, Kind.LONG_TEXT: 5, Kind.UUID: 5, Kind.TIME: 5, Kind.INTERVAL: 5,
}  # fmt: skip


def filters(info: ModelInfo) -> tuple[str, ...]:
    """Filters by type: states, booleans, dates, numbers, arrays, short text and to-one relations."""
    relations = _to_one_by_column(info)
    ranked: list[tuple[int, str]] = []
    for name, column in info.columns.items():
        if name in relations:
            ranked.append((2, relations[name]))
        elif (
            name in {info.soft_delete, info.version} or column.kind in HEAVY | {Kind.OTHER} or is_secret(name)
        ):
            continue
        elif column.kind in _FILTER_RANKS:
            times = column.kind in _TIMES
            late = column.name in _LAST if times else column.primary_key and not info.keyless
            ranked.append((6 if late and name != "created_at" else _FILTER_RANKS[column.kind], name))
    many = [(7, r.name) for r in info.relations.values() if r.uselist and not r.view_only]
    ranked.sort(key=lambda item: item[0])
    return tuple(dict.fromkeys(name for _, name in [*ranked, *many]))


def searchable(info: ModelInfo) -> tuple[str, ...]:
    """Text columns to look through with ILIKE where there is no search column: label first, at most four."""
    texts = [
        name
        for name, column in info.columns.items()
        if column.kind in {Kind.TEXT, Kind.LONG_TEXT} and not column.foreign_key and not is_secret(name)
    ]
    first = [name for name in guess_columns(info) if name in texts]
    rest = [name for name in texts if name not in first]
    rest.sort(key=lambda name: not info.columns[name].indexed)
    return tuple([*first, *rest][:4])


def default_sort(info: ModelInfo, names: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """Newest first where an indexed time says so, else by the key, newest first for numbers."""
    for name in ("created_at", "placed_at", *(n for n in names if n in info.columns)):
        column = info.columns.get(name)
        if column and column.indexed and column.kind is Kind.DATETIME and name != info.soft_delete:
            return ((name, True),)
    if info.keyless:
        return ()
    return tuple((column.name, column.kind is Kind.INTEGER and len(info.key) == 1) for column in info.key)
