"""What is guessed from a model where a view sets nothing."""

from __future__ import annotations

from collections.abc import Mapping

from webadmin.database.inspection import HEAVY, NUMBERS, UNSORTABLE, ColumnInfo, Kind, ModelInfo
from webadmin.options.labels import guess_columns

_LIST_LIMIT = 8
_LONG_NAMES = (
    "description",
    "body",
    "content",
    "text",
    "notes",
    "bio",
    "comment",
    "summary",
    "html",
    "markdown",
    "password",
    "secret",
    "token",
    "hash",
)
_LAST = ("created_at", "updated_at", "modified_at", "last_update", "last_updated", "modified")
_STATES = ("status", "state", "active", "is_active", "enabled", "published", "stage", "priority")
_MONEY = ("total", "amount", "price", "balance", "cost", "payment", "revenue", "fee")


def list_columns(info: ModelInfo) -> tuple[str, ...]:
    """The columns of a list, a label first: states, to-one relations, money, dates; nothing long or heavy."""
    if info.keyless:
        shown = [name for name, column in info.columns.items() if column.kind not in HEAVY | {Kind.JSON}]
        return tuple(shown[: _LIST_LIMIT + 4])
    first = guess_columns(info) or tuple(column.name for column in info.key)
    relations = _to_one_by_column(info)
    ranked: list[tuple[int, int, str]] = []
    for position, (name, column) in enumerate(info.columns.items()):
        if name in first:
            continue
        if name in relations:
            ranked.append((_rank(column, is_relation=True), position, relations[name]))
        elif _shown(column, info):
            ranked.append((_rank(column, is_relation=False), position, name))
    chosen = {name for _, _, name in sorted(ranked)[: _LIST_LIMIT - len(first)]}
    late = [name for _, _, name in sorted(ranked, key=lambda item: item[1]) if name in chosen]
    late.sort(key=lambda name: name in _LAST)
    return (*first, *late)


def _rank(column: ColumnInfo, *, is_relation: bool) -> int:
    name = column.name.lower()
    if is_relation:
        return 1
    if name in _STATES or column.kind is Kind.ENUM:
        return 0
    if any(word in name for word in _MONEY) and column.kind in NUMBERS:
        return 2
    if name in _LAST:
        return 5 if name == "created_at" else 9
    if column.kind in {Kind.DATETIME, Kind.DATE}:
        return 3
    if column.kind in {Kind.BOOLEAN, Kind.TEXT}:
        return 4
    if column.kind in NUMBERS:
        return 6
    return 7


def _shown(column: ColumnInfo, info: ModelInfo) -> bool:
    name = column.name.lower()
    if column.kind in HEAVY | {Kind.JSON, Kind.OTHER}:
        return False
    if any(word in name for word in _LONG_NAMES):
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
        if column.indexed and column.kind not in UNSORTABLE and column.kind is not Kind.OTHER
    ) or (
        tuple(n for n in shown if n in info.columns and info.columns[n].kind not in UNSORTABLE)
        if info.keyless
        else ()
    )


def filters(info: ModelInfo) -> tuple[str, ...]:
    """Filters by type: states, booleans, dates, numbers, arrays, short text and to-one relations."""
    relations = _to_one_by_column(info)
    ranked: list[tuple[int, str]] = []
    for name, column in info.columns.items():
        if name in relations:
            ranked.append((2, relations[name]))
        elif name in {info.soft_delete, info.version} or column.kind in HEAVY | {Kind.OTHER}:
            continue
        elif column.kind is Kind.ENUM or column.kind is Kind.BOOLEAN:
            ranked.append((0, name))
        elif column.kind in {Kind.DATETIME, Kind.DATE}:
            ranked.append((1, name))
        elif column.kind in NUMBERS and not column.primary_key:
            ranked.append((3, name))
        elif column.kind is Kind.ARRAY:
            ranked.append((4, name))
        elif column.kind in {
            Kind.TEXT,
            Kind.LONG_TEXT,
            Kind.UUID,
            Kind.TIME,
            Kind.INTERVAL,
            Kind.INTEGER,
            Kind.NUMERIC,
        }:
            ranked.append((5, name))
    many = [(6, r.name) for r in info.relations.values() if r.uselist and not r.view_only]
    ranked.sort(key=lambda item: item[0])
    return tuple(dict.fromkeys(name for _, name in [*ranked, *many]))


def searchable(info: ModelInfo) -> tuple[str, ...]:
    """Text columns to look through with ILIKE where there is no search column: label first, at most four."""
    texts = [
        name
        for name, column in info.columns.items()
        if column.kind in {Kind.TEXT, Kind.LONG_TEXT} and not column.foreign_key
    ]
    first = [name for name in guess_columns(info) if name in texts]
    unsafe = ("password", "secret", "token", "hash")
    rest = [name for name in texts if name not in first and not any(word in name.lower() for word in unsafe)]
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
