"""The indexes that could serve what a statement asks of a table: what is compared for equality comes first, then the order or
a range; live rows alone where the statement wants no others; with what else it reads, where the index alone then does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.compiler import IdentifierPreparer

from webadmin.dialects import Dialect
from webadmin.dialects.indexes import Index, InvertedIndex, normalised
from webadmin.explain.structure import Asked, Part, Sorted

_MOST_INCLUDED = 3
_SHORT = 64
"""Characters of a text up to which it may stand in an index beside its keys."""
_SMALL = (
    sa.Integer, sa.Numeric, sa.Date, sa.DateTime, sa.Time, sa.Boolean, sa.Uuid, sa.Enum,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """An index that is not there."""

    table: sa.Table
    keys: tuple[Sorted, ...]
    equal: int = 0
    """How many of the first keys are compared for equality."""
    ranged: bool = False
    """What comes behind them is a range; else it is the order of the rows."""
    include: tuple[str, ...] = ()
    live: str = ""
    """The column that is null in all of its rows; empty for an index of all rows."""
    method: str = ""
    """Empty for the usual one, which keeps an order."""
    operators: str = ""

    def texts(self, prepared: IdentifierPreparer) -> tuple[str, ...]:
        """Its keys as they stand in the statement that makes it."""
        return tuple(self._key(key, prepared) for key in self.keys)

    def _key(self, key: Sorted, prepared: IdentifierPreparer) -> str:
        text = _text(key.part, prepared)
        nulls = f" NULLS {key.nulls}" if key.nulls else ""
        return f"{text}{' DESC' if key.descending else ''}{nulls}{f' {self.operators}' if self.operators else ''}"

    def where(self, prepared: IdentifierPreparer) -> str:
        """The condition of its rows, empty for all."""
        return f"{prepared.quote(self.live)} IS NULL" if self.live else ""

    def ddl(self, make: str, name: str, prepared: IdentifierPreparer, place: str = "") -> str:
        """The statement that makes it, ``make`` being its first words; on another table than its own where one is given."""
        method = f" USING {self.method}" if self.method else ""
        include = f" INCLUDE ({', '.join(map(prepared.quote, self.include))})" if self.include else ""
        where = f" WHERE {self.where(prepared)}" if self.live else ""
        keys = ", ".join(self.texts(prepared))
        return f"{make} {prepared.quote(name)} ON {place or prepared.format_table(self.table)}{method} ({keys}){include}{where}"

    @property
    def words(self) -> tuple[str, ...]:
        """What its name is made of: the keys, without the one of the table that makes an order whole."""
        own = {column.name for column in self.table.primary_key.columns}
        named = [key.part.column.name for key in self.keys]
        return tuple(name for name in named if name not in own) or tuple(named)

    def served(self, there: Sequence[Index], inside: Sequence[InvertedIndex]) -> bool:
        """Whether one of the indexes that are there has these keys already; what it includes is not looked at."""
        where = normalised(f"{self.live} IS NULL") if self.live else ""
        texts = [normalised(_plain(key.part)) for key in self.keys]
        if self.method:
            return any(texts[0] in index.keys and index.where in {"", where} for index in inside)
        return any(index.where in {"", where} and self._begins(index, texts) for index in there)

    def _begins(self, index: Index, texts: Sequence[str]) -> bool:
        if {key.text for key in index.keys[: self.equal]} != set(texts[: self.equal]):
            return False
        rest, ours = index.keys[self.equal : len(texts)], self.keys[self.equal :]
        if [key.text for key in rest] != texts[self.equal :] or not all(key.plain for key in rest):
            return False
        turned = {key.descending is not own.descending for key, own in zip(rest, ours, strict=True)}
        return len(turned) <= 1

    def holds(self, index: Index) -> bool:
        """Whether whoever reads ``index`` could read this one as well."""
        where = normalised(f"{self.live} IS NULL") if self.live else ""
        texts = [normalised(_plain(key.part)) for key in self.keys]
        known = [key.text for key in index.keys]
        straight = all(key.plain and not key.descending for key in index.keys)
        turned = any(key.descending for key in self.keys)
        same = where == index.where and texts[: len(known)] == known
        return not self.method and same and straight and not turned


def candidates(asked: Asked, live: str | None, dialect: Dialect, *, trigrams: bool) -> list[Candidate]:
    """The indexes that could serve ``asked``, those first that serve most of it; none twice.

    :param live: the column that is null in the table's live rows.
    :param trigrams: the database has indexes of trigrams.
    """
    partial = live if live in {part.column.name for part in asked.empty} else None
    equal = list(
        dict.fromkeys([*asked.equal, *(part for part in asked.empty if part.column.name != partial)])
    )
    key = {column.name for column in asked.table.primary_key.columns}
    if key and key <= {part.column.name for part in (*equal, *asked.joined) if not part.function}:
        return []
    order = _order(asked, equal, dialect)
    found: list[Candidate] = []
    for keys, same in _combinations(asked, equal, order):
        ranged = len(keys) > same and keys[same] not in order
        plain = Candidate(asked.table, tuple(keys), same, ranged, live=partial or "")
        found.append(plain)
        if dialect.supports_include and (wide := _covering(plain, asked)):
            found.append(wide)
    if dialect.inverted_method:
        found += _inverted(asked, dialect.inverted_method, dialect.pattern_operators if trigrams else "")
    return list(dict.fromkeys(found))


def _combinations(asked: Asked, equal: list[Part], order: list[Sorted]) -> Iterator[tuple[list[Sorted], int]]:
    """Keys, and how many of the first are compared for equality."""
    first = [Sorted(part) for part in equal]
    several = [Sorted(part) for part in dict.fromkeys(asked.several) if part not in equal]
    ranges = [Sorted(part) for part in dict.fromkeys(asked.ranges) if part not in equal]
    joined = [Sorted(part) for part in dict.fromkeys(asked.joined) if part not in equal]
    if order:
        yield [*first, *order], len(first)
        if several:
            yield _once([*first, *several, *order]), len(first) + len(several)
        if first:
            yield order, 0
    if joined:
        yield _once([*joined, *first, *order]), len(joined) + len(first)
    if ranges:
        yield [*first, ranges[0]], len(first)
    if several:
        yield [*first, *several], len(first) + len(several)
    if first:
        yield first, len(first)


def _once(keys: Sequence[Sorted]) -> list[Sorted]:
    """Each part once, where it stands first."""
    found: dict[Part, Sorted] = {}
    for key in keys:
        found.setdefault(key.part, key)
    return list(found.values())


def _order(asked: Asked, equal: Sequence[Part], dialect: Dialect) -> list[Sorted]:
    """The order as far as it is not given by what all rows share; empty where no index can have it."""
    keys = [key for key in asked.order if key.part not in equal]
    # Where NULL comes by itself in this direction.
    odd = [
        key
        for key in keys
        if key.nulls and (key.nulls == "FIRST") is not (key.descending is dialect.nulls_sort_high)
    ]
    if odd:
        return _once(keys) if dialect.supports_include else []
    keys = [replace(key, nulls="") for key in keys]
    if len({key.descending for key in keys}) == 1:  # read from either end
        keys = [replace(key, descending=False) for key in keys]
    return _once(keys)


def _covering(candidate: Candidate, asked: Asked) -> Candidate | None:
    """It with all that the statement reads of the table, where that is little; None where nothing is missing, or too much."""
    has = {key.part.column.name for key in candidate.keys if not key.part.function} | {candidate.live}
    missing = [column for column in asked.table.columns if column.name in asked.columns - has]
    if not missing or len(missing) > _MOST_INCLUDED or not all(map(_is_small, missing)):
        return None
    return replace(candidate, include=tuple(column.name for column in missing))


def _is_small(column: sa.Column[Any]) -> bool:
    kind = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    if isinstance(kind, sa.String) and not isinstance(kind, sa.Enum):
        return kind.length is not None and kind.length <= _SHORT
    return isinstance(kind, _SMALL)


def _inverted(asked: Asked, method: str, operators: str) -> Iterator[Candidate]:
    for part in asked.inside:
        if not part.function:
            yield Candidate(asked.table, (Sorted(part),), method=method)
    for part in asked.patterns if operators else ():
        yield Candidate(asked.table, (Sorted(part),), method=method, operators=operators)


def _text(part: Part, prepared: IdentifierPreparer) -> str:
    name = prepared.quote(part.column.name)
    return f"{part.function}({name})" if part.function else name


def _plain(part: Part) -> str:
    return f"{part.function}({part.column.name})" if part.function else part.column.name
