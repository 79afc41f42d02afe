"""Rows as plain values: what a list shows of a table that nobody's code touches.

An instance of the model costs several times what its values cost: an entry in the session, a state, an event or two. A
list needs none of that where it shows columns and names of related rows. What it reads then are tuples whose fields have
the attributes' names, so that everything that takes a row takes one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database.inspection import RelationInfo, inspect_model


class Node(Protocol):
    """What is loaded of one model, see :mod:`webadmin.listing.loading`."""

    model: type
    columns: dict[str, None]

    @property
    def related_nodes(self) -> Iterable[tuple[RelationInfo, Node]]:
        """The relations whose rows are loaded along."""


class Rows(Protocol):
    """How the rows of a statement are selected and taken from its result."""

    @property
    def columns(self) -> Sequence[Any]:
        """What is selected."""

    def joined(self, stmt: sa.Select[Any]) -> sa.Select[Any]:
        """``stmt``, which selects from the model, with what else the columns stand in."""

    def source(self, session: Session) -> Session | sa.Connection:
        """What executes the statement."""

    def take(self, values: Sequence[Any]) -> Any:
        """The row in the first ``len(columns)`` values."""


@dataclass(frozen=True, slots=True)
class Instances:
    """Rows as instances of the model."""

    model: type
    options: Sequence[ExecutableOption]

    @property
    def columns(self) -> Sequence[Any]:
        return (self.model,)

    def joined(self, stmt: sa.Select[Any]) -> sa.Select[Any]:
        return stmt.options(*self.options)

    def source(self, session: Session) -> Session:
        return session

    def take(self, values: Sequence[Any]) -> Any:
        return values[0]


class LightRows:
    """Rows as tuples of the columns of ``node`` and of the rows that its to-one relations lead to."""

    def __init__(self, node: Node) -> None:
        self._columns: list[Any] = []
        self._joins: list[tuple[Any, Any, Any]] = []
        self._take = self._add(node, node.model)

    @property
    def columns(self) -> Sequence[Any]:
        return self._columns

    def joined(self, stmt: sa.Select[Any]) -> sa.Select[Any]:
        for left, right, on in self._joins:
            stmt = stmt.join_from(left, right, on, isouter=True)
        return stmt

    def source(self, session: Session) -> sa.Connection:
        return session.connection()

    def take(self, values: Sequence[Any]) -> Any:
        return self._take(values)

    def _add(self, node: Node, entity: Any) -> Callable[[Sequence[Any]], Any]:
        info = inspect_model(node.model)
        names = list(dict.fromkeys((*(column.name for column in info.key), *node.columns)))
        start = len(self._columns)
        self._columns += [getattr(entity, name) for name in names]
        end = len(self._columns)
        relations = []
        makers = []
        for relation, target_node in node.related_nodes:
            target: Any = aliased(relation.target)
            self._joins.append((entity, target, getattr(entity, relation.name).of_type(target)))
            relations.append(relation.name)
            makers.append(_if_there(len(self._columns), self._add(target_node, target)))
        cls: Any = _row_class(node.model, [*names, *relations])
        new = tuple.__new__
        if not makers:
            return lambda values: new(cls, values[start:end])
        return lambda values: new(cls, (*values[start:end], *(make(values) for make in makers)))


def _if_there(place: int, make: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
    """``make``, or None where the outer join has found no row: the first column of its key is empty."""
    return lambda values: None if values[place] is None else make(values)


def _row_class(model: type, names: Sequence[str]) -> type:
    """A tuple whose fields have these names, and which calls itself what the model's rows do."""
    fields: dict[str, Any] = {name: property(itemgetter(place)) for place, name in enumerate(names)}
    # By identity, as instances: a row is no sequence that would compare by its values.
    same = {"__str__": model.__str__, "__eq__": object.__eq__, "__hash__": object.__hash__}
    return type(model.__name__, (tuple,), {"__slots__": (), **same, **fields})
