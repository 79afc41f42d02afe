"""What becomes of one attribute in many rows: in Python for one of them, as SQL for all."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import sqlalchemy as sa

from webadmin.database.inspection import NUMBERS, ColumnInfo, Kind, ModelInfo, RelationInfo

Operation = Literal[
    "set", "clear", "add", "subtract", "percent", "append", "replace", "include", "exclude"
]  # fmt: skip
COMPARABLE = frozenset(
    {
        Kind.TEXT, Kind.LONG_TEXT, Kind.INTEGER, Kind.NUMERIC, Kind.FLOAT, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME,
        Kind.TIME, Kind.UUID, Kind.ENUM, Kind.INTERVAL, Kind.ARRAY,
    }
)  # fmt: skip
"""Kinds of columns of which a database can tell whether they have a value already."""


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One attribute of a model, a column or a to-one relation, and what is done with it.

    ``percent`` changes a number by so many hundredths of itself, ``include`` and ``exclude`` are about members of a list.
    A number, a text or a list that is null stays null, but for members that are added.
    """

    name: str
    operation: Operation
    value: Any = None
    """The new value, or what the operation takes; of a relation the id."""
    other: Any = None
    """What ``value`` is replaced with in a text."""
    relation: RelationInfo | None = None
    target: Any = None
    """The row that the relation is to lead to."""
    scale: int | None = None
    """Digits after the point that a number is rounded to."""

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes of the columns that are written."""
        return (self.name,) if self.relation is None else self.relation.local

    def of(self, row: Any) -> Any:
        """What ``row``, or anything with these columns, has now."""
        found = tuple(getattr(row, name) for name in self.names)
        return found[0] if self.relation is None else found

    def new(self, old: Any) -> Any:
        """What takes the place of ``old``."""
        if self.relation is not None:
            return self._key()
        if self.operation == "set":
            return self.value
        if self.operation == "clear":
            return None
        if self.operation == "include":
            return [*(old or ()), *(one for one in self.value if one not in (old or ()))]
        if old is None:
            return None
        return self._of_value(old)

    def _of_value(self, old: Any) -> Any:
        if self.operation == "exclude":
            return [one for one in old if one not in self.value]
        if self.operation == "append":
            return old + self.value
        if self.operation == "replace":
            return old.replace(self.value, self.other)
        if self.operation == "percent":
            return self._part(old)
        amount = -self.value if self.operation == "subtract" else self.value
        return _like(old, Decimal(str(old)) + Decimal(str(amount)), self.scale)

    def _part(self, old: Any) -> Any:
        return _like(old, Decimal(str(old)) * self._factor, self.scale)

    @property
    def _factor(self) -> Decimal:
        return 1 + Decimal(self.value) / 100

    @staticmethod
    def same(old: Any, new: Any) -> bool:
        """Whether two values are one, so that nothing changes."""
        if isinstance(old, dict | list):
            return repr(old) == repr(new)
        return bool(old == new) and (old is None) == (new is None)

    def expressed(self, info: ModelInfo) -> list[tuple[sa.Column[Any], Any]] | None:
        """The columns with their new values as SQL; None where only Python can tell."""
        if self.relation is not None:
            columns = [info.columns[name].column for name in self.relation.local]
            return [(c, sa.literal(v, c.type)) for c, v in zip(columns, self._key(), strict=True)]
        column = info.columns[self.name]
        if column.kind not in COMPARABLE:
            return None
        if self.operation in {"set", "clear"}:
            return [
                (
                    column.column,
                    sa.literal(self.value if self.operation == "set" else None, column.column.type),
                )
            ]
        found = None if isinstance(column.column.type, sa.TypeDecorator) else self._computed(column)
        return None if found is None else [(column.column, found)]

    def _computed(self, column: ColumnInfo) -> Any:
        own: Any = column.column
        if column.kind in NUMBERS:
            return self._number(column, own)
        if self.operation == "append":
            return own + sa.literal(self.value, own.type)
        if self.operation == "replace":
            return sa.func.replace(own, self.value, self.other, type_=own.type)
        return None

    def _number(self, column: ColumnInfo, own: Any) -> Any:
        if self.operation == "percent":
            # Written out: a number of no column's type, whatever each system calls that.
            found = own * sa.literal_column(format(self._factor, "f"), own.type)
            if column.kind is Kind.INTEGER:
                return sa.cast(sa.func.round(found), own.type)
        else:
            amount = sa.literal(self.value, own.type)
            found = own - amount if self.operation == "subtract" else own + amount
        return sa.func.round(found, self.scale, type_=own.type) if self.scale is not None else found

    def _key(self) -> tuple[Any, ...]:
        assert self.relation is not None
        if self.target is None:
            return tuple(None for _ in self.relation.local)
        return tuple(getattr(self.target, name) for name in self.relation.remote)


def _like(old: Any, value: Decimal, scale: int | None) -> Any:
    """``value`` as a number of the kind of ``old``; halves are rounded away from zero, as databases do."""
    if isinstance(old, int):
        return int(value.quantize(Decimal(1), ROUND_HALF_UP))
    if scale is not None:
        value = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    return value if isinstance(old, Decimal) else type(old)(value)
